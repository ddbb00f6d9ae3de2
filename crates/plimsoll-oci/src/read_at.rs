//! Bytes that can be read at any place, so that a large file need not be held whole.

use std::{
    borrow::Cow,
    io::{self, Read as _},
    sync::Arc,
};

/// Bytes of known length that can be read at any offset, by several threads at once.
pub trait ReadAt: Send + Sync {
    /// Length in bytes.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills as much of `buffer` as there is at `offset`, and says how much; 0 only at or after the
    /// end.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// The bytes themselves, where they are in memory already.
    fn as_slice(&self) -> Option<&[u8]> {
        None
    }
}

impl ReadAt for [u8] {
    fn len(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|it| self.get(it..)).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        Ok(n)
    }

    fn as_slice(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl ReadAt for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }

    fn as_slice(&self) -> Option<&[u8]> {
        Some(self)
    }
}

/// A piece of something that can be read at any place: a file in an archive.
pub struct Part<'a> {
    source: &'a dyn ReadAt,
    start: u64,
    len: u64,
}

impl<'a> Part<'a> {
    /// The `len` bytes of `source` from `start`; what lies behind its end is not there.
    pub fn new(source: &'a dyn ReadAt, start: u64, len: u64) -> Self {
        let len = len.min(source.len().saturating_sub(start));
        Self { source, start, len }
    }
}

impl ReadAt for Part<'_> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = self.len.saturating_sub(offset);
        let n = usize::try_from(rest).unwrap_or(usize::MAX).min(buffer.len());
        match buffer.get_mut(..n) {
            Some(buffer) if n > 0 => self.source.read_at(self.start.saturating_add(offset), buffer),
            _ => Ok(0),
        }
    }

    fn as_slice(&self) -> Option<&[u8]> {
        let start = usize::try_from(self.start).ok()?;
        let end = start.checked_add(usize::try_from(self.len).ok()?)?;
        self.source.as_slice()?.get(start..end)
    }
}

/// A piece of something that is shared: a blob of an archive that outlives who opened it.
#[derive(Clone)]
pub struct SharedPart {
    source: Arc<dyn ReadAt>,
    start: u64,
    len: u64,
}

impl SharedPart {
    /// The `len` bytes of `source` from `start`; what lies behind its end is not there.
    pub fn new(source: Arc<dyn ReadAt>, start: u64, len: u64) -> Self {
        let len = len.min(source.len().saturating_sub(start));
        Self { source, start, len }
    }

    fn part(&self) -> Part<'_> {
        Part { source: &*self.source, start: self.start, len: self.len }
    }
}

impl ReadAt for SharedPart {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.part().read_at(offset, buffer)
    }

    fn as_slice(&self) -> Option<&[u8]> {
        let start = usize::try_from(self.start).ok()?;
        let end = start.checked_add(usize::try_from(self.len).ok()?)?;
        self.source.as_slice()?.get(start..end)
    }
}

/// Reads from the start to the end of something that can be read at any place.
pub struct Sequential<'a> {
    source: &'a dyn ReadAt,
    position: u64,
}

impl<'a> Sequential<'a> {
    /// From the first byte on.
    pub fn new(source: &'a dyn ReadAt) -> Self {
        Self { source, position: 0 }
    }
}

impl io::Read for Sequential<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read_at(self.position, buffer)?;
        self.position += n as u64;
        Ok(n)
    }
}

/// All of `source`, if it has at most `limit` bytes.
pub fn read_whole(source: &dyn ReadAt, limit: u64) -> io::Result<Cow<'_, [u8]>> {
    if source.len() > limit {
        let message = format!("{} bytes long; at most {limit} are read of it", source.len());
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    if let Some(bytes) = source.as_slice() {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut res = Vec::new();
    Sequential::new(source).take(limit).read_to_end(&mut res)?;
    if (res.len() as u64) < source.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Cow::Owned(res))
}
