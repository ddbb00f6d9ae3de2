//! Where a walk over an archive takes its bytes from: a place that can be jumped in, or a stream.
//!
//! Knows nothing of headers. Every buffer here has a fixed size.

use std::io::{self, Read};

use crate::{
    decompress::{SourceError, Unpacker},
    digest::{Digest, DigestAlgorithm, Verifier},
    gap::GapKind,
    limits::Limits,
    read_at::ReadAt,
};

/// Bytes in order, of which some may be jumped over.
pub(crate) trait Supply {
    /// How many bytes have been consumed.
    fn position(&self) -> u64;

    /// At least `n` of the next bytes, unless the end comes before; `n` is at most [`MAX_PEEK`].
    fn peek(&mut self, n: usize) -> Result<&[u8], Fault>;

    /// Takes what was peeked.
    fn consume(&mut self, n: usize);

    /// Jumps over `n` bytes and says how many there were.
    fn skip(&mut self, n: u64) -> Result<u64, Fault>;

    /// All of the bytes, if they can be read at any place.
    fn source(&self) -> Option<&dyn ReadAt>;
}

/// Why bytes cannot be had.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: GapKind,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(kind: GapKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        if SourceError::is_behind(&error) {
            return Self::new(GapKind::Unreadable, format!("cannot be read: {error}"));
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                Self::new(GapKind::Truncated, "the compressed data end before they should")
            }
            io::ErrorKind::Unsupported => Self::new(GapKind::Unsupported, error.to_string()),
            _ => Self::new(GapKind::Corrupt, format!("the compressed data are broken: {error}")),
        }
    }
}

/// The most that can be peeked.
pub(crate) const MAX_PEEK: usize = 4096;

/// A supply that jumps.
pub(crate) struct AtSupply<'a> {
    source: &'a dyn ReadAt,
    slice: Option<&'a [u8]>,
    len: u64,
    position: u64,
    window: Vec<u8>,
    window_start: u64,
    window_len: usize,
    read_ahead: usize,
}

impl<'a> AtSupply<'a> {
    pub(crate) fn new(source: &'a dyn ReadAt) -> Self {
        let slice = source.as_slice();
        Self {
            source,
            slice,
            len: source.len(),
            position: 0,
            window: Vec::new(),
            window_start: 0,
            window_len: 0,
            read_ahead: MIN_WINDOW,
        }
    }

    fn offset_in_window(&self) -> Option<usize> {
        let offset = usize::try_from(self.position.checked_sub(self.window_start)?).ok()?;
        (offset <= self.window_len).then_some(offset)
    }

    /// Headers of small files stand close together and are read in one go; behind a large file only
    /// a little is read, since what follows its header is jumped over.
    fn refill(&mut self, n: usize) -> Result<(), Fault> {
        let is_sequential = self.offset_in_window().is_some_and(|_| self.window_len > 0);
        self.read_ahead =
            if is_sequential { (self.read_ahead * 2).min(MAX_WINDOW) } else { MIN_WINDOW };
        if self.window.is_empty() {
            self.window = vec![0; MAX_WINDOW];
        }
        self.window_start = self.position;
        self.window_len = 0;
        while self.window_len < n {
            let free = self.window.get_mut(self.window_len..self.read_ahead).unwrap_or_default();
            let at = self.window_start + self.window_len as u64;
            match self.source.read_at(at, free) {
                Ok(0) => break,
                Ok(n_read) => self.window_len += n_read.min(free.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(Fault::new(
                        GapKind::Unreadable,
                        format!("cannot be read: {error}"),
                    ));
                }
            }
        }
        Ok(())
    }
}

impl Supply for AtSupply<'_> {
    fn position(&self) -> u64 {
        self.position
    }

    fn peek(&mut self, n: usize) -> Result<&[u8], Fault> {
        if let Some(slice) = self.slice {
            let start = usize::try_from(self.position).unwrap_or(usize::MAX);
            return Ok(slice.get(start..).unwrap_or_default());
        }
        let n = n.min(MAX_PEEK);
        let n_there = self.offset_in_window().map(|it| self.window_len - it).unwrap_or_default();
        if n_there < n {
            self.refill(n)?;
        }
        let offset = self.offset_in_window().unwrap_or_default();
        Ok(self.window.get(offset..self.window_len).unwrap_or_default())
    }

    fn consume(&mut self, n: usize) {
        self.position = self.position.saturating_add(n as u64).min(self.len);
    }

    fn skip(&mut self, n: u64) -> Result<u64, Fault> {
        let n = n.min(self.len.saturating_sub(self.position));
        self.position += n;
        Ok(n)
    }

    fn source(&self) -> Option<&dyn ReadAt> {
        Some(self.source)
    }
}

/// A supply that flows, out of a decompression or not.
pub(crate) struct StreamSupply<'a> {
    unpacker: Unpacker<'a>,
    is_packed: bool,
    limits: Limits,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    position: u64,
    verifier: Option<Verifier>,
    is_at_end: bool,
}

impl<'a> StreamSupply<'a> {
    pub(crate) fn new(
        unpacker: Unpacker<'a>,
        is_packed: bool,
        limits: &Limits,
        hashing: Option<DigestAlgorithm>,
    ) -> Self {
        Self {
            unpacker,
            is_packed,
            limits: *limits,
            buffer: vec![0; STREAM_BUFFER].into_boxed_slice(),
            start: 0,
            end: 0,
            position: 0,
            verifier: hashing.map(Verifier::new),
            is_at_end: false,
        }
    }

    /// Bytes that came out of the decompression.
    pub(crate) fn n_unpacked(&self) -> u64 {
        self.position + (self.end - self.start) as u64
    }

    /// Whether something that is no compressed data follows.
    pub(crate) fn has_trailing_bytes(&self) -> bool {
        self.unpacker.has_trailing_bytes()
    }

    /// The digest of all plain bytes, if it was asked for and the end was reached.
    pub(crate) fn digest(self) -> Option<Digest> {
        self.verifier.filter(|_| self.is_at_end).map(Verifier::finish)
    }

    /// Reads once more into the buffer, of which the front is free after `compact`.
    fn fill(&mut self) -> Result<bool, Fault> {
        let free = self.buffer.get_mut(self.end..).unwrap_or_default();
        let n = loop {
            match self.unpacker.read(free) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?.min(free.len()),
            }
        };
        if let (Some(verifier), Some(fresh)) = (&mut self.verifier, free.get(..n)) {
            verifier.update(fresh);
        }
        self.end += n;
        self.is_at_end = n == 0;
        self.check_limits()?;
        Ok(n > 0)
    }

    fn check_limits(&self) -> Result<(), Fault> {
        let n_unpacked = self.n_unpacked();
        if n_unpacked > self.limits.unpacked_bytes {
            let limit = self.limits.unpacked_bytes;
            return Err(Fault::new(
                GapKind::Limit,
                format!("more than {limit} bytes come out of it; the rest is not read"),
            ));
        }
        let allowed = self.unpacker.n_packed().saturating_mul(self.limits.ratio);
        if self.is_packed && n_unpacked > allowed.max(self.limits.ratio_free_bytes) {
            let ratio = self.limits.ratio;
            return Err(Fault::new(
                GapKind::Limit,
                format!("more than {ratio} times its size comes out of it; the rest is not read"),
            ));
        }
        Ok(())
    }

    fn compact(&mut self) {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
    }
}

impl Supply for StreamSupply<'_> {
    fn position(&self) -> u64 {
        self.position
    }

    fn peek(&mut self, n: usize) -> Result<&[u8], Fault> {
        let n = n.min(MAX_PEEK);
        if self.end - self.start < n {
            self.compact();
            while self.end < n && !self.is_at_end && self.fill()? {}
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    fn consume(&mut self, n: usize) {
        let n = n.min(self.end - self.start);
        self.start += n;
        self.position += n as u64;
    }

    fn skip(&mut self, n: u64) -> Result<u64, Fault> {
        let mut rest = n;
        while rest > 0 {
            let n_there = self.peek(1)?.len();
            if n_there == 0 {
                break;
            }
            let step = usize::try_from(rest).unwrap_or(usize::MAX).min(n_there);
            self.consume(step);
            rest -= step as u64;
        }
        Ok(n - rest)
    }

    fn source(&self) -> Option<&dyn ReadAt> {
        None
    }
}

const MIN_WINDOW: usize = 8 * 1024;
const MAX_WINDOW: usize = 64 * 1024;
const STREAM_BUFFER: usize = 256 * 1024;
