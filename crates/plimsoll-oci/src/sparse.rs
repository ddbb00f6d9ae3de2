//! Files with holes: where the stored bytes belong, checked before anyone believes it.
//!
//! Knows nothing of headers; it sees the numbers that they give.

use std::io;

use crate::read_at::ReadAt;

/// Where the stored bytes of a file belong. Pieces are in order and do not overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SparseMap {
    /// Length of the file with its holes.
    pub(crate) size: u64,
    pub(crate) pieces: Vec<Piece>,
}

/// Some bytes of a file with holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where in the file.
    pub(crate) offset: u64,
    /// Where in what is stored.
    pub(crate) stored_at: u64,
    pub(crate) len: u64,
}

/// Checks pairs of offset and length against the size of the file and what is stored.
pub(crate) fn parse_pairs(
    numbers: &[u64],
    size: u64,
    stored: u64,
) -> Result<SparseMap, &'static str> {
    let mut pieces = Vec::with_capacity(numbers.len() / 2);
    let mut end_of_last = 0;
    let mut stored_at = 0_u64;
    let mut pairs = numbers.chunks_exact(2);
    for pair in &mut pairs {
        let &[offset, len] = pair else { continue };
        let end = offset.checked_add(len).ok_or(LIES)?;
        if offset < end_of_last || end > size {
            return Err(LIES);
        }
        if len > 0 {
            pieces.push(Piece { offset, stored_at, len });
        }
        end_of_last = end;
        stored_at = stored_at.checked_add(len).ok_or(LIES)?;
    }
    if !pairs.remainder().is_empty() || stored_at > stored {
        return Err(LIES);
    }
    Ok(SparseMap { size, pieces })
}

/// A file with holes as a program would read it.
pub(crate) struct SparseFile<'a> {
    stored: &'a dyn ReadAt,
    map: &'a SparseMap,
}

impl<'a> SparseFile<'a> {
    pub(crate) fn new(stored: &'a dyn ReadAt, map: &'a SparseMap) -> Self {
        Self { stored, map }
    }
}

impl ReadAt for SparseFile<'_> {
    fn len(&self) -> u64 {
        self.map.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.map.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = rest.min(buffer.len());
        let buffer = buffer.get_mut(..wanted).unwrap_or_default();
        let next = self.map.pieces.partition_point(|it| it.offset + it.len <= offset);
        let Some(piece) = self.map.pieces.get(next) else {
            buffer.fill(0);
            return Ok(wanted);
        };
        if offset < piece.offset {
            let hole = usize::try_from(piece.offset - offset).unwrap_or(usize::MAX).min(wanted);
            buffer.get_mut(..hole).unwrap_or_default().fill(0);
            return Ok(hole);
        }
        let inside = offset - piece.offset;
        let n = usize::try_from(piece.len - inside).unwrap_or(usize::MAX).min(wanted);
        let buffer = buffer.get_mut(..n).unwrap_or_default();
        match self.stored.read_at(piece.stored_at + inside, buffer)? {
            0 if n > 0 => Err(io::ErrorKind::UnexpectedEof.into()),
            n => Ok(n),
        }
    }
}

/// More pieces than this are taken for an attack: it is a map of 1.5 MiB.
pub(crate) const MAX_PIECES: usize = 65_536;

const LIES: &str = "the map of its holes does not fit its size";

#[cfg(test)]
mod tests {
    use super::{SparseFile, parse_pairs};
    use crate::read_at::read_whole;

    #[test]
    fn holes_read_as_zeros() {
        let map = parse_pairs(&[2, 3, 7, 1, 9, 0], 9, 4).unwrap();
        let stored = b"abcd".to_vec();
        let file = SparseFile::new(&stored, &map);
        assert_eq!(*read_whole(&file, 100).unwrap(), *b"\0\0abc\0\0d\0");
    }

    #[test]
    fn maps_that_lie_are_refused() {
        let cases: &[(&[u64], u64, u64)] = &[
            (&[0, 10], 9, 10),
            (&[0, 10], 10, 9),
            (&[5, 2, 4, 1], 10, 10),
            (&[0, 1, 2], 10, 10),
            (&[u64::MAX, 2], u64::MAX, 10),
            (&[4, 1, 4, 1], 10, 10),
        ];
        for (numbers, size, stored) in cases {
            assert!(parse_pairs(numbers, *size, *stored).is_err(), "{numbers:?}");
        }
    }
}
