//! Base64, forgiving about padding and white space. Knows nothing of what is inside.

/// The bytes that `text` stands for, with either alphabet; `None` where it is not base64 or is
/// longer than [`MAX_TEXT`].
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let mut res = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut n_bits, mut is_padded) = (0_u32, 0_u32, false);
    for byte in text.iter().filter(|it| !it.is_ascii_whitespace()) {
        if *byte == b'=' {
            is_padded = true;
            continue;
        }
        if is_padded {
            return None;
        }
        bits = (bits << 6 | value(*byte)?) & 0x00FF_FFFF;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            res.push(u8::try_from(bits >> n_bits & 0xFF).ok()?);
        }
    }
    // Six bits alone at the end are no byte.
    (n_bits < 6).then_some(res)
}

fn value(byte: u8) -> Option<u32> {
    let res = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(res))
}

/// The longest text that is decoded.
const MAX_TEXT: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn text_is_decoded_with_and_without_padding() {
        for (text, bytes) in [
            ("", Some("")),
            ("YQ==", Some("a")),
            ("YQ", Some("a")),
            ("YWI=", Some("ab")),
            ("YW\n Jj", Some("abc")),
            ("-_-_", None),
            ("YQ=a", None),
            ("Y", None),
            ("Y*==", None),
        ] {
            let decoded = decode(text.as_bytes()).and_then(|it| String::from_utf8(it).ok());
            assert_eq!(decoded.as_deref(), bytes, "{text}");
        }
    }
}
