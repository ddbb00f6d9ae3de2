//! Text in UTF-16, told by its byte order mark, as UTF-8. Knows only bytes.

/// Which half of a unit comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The low byte.
    Little,
    /// The high byte.
    Big,
}

impl Order {
    /// The order that the mark at the start of a text tells; `None` where there is no mark.
    pub(crate) fn of(text: &[u8]) -> Option<Self> {
        match text.first_chunk()? {
            [0xFF, 0xFE] => Some(Self::Little),
            [0xFE, 0xFF] => Some(Self::Big),
            _ => None,
        }
    }

    /// Whether a unit is the first half of a character that takes two.
    pub(crate) fn is_first_half(self, unit: &[u8]) -> bool {
        let [first, second] = unit.first_chunk().copied().unwrap_or_default();
        let high = if self == Self::Little { second } else { first };
        matches!(high, 0xD8..=0xDB)
    }
}

/// The units of `text`, which starts with the mark, as UTF-8. What is no character becomes the sign
/// for that; an odd byte at the end is left out. The mark itself stays as a character, so that each
/// character stands where it did.
pub(crate) fn decode(text: &[u8], order: Order) -> String {
    let units = text.chunks_exact(2).map(|it| {
        let pair = it.first_chunk().copied().unwrap_or_default();
        match order {
            Order::Little => u16::from_le_bytes(pair),
            Order::Big => u16::from_be_bytes(pair),
        }
    });
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Order, decode};

    #[test]
    fn text_is_decoded_by_its_mark() {
        let text = "\u{feff}a\u{e9}\u{1f600}b";
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(Order::of(&bytes), Some(Order::Big));
        assert_eq!(decode(&bytes, Order::Big), text);
        assert_eq!(Order::of(b"ab"), None);
    }
}
