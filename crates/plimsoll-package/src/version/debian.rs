//! dpkg's order (deb-version(7)): epoch, upstream version, revision.
//!
//! A part is read as text and numbers in turn; in text, `~` sorts before the end, letters before
//! everything else. A missing epoch or revision is zero. Where dpkg would refuse (an epoch that is
//! no number, forbidden characters), the epoch counts as absent and the text is compared as it is.

use std::cmp::Ordering;

use crate::version::text::{Number, rsplit_once, split_epoch, take_digits, take_while};

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Version::new(a), Version::new(b));
    a.epoch
        .cmp(&b.epoch)
        .then_with(|| compare_part(a.upstream, b.upstream))
        .then_with(|| compare_part(a.revision, b.revision))
}

struct Version<'a> {
    epoch: Number<'a>,
    upstream: &'a [u8],
    revision: &'a [u8],
}

impl<'a> Version<'a> {
    fn new(version: &'a str) -> Self {
        let (epoch, rest) = split_epoch(version.trim().as_bytes());
        let (upstream, revision) = rsplit_once(rest, b'-').unwrap_or((rest, b""));
        Self { epoch, upstream, revision }
    }
}

fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let is_text = |it: u8| !it.is_ascii_digit();
        let (text_a, text_b) = (take_while(&mut a, is_text), take_while(&mut b, is_text));
        let number_a = Number::new(take_digits(&mut a));
        let number_b = Number::new(take_digits(&mut b));
        let order = compare_text(text_a, text_b).then(number_a.cmp(&number_b));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

fn compare_text(a: &[u8], b: &[u8]) -> Ordering {
    for index in 0..a.len().max(b.len()) {
        let order = weight(a.get(index)).cmp(&weight(b.get(index)));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// The end of the text stands between `~` and the letters.
fn weight(byte: Option<&u8>) -> i32 {
    match byte {
        None => 0,
        Some(b'~') => -1,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    }
}
