//! Composer's order: PHP's `version_compare` over versions as Composer writes them.
//!
//! Composer fills a version up to four numbers, so zeros at the end of the numbers do not count.
//! Words come in the order of development, alpha, beta, release candidate, release, patch, in any
//! case; a word that is none of these sorts before all of them.

use std::cmp::Ordering;

use crate::version::text::{Number, take_digits, take_while, take_word};

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    Parts::new(a).cmp(Parts::new(b))
}

/// The order of the variants is the order of versions that differ there first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Unknown,
    Development,
    Alpha,
    Beta,
    Candidate,
    End,
    Patch,
    Number(Number<'a>),
}

/// The parts and the end.
struct Parts<'a> {
    rest: &'a [u8],
    /// Zeros that count only if a further number follows them.
    n_zeros: usize,
    pending: Option<Part<'a>>,
    /// Whether a word was seen; Composer fills up only the numbers before it.
    has_words: bool,
    is_done: bool,
}

impl<'a> Parts<'a> {
    fn new(version: &'a str) -> Self {
        let mut rest = version.trim().as_bytes();
        take_word(&mut rest, "v");
        Self { rest, n_zeros: 0, pending: None, has_words: false, is_done: false }
    }

    /// Reads up to the next part that counts, and holds back the zeros before it.
    fn read(&mut self) -> Part<'a> {
        loop {
            match take_part(&mut self.rest) {
                Part::Number(number) if number.is_zero() && !self.has_words => self.n_zeros += 1,
                part @ Part::Number(_) => return part,
                part => {
                    self.has_words = true;
                    self.n_zeros = 0;
                    return part;
                }
            }
        }
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        if self.is_done {
            return None;
        }
        if self.pending.is_none() {
            self.pending = Some(self.read());
        }
        if self.n_zeros > 0 {
            self.n_zeros -= 1;
            return Some(Part::Number(Number::ZERO));
        }
        let part = self.pending.take();
        self.is_done = part == Some(Part::End);
        part
    }
}

fn take_part<'a>(rest: &mut &'a [u8]) -> Part<'a> {
    // PHP's own mark for the end of a version, `#`, only separates.
    take_while(rest, |it| matches!(it, b'.' | b'-' | b'_' | b'+' | b'#'));
    let digits = take_digits(rest);
    if !digits.is_empty() {
        return Part::Number(Number::new(digits));
    }
    let word = take_while(rest, |it| {
        !it.is_ascii_digit() && !matches!(it, b'.' | b'-' | b'_' | b'+' | b'#')
    });
    match word {
        [] => Part::End,
        [b'd' | b'D', b'e' | b'E', b'v' | b'V', ..] => Part::Development,
        [b'r' | b'R', b'c' | b'C', ..] => Part::Candidate,
        [b'a' | b'A', ..] => Part::Alpha,
        [b'b' | b'B', ..] => Part::Beta,
        [b'p' | b'P', ..] => Part::Patch,
        _ => Part::Unknown,
    }
}
