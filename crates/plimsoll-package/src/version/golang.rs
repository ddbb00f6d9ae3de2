//! Versions of Go modules and of Go itself.
//!
//! Modules follow Semantic Versioning with a `v`; pseudo-versions are pre-releases and
//! `+incompatible` is build metadata, so both need no rule of their own. Toolchains (`go1.21.3`,
//! `1.21rc2`, `go1.22.1 X:boringcrypto`) are put on the same scale: `1.21rc2` is `1.21.0-rc.2`.
//! A vendor's suffix (`go1.21.3-acme`, `go1.18.2b7`) does not count. A development build sorts
//! before its release, `(devel)` before everything.

use std::cmp::Ordering;

use crate::version::semver::{Label, Version, compare_text};

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    parse(a).compare(&parse(b), compare_text)
}

fn parse(version: &str) -> Version<'_> {
    let version = version.trim();
    let (is_development, rest) = match version.strip_prefix("devel ") {
        Some(rest) => (true, rest.trim_start()),
        None => (false, version),
    };
    let Some(toolchain) = rest.strip_prefix("go").filter(|it| starts_with_digit(it)) else {
        return Version::parse(version);
    };
    let word = toolchain.split([' ', '\t']).next().unwrap_or_default();
    let (number, suffix) = word.split_once('-').unwrap_or((word, ""));
    let mut res = Version::parse(number);
    let is_vendor_build = number
        .split_once('b')
        .is_some_and(|(head, tail)| head.ends_with(char::is_numeric) && starts_with_digit(tail));
    if is_vendor_build {
        res.label = None;
    }
    if is_development || suffix.starts_with("devel") {
        res.label = Some(Label::dotted(b"devel"));
    }
    res
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_digit())
}
