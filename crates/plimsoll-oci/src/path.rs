//! Names out of archives: made text, made unique, and confined to the root.
//!
//! Knows nothing of the host's paths; what comes out is for comparing, never for opening.

use std::borrow::Cow;

/// A path that stays inside of its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfinedPath {
    /// Without leading slash, without `.`, `..` and empty parts; empty is the root.
    pub path: String,
    /// Whether it tried to leave the root by `..`, and was held there.
    pub climbs: bool,
}

/// Cleans a path as an engine does before it extracts: parts are resolved as text, and what would
/// climb above the root stays at the root.
pub fn confine(path: &str) -> ConfinedPath {
    let trimmed = path.trim_end_matches('/');
    if is_clean(trimmed) {
        return ConfinedPath { path: trimmed.to_owned(), climbs: false };
    }
    let mut res = String::with_capacity(trimmed.len());
    let mut climbs = false;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if res.is_empty() => climbs = true,
            ".." => res.truncate(res.rfind('/').unwrap_or(0)),
            _ => {
                if !res.is_empty() {
                    res.push('/');
                }
                res.push_str(part);
            }
        }
    }
    ConfinedPath { path: res, climbs }
}

fn is_clean(path: &str) -> bool {
    let mut at_start = true;
    let mut n_dots = 0;
    for byte in path.bytes() {
        match byte {
            b'/' if at_start || (n_dots == 1 || n_dots == 2) => return false,
            b'/' => {
                at_start = true;
                n_dots = 0;
                continue;
            }
            b'.' if at_start || n_dots > 0 => n_dots += 1,
            _ => n_dots = 0,
        }
        at_start = false;
    }
    !(n_dots == 1 || n_dots == 2) && (!at_start || path.is_empty())
}

/// A name as text. Bytes that are no UTF-8 become U+FFFD and two hex digits, and a U+FFFD that is
/// really there is doubled, so that two names are never the same text.
pub(crate) fn text_of(name: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(name) {
        Ok(text) if !text.contains(char::REPLACEMENT_CHARACTER) => Cow::Borrowed(text),
        _ => Cow::Owned(escaped(name)),
    }
}

fn escaped(name: &[u8]) -> String {
    let mut res = String::with_capacity(name.len() + 8);
    for chunk in name.utf8_chunks() {
        for char in chunk.valid().chars() {
            res.push(char);
            if char == char::REPLACEMENT_CHARACTER {
                res.push(char);
            }
        }
        for byte in chunk.invalid() {
            res.push(char::REPLACEMENT_CHARACTER);
            for nibble in [byte >> 4, byte & 15] {
                res.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
    }
    res
}

/// How many folders stand above the last part.
pub(crate) fn depth(path: &str) -> usize {
    path.bytes().filter(|it| *it == b'/').count()
}

/// The start of a path that is too long to be repeated.
pub(crate) fn shortened(path: &str) -> String {
    if path.len() <= SHORT {
        return path.to_owned();
    }
    let start: String = path.chars().take(SHORT).collect();
    format!("{start}…")
}

const SHORT: usize = 120;

#[cfg(test)]
mod tests {
    use super::{confine, text_of};

    #[test]
    fn paths_stay_in_their_root() {
        let cases = [
            ("usr/bin/env", "usr/bin/env", false),
            ("usr/bin/", "usr/bin", false),
            ("./usr/bin", "usr/bin", false),
            ("/usr//bin/.", "usr/bin", false),
            ("a/../b", "b", false),
            ("a/b/../../..", "", true),
            ("../../etc/passwd", "etc/passwd", true),
            ("/..", "", true),
            ("", "", false),
            (".", "", false),
            ("/", "", false),
            ("...", "...", false),
            ("a/..b/.c/d..", "a/..b/.c/d..", false),
            ("a/.../b", "a/.../b", false),
        ];
        for (path, expected, climbs) in cases {
            let confined = confine(path);
            assert_eq!((confined.path.as_str(), confined.climbs), (expected, climbs), "{path}");
        }
    }

    #[test]
    fn names_that_are_no_text_stay_apart() {
        let names: [&[u8]; 6] = [
            b"caf\xc3\xa9",
            b"caf\xe9",
            b"caf\xea",
            "caf\u{fffd}e9".as_bytes(),
            "caf\u{fffd}\u{fffd}".as_bytes(),
            b"caf\xef\xbf",
        ];
        let texts: Vec<_> = names.iter().map(|it| text_of(it).into_owned()).collect();
        assert_eq!(texts[0], "café");
        assert_eq!(texts[1], "caf\u{fffd}e9");
        for (index, text) in texts.iter().enumerate() {
            assert!(!texts[..index].contains(text), "{text}");
        }
    }
}
