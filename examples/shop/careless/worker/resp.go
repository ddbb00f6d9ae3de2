package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// maxReply bounds what one reply of the cache may make us read.
const maxReply = 64 * 1024

// cache speaks the few words of the Redis protocol that the worker needs.
type cache struct {
	connection net.Conn
	reader     *bufio.Reader
}

func dial(address string) (*cache, error) {
	connection, err := net.DialTimeout("tcp", address, 3*time.Second)
	if err != nil {
		return nil, err
	}
	return &cache{connection, bufio.NewReader(connection)}, nil
}

func (c *cache) Close() error { return c.connection.Close() }

// do sends a command and returns the strings of its reply; none for a null reply.
func (c *cache) do(wait time.Duration, words ...string) ([]string, error) {
	if err := c.connection.SetDeadline(time.Now().Add(wait)); err != nil {
		return nil, err
	}
	var request strings.Builder
	fmt.Fprintf(&request, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&request, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := io.WriteString(c.connection, request.String()); err != nil {
		return nil, err
	}
	return c.reply()
}

func (c *cache) reply() ([]string, error) {
	line, err := c.line()
	if err != nil {
		return nil, err
	}
	switch line[0] {
	case '+', ':':
		return []string{line[1:]}, nil
	case '-':
		return nil, errors.New(line[1:])
	case '$':
		return c.bulk(line[1:])
	case '*':
		count, err := strconv.Atoi(line[1:])
		if err != nil || count > 16 {
			return nil, fmt.Errorf("bad array length %q", line)
		}
		var all []string
		for range max(count, 0) {
			part, err := c.reply()
			if err != nil {
				return nil, err
			}
			all = append(all, part...)
		}
		return all, nil
	default:
		return nil, fmt.Errorf("unknown reply %q", line)
	}
}

func (c *cache) bulk(length string) ([]string, error) {
	size, err := strconv.Atoi(length)
	if err != nil || size > maxReply {
		return nil, fmt.Errorf("bad string length %q", length)
	}
	if size < 0 {
		return nil, nil
	}
	text := make([]byte, size+2)
	if _, err := io.ReadFull(c.reader, text); err != nil {
		return nil, err
	}
	return []string{string(text[:size])}, nil
}

func (c *cache) line() (string, error) {
	line, err := c.reader.ReadSlice('\n')
	if err != nil {
		return "", err
	}
	text := strings.TrimRight(string(line), "\r\n")
	if text == "" {
		return "", errors.New("empty reply")
	}
	return text, nil
}
