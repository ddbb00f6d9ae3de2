//! Python's order: PEP 440, and for versions that do not follow it the order of setuptools before
//! it, which sorts all of them before those that do.

use std::{cmp::Ordering, iter};

use crate::version::text::{Number, take_byte, take_digits, take_while, take_word};

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    match (Version::parse(a), Version::parse(b)) {
        (Some(a), Some(b)) => a.compare(&b),
        (None, None) => compare_legacy(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// A version of PEP 440.
struct Version<'a> {
    epoch: Number<'a>,
    /// Numbers with dots between them.
    release: &'a [u8],
    pre: Pre<'a>,
    post: Option<Number<'a>>,
    /// A development release is older than the same without, so a missing one comes last.
    development: Development<'a>,
    local: Option<&'a [u8]>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pre<'a> {
    /// Nothing but a development release: before every pre-release.
    OnlyDevelopment,
    Alpha(Number<'a>),
    Beta(Number<'a>),
    Candidate(Number<'a>),
    None,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Development<'a> {
    Number(Number<'a>),
    None,
}

impl<'a> Version<'a> {
    fn parse(version: &'a str) -> Option<Self> {
        let mut rest = version.trim().as_bytes();
        take_word(&mut rest, "v");
        let mut epoch = Number::ZERO;
        let mut after_epoch = rest;
        let digits = take_digits(&mut after_epoch);
        if !digits.is_empty() && take_byte(&mut after_epoch, b'!') {
            epoch = Number::new(digits);
            rest = after_epoch;
        }
        let release = take_release(&mut rest)?;
        let pre = take_pre(&mut rest);
        let post = take_post(&mut rest);
        let development = match take_labelled(&mut rest, &["dev"]) {
            Some((_, number)) => Development::Number(number),
            None => Development::None,
        };
        let pre = match (pre, post, development) {
            (None, None, Development::Number(_)) => Pre::OnlyDevelopment,
            (None, _, _) => Pre::None,
            (Some(pre), _, _) => pre,
        };
        let local = if take_byte(&mut rest, b'+') { Some(take_local(&mut rest)?) } else { None };
        rest.is_empty().then_some(Self { epoch, release, pre, post, development, local })
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare_release(self.release, other.release))
            .then_with(|| self.pre.cmp(&other.pre))
            .then_with(|| self.post.cmp(&other.post))
            .then_with(|| self.development.cmp(&other.development))
            .then_with(|| match (self.local, other.local) {
                (Some(a), Some(b)) => compare_local(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            })
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'.' | b'-' | b'_')
}

/// Takes `1.2.3`, without a dot that no digit follows.
fn take_release<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let whole = *rest;
    if take_digits(rest).is_empty() {
        return None;
    }
    loop {
        let mut after = *rest;
        if !take_byte(&mut after, b'.') || take_digits(&mut after).is_empty() {
            break;
        }
        *rest = after;
    }
    whole.get(..whole.len() - rest.len())
}

/// Takes a separator, one of the labels, a separator and a number; the longer of two labels that
/// begin alike stands first in the list.
fn take_labelled<'a>(
    rest: &mut &'a [u8],
    labels: &[&'static str],
) -> Option<(&'static str, Number<'a>)> {
    let mut after = *rest;
    if let Some((_, tail)) = after.split_first().filter(|it| is_separator(*it.0)) {
        after = tail;
    }
    let label = labels.iter().find(|it| take_word(&mut after, it))?;
    // Whatever may follow does not need the separator, so the label takes it even without number.
    if let Some((_, tail)) = after.split_first().filter(|it| is_separator(*it.0)) {
        after = tail;
    }
    *rest = after;
    Some((label, Number::new(take_digits(rest))))
}

fn take_pre<'a>(rest: &mut &'a [u8]) -> Option<Pre<'a>> {
    const LABELS: [&str; 8] = ["alpha", "a", "beta", "b", "preview", "pre", "rc", "c"];
    let (label, number) = take_labelled(rest, &LABELS)?;
    Some(match label {
        "alpha" | "a" => Pre::Alpha(number),
        "beta" | "b" => Pre::Beta(number),
        _ => Pre::Candidate(number),
    })
}

fn take_post<'a>(rest: &mut &'a [u8]) -> Option<Number<'a>> {
    let mut after = *rest;
    if take_byte(&mut after, b'-') {
        let digits = take_digits(&mut after);
        if !digits.is_empty() {
            *rest = after;
            return Some(Number::new(digits));
        }
    }
    take_labelled(rest, &["post", "rev", "r"]).map(|it| it.1)
}

fn take_local<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let local = take_while(rest, |it| it.is_ascii_alphanumeric() || is_separator(it));
    let is_valid = local.split(|it| is_separator(*it)).all(|it| !it.is_empty());
    is_valid.then_some(local)
}

fn compare_release(a: &[u8], b: &[u8]) -> Ordering {
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

/// Letters before numbers, and fewer segments before more.
fn compare_local(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (a.split(|it| is_separator(*it)), b.split(|it| is_separator(*it)));
    loop {
        let (part_a, part_b) = match (a.next(), b.next()) {
            (Some(part_a), Some(part_b)) => (part_a, part_b),
            (part_a, part_b) => return part_a.is_some().cmp(&part_b.is_some()),
        };
        let is_number = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        let order = match (is_number(part_a), is_number(part_b)) {
            (true, true) => Number::new(part_a).cmp(&Number::new(part_b)),
            (false, false) => {
                let lower = |it: &u8| it.to_ascii_lowercase();
                part_a.iter().map(lower).cmp(part_b.iter().map(lower))
            }
            (a, b) => a.cmp(&b),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_legacy(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    legacy_parts(a.as_bytes()).cmp(&legacy_parts(b.as_bytes()))
}

/// A part of a version before PEP 440; text before numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum LegacyPart<'a> {
    Text(&'a [u8]),
    Number(LegacyNumber<'a>),
}

/// Numbers were padded to eight digits and then compared as text.
#[derive(Clone, Copy)]
struct LegacyNumber<'a>(&'a [u8]);

impl LegacyNumber<'_> {
    fn padded(&self) -> impl Iterator<Item = u8> {
        let n_zeros = 8_usize.saturating_sub(self.0.len());
        iter::repeat_n(b'0', n_zeros).chain(self.0.iter().copied())
    }
}

impl Ord for LegacyNumber<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.padded().cmp(other.padded())
    }
}

impl PartialOrd for LegacyNumber<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for LegacyNumber<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for LegacyNumber<'_> {}

const FINAL: &[u8] = b"final";
const HYPHEN: LegacyPart<'_> = LegacyPart::Text(b"final-");
const ZERO: LegacyPart<'_> = LegacyPart::Number(LegacyNumber(b"00000000"));

fn legacy_parts(mut rest: &[u8]) -> Vec<LegacyPart<'_>> {
    let mut res = Vec::new();
    while let Some(byte) = rest.first().copied() {
        let digits = take_digits(&mut rest);
        if !digits.is_empty() {
            res.push(LegacyPart::Number(LegacyNumber(digits)));
            continue;
        }
        if take_byte(&mut rest, b'.') {
            continue;
        }
        let word = if take_byte(&mut rest, b'-') {
            b"-"
        } else if byte.is_ascii_lowercase() {
            take_while(&mut rest, |it| it.is_ascii_lowercase())
        } else {
            take_while(&mut rest, |it| {
                !it.is_ascii_digit() && !it.is_ascii_lowercase() && it != b'.' && it != b'-'
            })
        };
        push_legacy_text(&mut res, legacy_word(word));
    }
    push_legacy_text(&mut res, FINAL);
    res
}

/// Hyphens before a word of development do not count, nor zeros before any word.
fn push_legacy_text<'a>(parts: &mut Vec<LegacyPart<'a>>, text: &'a [u8]) {
    if text < FINAL {
        while parts.last() == Some(&HYPHEN) {
            parts.pop();
        }
    }
    while parts.last() == Some(&ZERO) {
        parts.pop();
    }
    parts.push(LegacyPart::Text(text));
}

fn legacy_word(word: &[u8]) -> &[u8] {
    match word {
        b"pre" | b"preview" | b"rc" => b"c",
        b"-" => b"final-",
        b"dev" => b"@",
        word => word,
    }
}
