//! Little-endian fields out of bytes that nobody vouches for: every access is checked.

use crate::store::StoreError;

/// A column of 32-bit numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Column<'s> {
    bytes: &'s [u8],
}

impl Column<'_> {
    pub(crate) fn len(self) -> u32 {
        u32::try_from(self.bytes.len() / 4).unwrap_or(u32::MAX)
    }

    pub(crate) fn get(self, index: u32) -> Result<u32, StoreError> {
        let start = (index as usize).checked_mul(4).ok_or(OUTSIDE)?;
        let field = self.bytes.get(start..).and_then(<[u8]>::first_chunk::<4>).ok_or(OUTSIDE)?;
        Ok(u32::from_le_bytes(*field))
    }
}

/// Reads fields one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'s> {
    rest: &'s [u8],
}

impl<'s> Cursor<'s> {
    pub(crate) fn new(bytes: &'s [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'s [u8], StoreError> {
        let (head, rest) = self.rest.split_at_checked(length).ok_or(OUTSIDE)?;
        self.rest = rest;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(OUTSIDE)?;
        self.rest = rest;
        Ok(*head)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, StoreError> {
        self.array::<1>().map(|[it]| it)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, StoreError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, StoreError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, StoreError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, StoreError> {
        self.array().map(i64::from_le_bytes)
    }

    /// A column of `n` numbers.
    pub(crate) fn column(&mut self, n: u32) -> Result<Column<'s>, StoreError> {
        let length = (n as usize).checked_mul(4).ok_or(OUTSIDE)?;
        Ok(Column { bytes: self.take(length)? })
    }

    /// A string with its length before it.
    pub(crate) fn string(&mut self) -> Result<&'s str, StoreError> {
        let length = self.u32()? as usize;
        text(self.take(length)?)
    }
}

/// Strings of a section, known by number. Number 0 is the empty one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Strings<'s> {
    offsets: Column<'s>,
    bytes: &'s [u8],
}

impl<'s> Strings<'s> {
    pub(crate) fn read(
        cursor: &mut Cursor<'s>,
        n_strings: u32,
        n_bytes: u32,
    ) -> Result<Self, StoreError> {
        let offsets = cursor.column(n_strings.checked_add(1).ok_or(OUTSIDE)?)?;
        Ok(Self { offsets, bytes: cursor.take(n_bytes as usize)? })
    }

    pub(crate) fn bytes(self, index: u32) -> Result<&'s [u8], StoreError> {
        let start = self.offsets.get(index)? as usize;
        let end = self.offsets.get(index.checked_add(1).ok_or(OUTSIDE)?)? as usize;
        self.bytes.get(start..end).ok_or(OUTSIDE)
    }

    pub(crate) fn get(self, index: u32) -> Result<&'s str, StoreError> {
        text(self.bytes(index)?)
    }
}

fn text(bytes: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(bytes).map_err(|_| StoreError::Torn { part: "a text is not UTF-8" })
}

/// Something points past the end of its section.
pub(crate) const OUTSIDE: StoreError = StoreError::Torn { part: "a place outside of its section" };
