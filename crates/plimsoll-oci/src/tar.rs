//! One header block of a tar archive, of any dialect.
//!
//! Knows nothing of what follows a header; names and numbers are given as they stand.

/// The size of everything in a tar archive.
pub(crate) const BLOCK: usize = 512;

/// A block as it stands in the archive.
pub(crate) type Block = [u8; BLOCK];

/// A header whose checksum is right.
pub(crate) struct Header<'a> {
    block: &'a Block,
    dialect: Dialect,
}

/// Who wrote the fields behind the link name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// Before POSIX: there are none.
    Old,
    /// POSIX: a prefix of the name.
    Ustar,
    /// POSIX with times at the end of a shorter prefix.
    Star,
    /// GNU: times and sparse maps, but no prefix.
    Gnu,
}

impl<'a> Header<'a> {
    /// The header, or `None` if the checksum is wrong.
    pub(crate) fn read(block: &'a Block) -> Option<Self> {
        let claimed = number(field(block, CHECKSUM, 8))?;
        let mut unsigned = 0_i64;
        let mut signed = 0_i64;
        for (index, byte) in block.iter().enumerate() {
            let byte = if (CHECKSUM..CHECKSUM + 8).contains(&index) { b' ' } else { *byte };
            unsigned += i64::from(byte);
            signed += i64::from(byte.cast_signed());
        }
        let dialect = match (field(block, MAGIC, 8), field(block, 508, 4)) {
            (b"ustar  \0", _) => Dialect::Gnu,
            ([b'u', b's', b't', b'a', b'r', 0, ..], b"tar\0") => Dialect::Star,
            ([b'u', b's', b't', b'a', b'r', 0, ..], _) => Dialect::Ustar,
            _ => Dialect::Old,
        };
        (claimed == unsigned || claimed == signed).then_some(Self { block, dialect })
    }

    pub(crate) fn type_flag(&self) -> u8 {
        self.block.get(156).copied().unwrap_or_default()
    }

    /// The name with its prefix.
    pub(crate) fn name(&self) -> Vec<u8> {
        let name = text(field(self.block, 0, 100));
        let prefix = match self.dialect {
            Dialect::Ustar => text(field(self.block, 345, 155)),
            Dialect::Star => text(field(self.block, 345, 131)),
            Dialect::Old | Dialect::Gnu => &[],
        };
        if prefix.is_empty() {
            return name.to_vec();
        }
        let mut res = Vec::with_capacity(prefix.len() + 1 + name.len());
        res.extend_from_slice(prefix);
        res.push(b'/');
        res.extend_from_slice(name);
        res
    }

    pub(crate) fn link_name(&self) -> &'a [u8] {
        text(field(self.block, 157, 100))
    }

    pub(crate) fn mode(&self) -> Option<i64> {
        number(field(self.block, 100, 8))
    }

    pub(crate) fn user(&self) -> Option<i64> {
        number(field(self.block, 108, 8))
    }

    pub(crate) fn group(&self) -> Option<i64> {
        number(field(self.block, 116, 8))
    }

    pub(crate) fn size(&self) -> Option<i64> {
        number(field(self.block, 124, 12))
    }

    pub(crate) fn modified(&self) -> Option<i64> {
        number(field(self.block, 136, 12))
    }

    /// Major and minor number of a device; old archives have none.
    pub(crate) fn device(&self) -> Option<(i64, i64)> {
        if self.dialect == Dialect::Old {
            return Some((0, 0));
        }
        Some((number(field(self.block, 329, 8))?, number(field(self.block, 337, 8))?))
    }

    /// The four pairs of a GNU sparse file that stand in the header itself, and whether more blocks
    /// of pairs follow.
    pub(crate) fn sparse_pairs(&self) -> (&'a [u8], bool) {
        (field(self.block, 386, 4 * 24), self.block.get(482).is_some_and(|it| *it != 0))
    }

    /// How long a GNU sparse file is with its holes.
    pub(crate) fn sparse_size(&self) -> Option<i64> {
        number(field(self.block, 483, 12))
    }
}

/// A number in octal digits or, if its first bit is set, in base 256. Empty is zero.
pub(crate) fn number(field: &[u8]) -> Option<i64> {
    match field.first() {
        Some(first) if first & 0x80 != 0 => base_256(field),
        _ => octal(field),
    }
}

/// Up to the first NUL.
pub(crate) fn text(field: &[u8]) -> &[u8] {
    field.split(|it| *it == 0).next().unwrap_or_default()
}

fn base_256(field: &[u8]) -> Option<i64> {
    let is_negative = field.first()? & 0x40 != 0;
    let invert = if is_negative { 0xff } else { 0 };
    let mut res = 0_u64;
    for (index, byte) in field.iter().enumerate() {
        let byte = byte ^ invert;
        let byte = if index == 0 { byte & 0x7f } else { byte };
        if res >> 56 != 0 {
            return None;
        }
        res = (res << 8) | u64::from(byte);
    }
    let res = i64::try_from(res).ok()?;
    Some(if is_negative { !res } else { res })
}

fn octal(field: &[u8]) -> Option<i64> {
    let is_padding = |it: &u8| matches!(it, b' ' | 0);
    let start = field.iter().position(|it| !is_padding(it)).unwrap_or(field.len());
    let digits = text(field.get(start..)?);
    let mut res = 0_i64;
    let mut has_ended = false;
    for digit in digits {
        match digit {
            b'0'..=b'7' if !has_ended => {
                res = res.checked_mul(8)?.checked_add(i64::from(digit - b'0'))?;
            }
            b' ' => has_ended = true,
            _ => return None,
        }
    }
    Some(res)
}

fn field(block: &Block, start: usize, len: usize) -> &[u8] {
    block.get(start..start + len).unwrap_or_default()
}

const CHECKSUM: usize = 148;
const MAGIC: usize = 257;

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_octal_or_base_256() {
        let cases: &[(&[u8], Option<i64>)] = &[
            (b"0000644\0", Some(0o644)),
            (b"    644 ", Some(0o644)),
            (b"\0\0\0\0", Some(0)),
            (b"77777777777\0", Some(0o77_777_777_777)),
            (b"777777777777", Some(0o777_777_777_777)),
            (b"9", None),
            (b"12x", None),
            (b"1 2", None),
            (b"-1", None),
            (b"\x80\0\0\0\0\0\0\0\0\0\x01\x00", Some(256)),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", Some(-1)),
            (b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", None),
            (b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", Some(i64::MAX)),
            (b"\xff\xff\xff\xff\x80\0\0\0\0\0\0\0", Some(i64::MIN)),
            (b"\xbf\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None),
        ];
        for (field, expected) in cases {
            assert_eq!(number(field), *expected, "{field:x?}");
        }
    }
}
