//! The order of CRAN and Hackage: numbers between dots and hyphens, one by one.
//!
//! A version that runs out of numbers first is older. What is no number sorts before every number,
//! as text.

use std::cmp::Ordering;

use crate::version::text::Number;

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    components(a).cmp(components(b))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Component<'a> {
    Text(&'a [u8]),
    Number(Number<'a>),
}

fn components(version: &str) -> impl Iterator<Item = Component<'_>> {
    let parts = version.trim().as_bytes().split(|it| matches!(it, b'.' | b'-'));
    parts.map(|part| {
        if !part.is_empty() && part.iter().all(u8::is_ascii_digit) {
            Component::Number(Number::new(part))
        } else {
            Component::Text(part)
        }
    })
}
