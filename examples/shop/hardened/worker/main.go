// The worker of the example shop: takes orders from the queue and writes a receipt for each.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"
)

type order struct {
	ID     int64  `json:"id"`
	Item   string `json:"item"`
	Amount int    `json:"amount"`
}

func main() {
	health := flag.Bool("health", false, "ask the cache whether it answers, then end")
	flag.Parse()
	if *health {
		if err := ping(); err != nil {
			log.Fatal(err)
		}
		return
	}
	for {
		if err := work(); err != nil {
			log.Printf("will try again: %v", err)
		}
		time.Sleep(time.Second)
	}
}

func address() string {
	if host := os.Getenv("CACHE_HOST"); host != "" {
		return host + ":6379"
	}
	return "cache:6379"
}

func ping() error {
	cache, err := dial(address())
	if err != nil {
		return err
	}
	defer cache.Close()
	_, err = cache.do(2*time.Second, "PING")
	return err
}

// work serves the queue until the connection breaks.
func work() error {
	cache, err := dial(address())
	if err != nil {
		return err
	}
	defer cache.Close()
	password, err := secret("cache_worker_password")
	if err != nil {
		return err
	}
	if _, err := cache.do(3*time.Second, "AUTH", "worker", password); err != nil {
		return err
	}
	for {
		reply, err := cache.do(40*time.Second, "BRPOP", "orders", "30")
		if err != nil {
			return err
		}
		if len(reply) != 2 {
			continue
		}
		var it order
		if err := json.Unmarshal([]byte(reply[1]), &it); err != nil {
			log.Printf("not an order: %v", err)
			continue
		}
		key := fmt.Sprintf("receipt:%d", it.ID)
		if _, err := cache.do(3*time.Second, "SET", key, receipt(it), "EX", "86400"); err != nil {
			return err
		}
		log.Printf("order %d: receipt written", it.ID)
	}
}

func receipt(it order) string {
	text := fmt.Sprintf("%d:%s:%d", it.ID, it.Item, it.Amount)
	return fmt.Sprintf("%d x %s, receipt %x", it.Amount, it.Item, sha256.Sum256([]byte(text)))
}

func secret(name string) (string, error) {
	folder := os.Getenv("SECRETS_FOLDER")
	if folder == "" {
		folder = "/run/secrets"
	}
	text, err := os.ReadFile(filepath.Join(folder, name))
	return strings.TrimSpace(string(text)), err
}
