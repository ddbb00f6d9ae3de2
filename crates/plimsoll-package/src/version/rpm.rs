//! rpm's order: epoch, version, release, each by its segments.
//!
//! Segments are runs of digits or of ASCII letters; everything else only separates, save `~`
//! (before the end) and `^` (after the end, before a further segment). A missing epoch is zero; a
//! missing release sorts before every release that has a segment.

use std::{cmp::Ordering, iter};

use crate::version::text::{Number, rsplit_once, split_epoch, take_byte, take_digits, take_while};

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let ((epoch_a, a), (epoch_b, b)) = (split_epoch(a.as_bytes()), split_epoch(b.as_bytes()));
    let (version_a, release_a) = rsplit_once(a, b'-').unwrap_or((a, b""));
    let (version_b, release_b) = rsplit_once(b, b'-').unwrap_or((b, b""));
    epoch_a
        .cmp(&epoch_b)
        .then_with(|| segments(version_a).cmp(segments(version_b)))
        .then_with(|| segments(release_a).cmp(segments(release_b)))
}

/// The order of the variants is the order of versions that differ there first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Tilde,
    End,
    Caret,
    Letters(&'a [u8]),
    Number(Number<'a>),
}

/// The segments and the end.
fn segments(mut rest: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut is_done = false;
    iter::from_fn(move || {
        if is_done {
            return None;
        }
        let segment = take_segment(&mut rest);
        is_done = segment == Segment::End;
        Some(segment)
    })
}

fn take_segment<'a>(rest: &mut &'a [u8]) -> Segment<'a> {
    take_while(rest, |it| !it.is_ascii_alphanumeric() && it != b'~' && it != b'^');
    if take_byte(rest, b'~') {
        return Segment::Tilde;
    }
    if take_byte(rest, b'^') {
        return Segment::Caret;
    }
    let digits = take_digits(rest);
    if !digits.is_empty() {
        return Segment::Number(Number::new(digits));
    }
    match take_while(rest, |it| it.is_ascii_alphabetic()) {
        [] => Segment::End,
        letters => Segment::Letters(letters),
    }
}
