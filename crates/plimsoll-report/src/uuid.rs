//! Names that follow from what they name, in the form of a UUID (RFC 9562).

use sha2::{Digest as _, Sha256};

/// A UUID made from `parts`, which says to be of `version`.
pub(crate) fn uuid_of<'a>(parts: impl IntoIterator<Item = &'a str>, version: u8) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut bytes: Vec<u8> = hash.finalize().into_iter().take(16).collect();
    if let Some(byte) = bytes.get_mut(6) {
        *byte = *byte & 0x0f | version << 4;
    }
    if let Some(variant) = bytes.get_mut(8) {
        *variant = *variant & 0x3f | 0x80;
    }
    let digits = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    let mut res = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            res.push('-');
        }
        res.extend([digits(byte >> 4), digits(byte & 15)]);
    }
    res
}
