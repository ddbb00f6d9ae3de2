//! pacman's order (vercmp(8)): epoch, version, release.
//!
//! Letters directly after a number sort before the end (`1.0rc` before `1.0`); a segment behind
//! more separators is newer. Two deviations make the order total: separators at the end do not
//! count, and a missing release sorts before every release instead of being equal to all of them.

use std::{cmp::Ordering, iter};

use crate::version::text::{Number, rsplit_once, split_epoch, take_digits, take_while};

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let ((epoch_a, a), (epoch_b, b)) = (split_epoch(a.as_bytes()), split_epoch(b.as_bytes()));
    let (version_a, release_a) = split_release(a);
    let (version_b, release_b) = split_release(b);
    let release_order = || match (release_a, release_b) {
        (Some(a), Some(b)) => segments(a).cmp(segments(b)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    epoch_a
        .cmp(&epoch_b)
        .then_with(|| segments(version_a).cmp(segments(version_b)))
        .then_with(release_order)
}

/// The order of the variants is the order of versions that differ there first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    AttachedLetters(&'a [u8]),
    End,
    AttachedNumber(Number<'a>),
    /// How many separators stand before it, then what it is.
    Separated(usize, Piece<'a>),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Piece<'a> {
    Letters(&'a [u8]),
    Number(Number<'a>),
}

fn split_release(version: &[u8]) -> (&[u8], Option<&[u8]>) {
    match rsplit_once(version, b'-') {
        Some((version, release)) => (version, Some(release)),
        None => (version, None),
    }
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
    let n_separators = take_while(rest, |it| !it.is_ascii_alphanumeric()).len();
    let digits = take_digits(rest);
    if !digits.is_empty() {
        let number = Number::new(digits);
        return match n_separators {
            0 => Segment::AttachedNumber(number),
            _ => Segment::Separated(n_separators, Piece::Number(number)),
        };
    }
    match (n_separators, take_while(rest, |it| it.is_ascii_alphabetic())) {
        (_, []) => Segment::End,
        (0, letters) => Segment::AttachedLetters(letters),
        (_, letters) => Segment::Separated(n_separators, Piece::Letters(letters)),
    }
}
