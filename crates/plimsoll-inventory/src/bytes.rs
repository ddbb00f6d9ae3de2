//! Numbers and pieces out of bytes that nobody vouches for: every read is checked, none panics.
//!
//! It must not know any format.

use plimsoll_oci::ReadAt;

/// The order of the bytes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endian {
    Little,
    Big,
}

impl Endian {
    /// The two bytes of `bytes` at `at`, as a number.
    pub(crate) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let piece = array(bytes, at)?;
        Some(match self {
            Self::Little => u16::from_le_bytes(piece),
            Self::Big => u16::from_be_bytes(piece),
        })
    }

    /// The four bytes of `bytes` at `at`, as a number.
    pub(crate) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let piece = array(bytes, at)?;
        Some(match self {
            Self::Little => u32::from_le_bytes(piece),
            Self::Big => u32::from_be_bytes(piece),
        })
    }

    /// The eight bytes of `bytes` at `at`, as a number.
    pub(crate) fn u64(self, bytes: &[u8], at: usize) -> Option<u64> {
        let piece = array(bytes, at)?;
        Some(match self {
            Self::Little => u64::from_le_bytes(piece),
            Self::Big => u64::from_be_bytes(piece),
        })
    }
}

/// The `len` bytes at `offset`; `None` if they are not all there.
pub(crate) fn read_exact(content: &dyn ReadAt, offset: u64, len: usize) -> Option<Vec<u8>> {
    let end = offset.checked_add(len as u64)?;
    if end > content.len() {
        return None;
    }
    let mut res = vec![0; len];
    let n = read_into(content, offset, &mut res);
    (n == len).then_some(res)
}

/// As many bytes at `offset` as there are, at most `len`.
pub(crate) fn read_up_to(content: &dyn ReadAt, offset: u64, len: usize) -> Vec<u8> {
    let there = content.len().saturating_sub(offset);
    let len = usize::try_from(there).unwrap_or(usize::MAX).min(len);
    let mut res = vec![0; len];
    let n = read_into(content, offset, &mut res);
    res.truncate(n);
    res
}

/// Whether the file begins as an ELF executable does.
pub(crate) fn starts_as_elf(content: &dyn ReadAt) -> bool {
    let mut magic = [0; 4];
    read_into(content, 0, &mut magic) == 4 && magic == *b"\x7fELF"
}

/// The last part of a path. It is asked of every entry of an image, several times.
pub(crate) fn file_name(path: &str) -> &str {
    after_last(path, b'/').unwrap_or(path)
}

/// What stands behind the last such ASCII byte; `None` if there is none.
pub(crate) fn after_last(text: &str, byte: u8) -> Option<&str> {
    text.get(memchr::memrchr(byte, text.as_bytes())? + 1..)
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |it: u8| char::from_digit(u32::from(it), 16).unwrap_or('0');
    bytes.iter().flat_map(|it| [digit(it >> 4), digit(it & 15)]).collect()
}

/// The bytes that hexadecimal digits stand for; `None` if they are no whole bytes.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let mut res = Vec::with_capacity(text.len() / 2);
    for pair in text.as_bytes().chunks(2) {
        let [high, low] = *pair else { return None };
        let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
        res.push(digit(high)? << 4 | digit(low)?);
    }
    Some(res)
}

/// What base64 text stands for; `None` if it holds a letter of no such alphabet.
pub(crate) fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut res = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut bits, mut n_bits) = (0_u32, 0);
    for it in text.trim_end_matches('=').bytes() {
        let value = match it {
            b'A'..=b'Z' => it - b'A',
            b'a'..=b'z' => it - b'a' + 26,
            b'0'..=b'9' => it - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xff_ffff;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            res.push(u8::try_from(bits >> n_bits & 0xff).unwrap_or_default());
        }
    }
    Some(res)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn read_into(content: &dyn ReadAt, offset: u64, buffer: &mut [u8]) -> usize {
    let mut at = 0;
    while let Some(rest) = buffer.get_mut(at..)
        && !rest.is_empty()
        && let Some(offset) = offset.checked_add(at as u64)
    {
        match content.read_at(offset, rest) {
            Ok(0) | Err(_) => break,
            Ok(n) => at += n,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_both_orders_and_never_past_the_end() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(Endian::Little.u16(&bytes, 0), Some(0x0201));
        assert_eq!(Endian::Big.u32(&bytes, 4), Some(0x0506_0708));
        assert_eq!(Endian::Little.u64(&bytes, 0), Some(0x0807_0605_0403_0201));
        assert_eq!(Endian::Big.u32(&bytes, 5), None);
        assert_eq!(Endian::Big.u16(&bytes, usize::MAX), None);
    }

    #[test]
    fn text_forms_of_bytes() {
        assert_eq!(unbase64("aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(unbase64("a b"), None);
        assert_eq!(hex(&[0, 0xaf]), "00af");
        assert_eq!(unhex("00Af"), Some(vec![0, 0xaf]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("zz"), None);
    }

    #[test]
    fn pieces_end_where_the_content_ends() {
        let content = b"0123456789".to_vec();
        assert_eq!(read_exact(&content, 8, 2), Some(b"89".to_vec()));
        assert_eq!(read_exact(&content, 8, 3), None);
        assert_eq!(read_exact(&content, u64::MAX, 3), None);
        assert_eq!(read_up_to(&content, 8, 1_000), b"89");
        assert_eq!(read_up_to(&content, 80, 1_000), b"");
    }
}
