//! Compressed bytes made plain as they flow.
//!
//! Knows nothing of archives; how much may come out is asked by who reads from here.

use std::{
    error, fmt,
    io::{self, BufRead, Read},
};

use flate2::bufread::GzDecoder;

/// How bytes are compressed, as their first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all, or in a way that is not known.
    Plain,
    /// One or more gzip members.
    Gzip,
    /// One or more zstd frames.
    Zstd,
    /// bzip2, which is told but not read.
    Bzip2,
    /// xz, which is told but not read.
    Xz,
}

impl Compression {
    /// What the first bytes tell; [`Compression::HEAD`] are enough.
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            _ => Self::Plain,
        }
    }

    /// How many bytes [`Compression::of`] wants to see.
    pub const HEAD: usize = 6;

    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
        }
    }
}

/// Reads plain bytes out of compressed ones.
pub(crate) struct Unpacker<'a> {
    decoder: Decoder<'a>,
    has_trailing_bytes: bool,
}

enum Decoder<'a> {
    Plain(Packed<'a>),
    Gzip(Box<GzDecoder<Packed<'a>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, Packed<'a>>>),
    Done(u64),
}

impl<'a> Unpacker<'a> {
    /// Finds the compression from the first bytes. One that cannot be read is the error.
    pub(crate) fn new(input: Box<dyn Read + Send + 'a>) -> io::Result<(Compression, Self)> {
        let mut packed = Packed::new(input);
        let compression = Compression::of(packed.head()?);
        let decoder = match compression {
            Compression::Plain => Decoder::Plain(packed),
            Compression::Gzip => Decoder::Gzip(Box::new(GzDecoder::new(packed))),
            Compression::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
                decoder.window_log_max(MAX_ZSTD_WINDOW_LOG)?;
                Decoder::Zstd(Box::new(decoder))
            }
            Compression::Bzip2 | Compression::Xz => {
                let message = format!("{} compression is not read", compression.name());
                return Err(io::Error::new(io::ErrorKind::Unsupported, message));
            }
        };
        Ok((compression, Self { decoder, has_trailing_bytes: false }))
    }

    /// Bytes that went in so far.
    pub(crate) fn n_packed(&self) -> u64 {
        match &self.decoder {
            Decoder::Plain(it) => it.total,
            Decoder::Gzip(it) => it.get_ref().total,
            Decoder::Zstd(it) => it.get_ref().total,
            Decoder::Done(total) => *total,
        }
    }

    /// Whether bytes that are no gzip follow the last member.
    pub(crate) fn has_trailing_bytes(&self) -> bool {
        self.has_trailing_bytes
    }

    /// After the end of a gzip member: the next one, if another follows.
    fn next_member(&mut self) -> io::Result<bool> {
        let total = self.n_packed();
        let Decoder::Gzip(decoder) = std::mem::replace(&mut self.decoder, Decoder::Done(total))
        else {
            return Ok(false);
        };
        let mut packed = decoder.into_inner();
        // Padding with zeros is what tapes and some tools leave, and means nothing.
        while let buffered = packed.fill_buf()?
            && !buffered.is_empty()
            && buffered.iter().all(|it| *it == 0)
        {
            let n = buffered.len();
            packed.consume(n);
        }
        let next = packed.fill_buf()?.first().copied();
        match next {
            Some(0x1f) => {
                self.decoder = Decoder::Gzip(Box::new(GzDecoder::new(packed)));
                return Ok(true);
            }
            Some(_) => self.has_trailing_bytes = true,
            None => {}
        }
        self.decoder = Decoder::Done(packed.total);
        Ok(false)
    }
}

impl Read for Unpacker<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = match &mut self.decoder {
                Decoder::Plain(it) => return it.read(buffer),
                Decoder::Zstd(it) => return it.read(buffer),
                Decoder::Done(_) => return Ok(0),
                Decoder::Gzip(it) => it.read(buffer)?,
            };
            if n > 0 || buffer.is_empty() || !self.next_member()? {
                return Ok(n);
            }
        }
    }
}

/// An error of where the bytes come from, as against one of what they say.
#[derive(Debug)]
pub(crate) struct SourceError(io::Error);

impl SourceError {
    pub(crate) fn is_behind(error: &io::Error) -> bool {
        error.get_ref().and_then(|it| it.downcast_ref::<Self>()).is_some()
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl error::Error for SourceError {}

/// The compressed bytes, counted.
struct Packed<'a> {
    inner: Box<dyn Read + Send + 'a>,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    total: u64,
}

impl<'a> Packed<'a> {
    fn new(inner: Box<dyn Read + Send + 'a>) -> Self {
        Self { inner, buffer: vec![0; BUFFER].into_boxed_slice(), start: 0, end: 0, total: 0 }
    }

    /// The first bytes, however small the pieces are in which they come.
    fn head(&mut self) -> io::Result<&[u8]> {
        while self.end < Compression::HEAD {
            if self.fill_more()? == 0 {
                break;
            }
        }
        Ok(self.buffer.get(..self.end).unwrap_or_default())
    }

    fn fill_more(&mut self) -> io::Result<usize> {
        let free = self.buffer.get_mut(self.end..).unwrap_or_default();
        let n = read_some(&mut self.inner, free)?;
        self.end += n;
        self.total += n as u64;
        Ok(n)
    }
}

impl Read for Packed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && buffer.len() >= BUFFER {
            let n = read_some(&mut self.inner, buffer)?;
            self.total += n as u64;
            return Ok(n);
        }
        let n = self.fill_buf()?.read(buffer)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Packed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start >= self.end {
            self.start = 0;
            self.end = 0;
            self.fill_more()?;
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    fn consume(&mut self, n: usize) {
        self.start = (self.start + n).min(self.end);
    }
}

fn read_some(inner: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match inner.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(io::Error::new(error.kind(), SourceError(error))),
            Ok(n) => return Ok(n),
        }
    }
}

const BUFFER: usize = 64 * 1024;

/// 128 MiB, which every encoder stays under unless told to use `--ultra --long`.
const MAX_ZSTD_WINDOW_LOG: u32 = 27;
