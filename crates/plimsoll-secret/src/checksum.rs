//! Check digits that some makers put into their tokens.
//!
//! Knows the arithmetic, not the tokens.

/// A way to see from a token alone whether its maker made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checksum {
    /// The last six characters are the CRC-32 of what stands between the prefix and them, in
    /// base 62: GitHub's classic tokens and npm's.
    Crc32Base62,
    /// The characters after the first four are base 32: AWS key ids.
    Base32,
    /// The middle part is a JSON object: signed web tokens.
    WebToken,
    /// What follows the first dash is base 64 of a macaroon: PyPI.
    Macaroon,
}

impl Checksum {
    /// The check called `name` in the data files.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "crc32-base62" => Some(Self::Crc32Base62),
            "base32" => Some(Self::Base32),
            "web-token" => Some(Self::WebToken),
            "macaroon" => Some(Self::Macaroon),
            _ => None,
        }
    }

    /// Whether `token` passes.
    pub(crate) fn passes(self, token: &[u8]) -> bool {
        match self {
            Self::Crc32Base62 => crc32_base62(token),
            Self::Base32 => {
                let body = token.get(4..).unwrap_or_default();
                body.iter().all(|it| matches!(it, b'A'..=b'Z' | b'2'..=b'7'))
            }
            Self::WebToken => web_token(token),
            Self::Macaroon => macaroon(token),
        }
    }
}

fn crc32_base62(token: &[u8]) -> bool {
    let Some(start) = token.iter().position(|it| *it == b'_').map(|it| it + 1) else {
        return false;
    };
    let Some(body) = token.get(start..) else { return false };
    let Some((body, digits)) = body.split_last_chunk::<6>() else { return false };
    let mut rest = crc32(body);
    let mut wanted = [b'0'; 6];
    for digit in wanted.iter_mut().rev() {
        *digit = BASE_62.get(rest as usize % 62).copied().unwrap_or_default();
        rest /= 62;
    }
    wanted == *digits
}

/// The CRC-32 of ISO-HDLC, bit by bit: tokens are short.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

fn web_token(token: &[u8]) -> bool {
    let mut parts = token.split(|it| *it == b'.');
    let mut is_object = || {
        let decoded = parts.next().and_then(crate::base64::decode);
        decoded.is_some_and(|it| it.starts_with(b"{") && it.trim_ascii_end().ends_with(b"}"))
    };
    is_object() && is_object()
}

fn macaroon(token: &[u8]) -> bool {
    let body = token.iter().position(|it| *it == b'-').and_then(|it| token.get(it + 1..));
    // Version 2, then the field that says where the token is good.
    let decoded = body.and_then(|it| it.get(..12)).and_then(crate::base64::decode);
    decoded.is_some_and(|it| it.starts_with(&[2, 1]))
}

const BASE_62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

#[cfg(test)]
mod tests {
    use super::{Checksum, crc32};

    #[test]
    fn checks_pass_what_is_whole_and_fail_what_is_not() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        let body = "0123456789abcdefABCDEF01234567";
        let mut crc = crc32(body.as_bytes()) as usize;
        let mut digits = Vec::new();
        for _ in 0..6 {
            digits.push(super::BASE_62[crc % 62] as char);
            crc /= 62;
        }
        let digits: String = digits.into_iter().rev().collect();
        let token = format!("ghp_{body}{digits}");
        assert!(Checksum::Crc32Base62.passes(token.as_bytes()));
        assert!(!Checksum::Crc32Base62.passes(token.replace("0123", "0124").as_bytes()));
        assert!(!Checksum::Crc32Base62.passes(b"ghp_x"));
        assert!(Checksum::Base32.passes(b"AKIAQYLPMN5HFIQR7XYA"));
        assert!(!Checksum::Base32.passes(b"AKIAQYLPMN5HFIQR7XY1"));
        assert!(Checksum::WebToken.passes(b"eyJhIjoxfQ.eyJhIjoxfQ.c2ln"));
        assert!(!Checksum::WebToken.passes(b"eyJhIjoxfQ.abcd.c2ln"));
        assert!(Checksum::Macaroon.passes(b"pypi-AgEIcHlwaS5vcmc"));
        assert!(!Checksum::Macaroon.passes(b"pypi-BgEIcHlwaS5vcmc"));
    }
}
