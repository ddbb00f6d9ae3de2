//! RubyGems' order (`Gem::Version`): numbers and letters, segment by segment.
//!
//! Letters sort before numbers, a missing segment is zero, and a hyphen reads as `.pre.`. Zeros at
//! the end of the numbers that begin the version do not count. Characters that RubyGems would
//! refuse only separate.

use std::cmp::Ordering;

use crate::version::text::{Number, take_digits, take_while};

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (Segments::new(a), Segments::new(b));
    loop {
        let (segment_a, segment_b) = (a.next(), b.next());
        if segment_a.is_none() && segment_b.is_none() {
            return Ordering::Equal;
        }
        let missing = Segment::Number(Number::ZERO);
        let order = segment_a.unwrap_or(missing).cmp(&segment_b.unwrap_or(missing));
        if order.is_ne() {
            return order;
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Letters(&'a [u8]),
    Number(Number<'a>),
}

struct Segments<'a> {
    rest: &'a [u8],
    /// Zeros that count only if a further number follows them.
    n_zeros: usize,
    /// What follows those zeros.
    pending: Option<Segment<'a>>,
    /// Whether letters were seen; zeros after them are kept.
    has_letters: bool,
}

impl<'a> Segments<'a> {
    fn new(version: &'a str) -> Self {
        let rest = version.trim().as_bytes();
        Self { rest, n_zeros: 0, pending: None, has_letters: false }
    }

    fn take(&mut self) -> Option<Segment<'a>> {
        take_while(&mut self.rest, |it| !it.is_ascii_alphanumeric() && it != b'-');
        if let Some((b'-', tail)) = self.rest.split_first() {
            self.rest = tail;
            return Some(Segment::Letters(b"pre"));
        }
        let digits = take_digits(&mut self.rest);
        if !digits.is_empty() {
            return Some(Segment::Number(Number::new(digits)));
        }
        match take_while(&mut self.rest, |it| it.is_ascii_alphabetic()) {
            [] => None,
            letters => Some(Segment::Letters(letters)),
        }
    }

    fn next(&mut self) -> Option<Segment<'a>> {
        if self.n_zeros > 0 {
            self.n_zeros -= 1;
            return Some(Segment::Number(Number::ZERO));
        }
        if let Some(segment) = self.pending.take() {
            return Some(segment);
        }
        loop {
            let segment = self.take();
            match segment {
                Some(Segment::Number(number)) if number.is_zero() && !self.has_letters => {
                    self.n_zeros += 1;
                }
                Some(Segment::Number(_)) if self.n_zeros > 0 => {
                    self.n_zeros -= 1;
                    self.pending = segment;
                    return Some(Segment::Number(Number::ZERO));
                }
                Some(Segment::Letters(_)) => {
                    self.has_letters = true;
                    self.n_zeros = 0;
                    return segment;
                }
                _ => {
                    self.n_zeros = 0;
                    return segment;
                }
            }
        }
    }
}
