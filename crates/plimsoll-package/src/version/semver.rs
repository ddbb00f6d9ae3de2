//! Semantic Versioning 2.0.0, and what npm, NuGet and pub make of it.
//!
//! Read loosely: a leading `v` or `=` does not count, any number of numbers may stand where three
//! should, and a missing one is zero. What follows the numbers without a hyphen is read as a
//! pre-release. A version that does not begin with a number sorts before all that do, as text.

use std::cmp::Ordering;

use crate::version::text::{Number, split_once, take_digits, take_while};

/// The order of semantic versions; build metadata does not count.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Version::parse(a), Version::parse(b));
    a.compare(&b, compare_text)
}

/// NuGet's order: labels are compared without regard to case.
pub(super) fn compare_nuget(a: &str, b: &str) -> Ordering {
    let (a, b) = (Version::parse(a), Version::parse(b));
    a.compare(&b, |a, b| {
        let lower = |it: &u8| it.to_ascii_lowercase();
        a.iter().map(lower).cmp(b.iter().map(lower))
    })
}

/// pub's order: build identifiers count after everything else, and having some is newer.
pub(super) fn compare_pub(a: &str, b: &str) -> Ordering {
    let (a, b) = (Version::parse(a), Version::parse(b));
    a.compare(&b, compare_text).then_with(|| {
        let has_build = (!a.build.is_empty()).cmp(&!b.build.is_empty());
        has_build.then_with(|| {
            let (a, b) = (Label::dotted(a.build), Label::dotted(b.build));
            compare_labels(a, b, compare_text)
        })
    })
}

/// A version in its parts.
#[derive(Clone, Copy)]
pub(super) struct Version<'a> {
    /// Whether it begins with a number at all.
    pub(super) has_numbers: bool,
    /// The numbers with the dots between them; the whole text if there are none.
    pub(super) numbers: &'a [u8],
    /// The pre-release; `None` for a release.
    pub(super) label: Option<Label<'a>>,
    /// The build metadata.
    pub(super) build: &'a [u8],
}

/// Identifiers of a pre-release or a build.
#[derive(Clone, Copy)]
pub(super) struct Label<'a> {
    text: &'a [u8],
    /// Whether a digit after a letter begins a new identifier, as in `rc2`.
    splits_at_digits: bool,
}

impl<'a> Label<'a> {
    /// Identifiers with dots between them.
    pub(super) fn dotted(text: &'a [u8]) -> Self {
        Self { text, splits_at_digits: false }
    }

    /// Identifiers with dots or changes from letters to digits between them.
    pub(super) fn attached(text: &'a [u8]) -> Self {
        Self { text, splits_at_digits: true }
    }

    /// The next identifier; `None` is the end.
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.text.is_empty() {
            return None;
        }
        if self.splits_at_digits {
            let digits = take_digits(&mut self.text);
            if !digits.is_empty() {
                take_while(&mut self.text, |it| it == b'.');
                return Some(digits);
            }
            let letters = take_while(&mut self.text, |it| it != b'.' && !it.is_ascii_digit());
            take_while(&mut self.text, |it| it == b'.');
            return Some(letters);
        }
        let (head, tail) = split_once(self.text, b'.').unwrap_or((self.text, b""));
        self.text = tail;
        Some(head)
    }
}

impl<'a> Version<'a> {
    /// Takes a version apart.
    pub(super) fn parse(version: &'a str) -> Self {
        let text = version.trim().as_bytes();
        let mut rest = text;
        take_while(&mut rest, |it| matches!(it, b'=' | b'v' | b'V' | b' '));
        let numbers = take_numbers(&mut rest);
        if numbers.is_empty() {
            return Self { has_numbers: false, numbers: text, label: None, build: b"" };
        }
        let (label, build) = split_once(rest, b'+').unwrap_or((rest, b""));
        let label = match label {
            [] | [b'-'] => None,
            [b'-', label @ ..] => Some(Label::dotted(label)),
            label => Some(Label::attached(label)),
        };
        Self { has_numbers: true, numbers, label, build }
    }

    /// Compares numbers and pre-release.
    pub(super) fn compare(
        &self,
        other: &Self,
        compare_text: impl Fn(&[u8], &[u8]) -> Ordering,
    ) -> Ordering {
        if !self.has_numbers || !other.has_numbers {
            return self
                .has_numbers
                .cmp(&other.has_numbers)
                .then_with(|| compare_text(self.numbers, other.numbers));
        }
        compare_numbers(self.numbers, other.numbers).then_with(|| match (self.label, other.label) {
            (Some(a), Some(b)) => compare_labels(a, b, compare_text),
            (a, b) => a.is_none().cmp(&b.is_none()),
        })
    }
}

/// Bytes, as ASCII orders them.
pub(super) fn compare_text(a: &[u8], b: &[u8]) -> Ordering {
    a.cmp(b)
}

/// Takes `1.2.3` from the front, without a dot that no digit follows.
fn take_numbers<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let mut length = 0;
    let mut is_after_digit = false;
    for (index, byte) in rest.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                is_after_digit = true;
                length = index + 1;
            }
            b'.' if is_after_digit => is_after_digit = false,
            _ => break,
        }
    }
    let (head, tail) = rest.split_at_checked(length).unwrap_or((rest, b""));
    *rest = tail;
    head
}

fn compare_numbers(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (a.split(|it| *it == b'.'), b.split(|it| *it == b'.'));
    loop {
        let (part_a, part_b) = (a.next(), b.next());
        if part_a.is_none() && part_b.is_none() {
            return Ordering::Equal;
        }
        let number = |part: Option<_>| part.map_or(Number::ZERO, Number::new);
        let order = number(part_a).cmp(&number(part_b));
        if order.is_ne() {
            return order;
        }
    }
}

/// Numbers before words, and fewer identifiers before more.
fn compare_labels(
    mut a: Label<'_>,
    mut b: Label<'_>,
    compare_text: impl Fn(&[u8], &[u8]) -> Ordering,
) -> Ordering {
    loop {
        let (part_a, part_b) = match (a.next(), b.next()) {
            (Some(part_a), Some(part_b)) => (part_a, part_b),
            (part_a, part_b) => return part_a.is_some().cmp(&part_b.is_some()),
        };
        let order = match (as_number(part_a), as_number(part_b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            (None, None) => compare_text(part_a, part_b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn as_number(identifier: &[u8]) -> Option<Number<'_>> {
    let is_number = !identifier.is_empty() && identifier.iter().all(u8::is_ascii_digit);
    is_number.then(|| Number::new(identifier))
}
