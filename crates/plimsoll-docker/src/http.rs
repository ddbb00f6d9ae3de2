//! As much of HTTP/1.1 (RFC 9112) as an engine's answers need.

use std::{
    io::{self, BufRead as _, BufReader, Read, Write as _},
    time::Instant,
};

use crate::{error::Error, stream::Stream};

/// The body of an answer, as it comes.
pub struct Body {
    reader: BufReader<Timed>,
    framing: Framing,
    keeps: bool,
}

/// A connection on which a question can be asked.
pub(crate) struct Connection(BufReader<Timed>);

/// What becomes of a connection after its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// It ends.
    Close,
    /// The next question can be asked on it.
    Keep,
}

/// A stream that gives nothing more after a moment, however slowly it came.
struct Timed {
    stream: Box<dyn Stream>,
    until: Option<Instant>,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.until.is_some_and(|it| it <= Instant::now()) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.read(buffer)
    }
}

impl Connection {
    /// A connection over `stream`.
    pub(crate) fn new(stream: Box<dyn Stream>) -> Self {
        Self(BufReader::with_capacity(BUFFER, Timed { stream, until: None }))
    }

    /// The same, whose next answer must have come by `until`.
    pub(crate) fn until(mut self, until: Instant) -> Self {
        self.0.get_mut().until = Some(until);
        self
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("framing", &self.framing).finish_non_exhaustive()
    }
}

/// Where a body ends.
#[derive(Clone, Copy, Debug)]
enum Framing {
    /// After so many bytes.
    Length(u64),
    /// In pieces that each say their length; so many bytes are left of this one.
    Chunked { left: u64, is_first: bool },
    /// With the connection.
    Close,
    /// It has ended.
    Done,
}

/// Sends a `GET` for `path` on `connection` and reads the head of the answer: its status and its
/// body.
pub(crate) fn get(connection: Connection, path: &str, after: After) -> Result<(u16, Body), Error> {
    let io = |it| Error::Io { path: path.to_owned(), source: it };
    let ending = match after {
        After::Close => "Connection: close\r\n",
        After::Keep => "",
    };
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: docker\r\nUser-Agent: plimsoll\r\nAccept: */*\r\n\
         {ending}\r\n"
    );
    let Connection(mut reader) = connection;
    let stream = &mut reader.get_mut().stream;
    stream.write_all(request.as_bytes()).and_then(|()| stream.flush()).map_err(io)?;
    loop {
        let Head { status, framing, keeps } = head(&mut reader, path)?;
        // Interim answers come before the real one.
        if (100..200).contains(&status) {
            continue;
        }
        let keeps = keeps && after == After::Keep;
        return Ok((status, Body { reader, framing, keeps }));
    }
}

/// What the head of an answer says.
struct Head {
    status: u16,
    framing: Framing,
    keeps: bool,
}

fn head(reader: &mut BufReader<Timed>, path: &str) -> Result<Head, Error> {
    let wrong = |why: &str| Error::Protocol { path: path.to_owned(), why: why.to_owned() };
    let mut left = MAX_HEAD;
    let mut line = || -> Result<String, Error> {
        let mut res = Vec::new();
        let n_read = reader
            .by_ref()
            .take(left)
            .read_until(b'\n', &mut res)
            .map_err(|it| Error::Io { path: path.to_owned(), source: it })?;
        left = left.saturating_sub(n_read as u64);
        if res.last() != Some(&b'\n') {
            let why = if left == 0 { "its head is too long" } else { "it ends in its head" };
            return Err(wrong(why));
        }
        Ok(String::from_utf8_lossy(&res).trim_end().to_owned())
    };
    let first = line()?;
    let status = first
        .strip_prefix("HTTP/1.")
        .and_then(|it| it.split(' ').nth(1))
        .and_then(|it| it.parse().ok())
        .ok_or_else(|| wrong("it is not HTTP"))?;
    let mut framing = Framing::Close;
    let mut keeps = first.starts_with("HTTP/1.1");
    loop {
        let header = line()?;
        if header.is_empty() {
            break;
        }
        let Some((name, value)) = header.split_once(':') else { continue };
        let value = value.trim();
        if name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked") {
            framing = Framing::Chunked { left: 0, is_first: true };
        } else if name.eq_ignore_ascii_case("content-length")
            && !matches!(framing, Framing::Chunked { .. })
        {
            let length = value.parse().map_err(|_| wrong("its length is no number"))?;
            framing = Framing::Length(length);
        } else if name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case("close") {
            keeps = false;
        }
    }
    if status == 204 || status == 304 {
        framing = Framing::Done;
    }
    Ok(Head { status, framing, keeps })
}

impl Body {
    /// The connection, if the answer was read to its end and the engine keeps it open.
    pub(crate) fn into_connection(self) -> Option<Connection> {
        let is_read = matches!(self.framing, Framing::Done | Framing::Length(0));
        (is_read && self.keeps).then_some(Connection(self.reader))
    }

    /// What may stand after the last piece: further headers, and an empty line.
    fn skip_trailer(&mut self) -> io::Result<()> {
        let mut line = Vec::new();
        for _ in 0..MAX_TRAILER_LINES {
            line.clear();
            self.reader.by_ref().take(MAX_CHUNK_LINE).read_until(b'\n', &mut line)?;
            if line.is_empty() || line == b"\r\n" || line == b"\n" {
                return Ok(());
            }
        }
        Err(io::Error::new(io::ErrorKind::InvalidData, "its trailer is too long"))
    }

    /// The length of the next piece of a chunked body.
    fn next_chunk(&mut self, is_first: bool) -> io::Result<u64> {
        let mut line = Vec::new();
        // The end of the piece before stands on a line of its own.
        for _ in 0..if is_first { 1 } else { 2 } {
            line.clear();
            self.reader.by_ref().take(MAX_CHUNK_LINE).read_until(b'\n', &mut line)?;
        }
        let text = String::from_utf8_lossy(&line);
        let digits = text.trim().split(';').next().unwrap_or_default().trim();
        u64::from_str_radix(digits, 16)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a piece has no length"))
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if let Framing::Chunked { left: 0, is_first } = self.framing {
            let left = self.next_chunk(is_first)?;
            self.framing = match left {
                0 => Framing::Done,
                _ => Framing::Chunked { left, is_first: false },
            };
            if left == 0 && self.keeps {
                self.skip_trailer()?;
            }
        }
        let limit = match self.framing {
            Framing::Done | Framing::Length(0) => return Ok(0),
            Framing::Length(left) | Framing::Chunked { left, .. } => left,
            Framing::Close => u64::MAX,
        };
        let n_read = self.reader.by_ref().take(limit).read(buffer)?;
        match &mut self.framing {
            Framing::Length(left) | Framing::Chunked { left, .. } => {
                if n_read == 0 {
                    let why = "the engine closed the connection before the end";
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, why));
                }
                *left -= n_read as u64;
            }
            Framing::Close if n_read == 0 => self.framing = Framing::Done,
            Framing::Close | Framing::Done => {}
        }
        Ok(n_read)
    }
}

/// The head of an answer is shorter than this.
const MAX_HEAD: u64 = 64 << 10;

/// The line that says how long a piece is is shorter than this.
const MAX_CHUNK_LINE: u64 = 4 << 10;

/// After the last piece stand fewer lines than this.
const MAX_TRAILER_LINES: usize = 64;

/// Bytes that are taken from a connection at once.
const BUFFER: usize = 64 << 10;
