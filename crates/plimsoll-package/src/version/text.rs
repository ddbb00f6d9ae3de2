//! Pieces of versions that most schemes share: numbers of any length, and runs of bytes.
//!
//! It must not know any scheme.

/// A number of any length, ordered by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number<'a> {
    // The order of the fields is the order of values: fewer digits are a smaller number.
    length: usize,
    digits: &'a [u8],
}

impl<'a> Number<'a> {
    /// Zero.
    pub(super) const ZERO: Number<'static> = Number { length: 0, digits: &[] };

    /// The value of a run of digits; an empty run is zero.
    pub(super) fn new(digits: &'a [u8]) -> Self {
        let mut rest = digits;
        while let Some((b'0', tail)) = rest.split_first() {
            rest = tail;
        }
        Self { length: rest.len(), digits: rest }
    }

    /// Whether it is zero.
    pub(super) fn is_zero(self) -> bool {
        self.length == 0
    }
}

/// Takes the longest run of bytes from the front that all satisfy the condition.
pub(super) fn take_while<'a>(rest: &mut &'a [u8], is_part: impl Fn(u8) -> bool) -> &'a [u8] {
    let length = rest.iter().position(|it| !is_part(*it)).unwrap_or(rest.len());
    let (head, tail) = rest.split_at_checked(length).unwrap_or((rest, &[]));
    *rest = tail;
    head
}

/// Takes the run of digits at the front.
pub(super) fn take_digits<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    take_while(rest, |it| it.is_ascii_digit())
}

/// Takes one byte from the front if it is the wanted one.
pub(super) fn take_byte(rest: &mut &[u8], wanted: u8) -> bool {
    match rest.split_first() {
        Some((byte, tail)) if *byte == wanted => {
            *rest = tail;
            true
        }
        _ => false,
    }
}

/// Takes a word from the front, without regard to its case. The word is given in lower case.
pub(super) fn take_word(rest: &mut &[u8], word: &str) -> bool {
    match rest.split_at_checked(word.len()) {
        Some((head, tail)) if head.eq_ignore_ascii_case(word.as_bytes()) => {
            *rest = tail;
            true
        }
        _ => false,
    }
}

/// What stands before the first byte of a kind, and what stands after it.
pub(super) fn split_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|it| *it == separator)?;
    let (head, tail) = text.split_at_checked(at)?;
    Some((head, tail.split_first()?.1))
}

/// What stands before the last byte of a kind, and what stands after it.
pub(super) fn rsplit_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().rposition(|it| *it == separator)?;
    let (head, tail) = text.split_at_checked(at)?;
    Some((head, tail.split_first()?.1))
}

/// The epoch, where digits and a colon begin the version, and the rest.
pub(super) fn split_epoch(version: &[u8]) -> (Number<'_>, &[u8]) {
    match split_once(version, b':') {
        Some((epoch, rest)) if epoch.iter().all(u8::is_ascii_digit) => (Number::new(epoch), rest),
        _ => (Number::ZERO, version),
    }
}
