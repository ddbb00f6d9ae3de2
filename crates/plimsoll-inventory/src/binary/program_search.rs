//! A program's version, found in its bytes by the words that stand beside it.
//!
//! It must not know any program: a table gives the words.

use std::borrow::Cow;

use memchr::{memchr_iter, memmem};
use plimsoll_oci::ReadAt;

use crate::bytes::read_up_to;

/// How a version can be told from the other bytes of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clue {
    /// It stands behind these bytes, and one of `ends` behind it; with no `ends`, anything may.
    After {
        /// What stands before it.
        anchor: &'static [u8],
        /// What may stand behind it.
        ends: &'static [u8],
    },
    /// It is the beginning of a text that goes on with these bytes.
    Before(&'static [u8]),
    /// It is a whole text: zero bytes stand on both sides. If there are several such texts that are
    /// not the same, none is taken.
    Alone,
    /// As before, and it begins with one of these: whoever calls zlib has the version of zlib as a
    /// text of its own.
    AloneAs(&'static [&'static str]),
    /// It is a whole text, and another one begins with it and ends with the time of the build.
    AloneAndWithBuild,
    /// It ends a text and begins with the version in the file's name: `3.11` in `python3.11`. The
    /// linker lays a text that ends another one into it, so what stands before it may be anything.
    AsNamed,
}

/// What may follow the numbers of a version and belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing.
    None,
    /// Lower-case letters and digits: `1.1.1w`, `3.13.0rc1`.
    Letters,
    /// Java's number of an update: `1.8.0_392`.
    Update,
    /// Letters as before, and there must be some: `9.5p1`.
    SomeLetters,
    /// What Debian and others append: `2.8.3-86e043a`, `1.28.0-dev+1`.
    Any,
}

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search<'a> {
    /// Where the version stands; the first hit of any counts.
    pub(super) clues: &'a [Clue],
    /// What belongs to it behind its numbers.
    pub(super) tail: Tail,
    /// How many numbers it has at least.
    pub(super) min_parts: usize,
    /// The name of the file, for [`Clue::AsNamed`].
    pub(super) file_name: &'a str,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The version.
    Version(String),
    /// Nothing that is a version beyond doubt.
    Nothing,
    /// Nothing in as much of the file as is read.
    TooLong,
}

/// Bytes of one file that are searched; the largest programs have half of it.
pub(super) const MAX_BYTES: u64 = 512 << 20;

/// Looks once through the file, window by window.
pub(super) fn find(content: &dyn ReadAt, search: Search<'_>) -> Answer {
    let named = version_in_name(search.file_name);
    let mut alone = Alone::default();
    let mut start = 0;
    while start < content.len().min(MAX_BYTES) {
        let window = window(content, start);
        if window.is_empty() {
            break;
        }
        for clue in search.clues {
            let hit = match clue {
                Clue::After { anchor, ends } => after(&window, anchor, ends, search),
                Clue::Before(anchor) => before(&window, anchor, search),
                Clue::AsNamed => as_named(&window, named, search),
                Clue::Alone | Clue::AloneAs(_) | Clue::AloneAndWithBuild => {
                    alone.add(&window, search);
                    None
                }
            };
            if let Some(version) = hit {
                return Answer::Version(version);
            }
        }
        start += WINDOW_BYTES as u64;
    }
    let version = if search.clues.contains(&Clue::AloneAndWithBuild) {
        alone.with_build()
    } else {
        let starts = search.clues.iter().find_map(|it| match it {
            Clue::AloneAs(starts) => Some(*starts),
            _ => None,
        });
        alone.only(starts.unwrap_or(&[""]))
    };
    match version {
        Some(version) => Answer::Version(version),
        None if content.len() > MAX_BYTES => Answer::TooLong,
        None => Answer::Nothing,
    }
}

/// The version at the beginning of `bytes`, and its length.
pub(super) fn version_at(bytes: &[u8], tail: Tail, min_parts: usize) -> Option<(String, usize)> {
    let bytes = bytes.get(..MAX_VERSION).unwrap_or(bytes);
    let mut end = 0;
    let mut n_parts = 0;
    loop {
        let rest = bytes.get(end..)?;
        let n_digits = rest.iter().take_while(|it| it.is_ascii_digit()).count();
        if n_digits == 0 || n_digits > MAX_DIGITS {
            break;
        }
        n_parts += 1;
        end += n_digits;
        let [b'.', digit, ..] = bytes.get(end..)? else { break };
        if !digit.is_ascii_digit() {
            break;
        }
        end += 1;
    }
    if n_parts < min_parts || bytes.get(end.checked_sub(1)?) == Some(&b'.') {
        return None;
    }
    let rest = bytes.get(end..)?;
    let is_letter = |it: &u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    let n_tail = match tail {
        Tail::Letters | Tail::SomeLetters => rest.iter().take_while(|it| is_letter(it)).count(),
        Tail::Update => match rest.split_first() {
            Some((b'_', digits)) => 1 + digits.iter().take_while(|it| it.is_ascii_digit()).count(),
            _ => 0,
        },
        Tail::Any if rest.first().is_some_and(|it| b"-+~_".contains(it) || is_letter(it)) => {
            let is_tail = |it: &&u8| it.is_ascii_alphanumeric() || b"-+~_.:".contains(it);
            rest.iter().take_while(is_tail).count()
        }
        Tail::None | Tail::Any => 0,
    };
    if tail == Tail::SomeLetters && n_tail == 0 {
        return None;
    }
    let len = end + n_tail;
    let text = std::str::from_utf8(bytes.get(..len)?).ok()?;
    Some((text.to_owned(), len))
}

const WINDOW_BYTES: usize = 1 << 20;

/// Windows overlap by this, so that no text is cut by the end of one.
const OVERLAP_BYTES: usize = 512;

const MAX_VERSION: usize = 64;
const MAX_DIGITS: usize = 8;

/// Different texts that are kept to choose from; with more of them no choice can be made anyway.
const MAX_ALONE: usize = 1_024;

fn window(content: &dyn ReadAt, start: u64) -> Cow<'_, [u8]> {
    let len = WINDOW_BYTES + OVERLAP_BYTES;
    let slice = content.as_slice().and_then(|it| it.get(usize::try_from(start).ok()?..));
    match slice {
        Some(slice) => Cow::Borrowed(slice.get(..len).unwrap_or(slice)),
        None => Cow::Owned(read_up_to(content, start, len)),
    }
}

fn after(window: &[u8], anchor: &[u8], ends: &[u8], search: Search<'_>) -> Option<String> {
    memmem::find_iter(window, anchor).find_map(|at| {
        let rest = window.get(at + anchor.len()..)?;
        let (version, len) = version_at(rest, search.tail, search.min_parts)?;
        let is_ended = ends.is_empty() || rest.get(len).is_some_and(|it| ends.contains(it));
        is_ended.then_some(version)
    })
}

fn before(window: &[u8], anchor: &[u8], search: Search<'_>) -> Option<String> {
    memmem::find_iter(window, anchor).find_map(|at| {
        let from = at.saturating_sub(MAX_VERSION);
        let start = window.get(from..at)?.iter().rposition(|it| *it == 0)?;
        let text = window.get(from + start + 1..at)?;
        let (version, len) = version_at(text, search.tail, search.min_parts)?;
        (len == text.len()).then_some(version)
    })
}

fn as_named(window: &[u8], named: Option<&str>, search: Search<'_>) -> Option<String> {
    let anchor = format!("{}.", named?);
    memmem::find_iter(window, anchor.as_bytes()).find_map(|at| {
        let before = at.checked_sub(1).and_then(|it| window.get(it))?;
        if before.is_ascii_alphanumeric() || *before == b'.' {
            return None;
        }
        let rest = window.get(at..)?;
        let (version, len) = version_at(rest, search.tail, search.min_parts)?;
        (rest.get(len) == Some(&0)).then_some(version)
    })
}

/// The first number with a dot in a file's name.
fn version_in_name(name: &str) -> Option<&str> {
    let start = name.find(|it: char| it.is_ascii_digit())?;
    let rest = name.get(start..)?;
    let end = rest.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(rest.len());
    let version = rest.get(..end)?.trim_end_matches('.');
    version.contains('.').then_some(version)
}

/// Texts that are nothing but a version, and texts that begin with one.
#[derive(Default)]
struct Alone {
    versions: Vec<String>,
    builds: Vec<String>,
}

impl Alone {
    fn add(&mut self, window: &[u8], search: Search<'_>) {
        for at in memchr_iter(0, window) {
            let rest = window.get(at + 1..).unwrap_or_default();
            let rest = rest.strip_prefix(b"v").unwrap_or(rest);
            if !rest.first().is_some_and(u8::is_ascii_digit) {
                continue;
            }
            let Some((version, len)) = version_at(rest, search.tail, search.min_parts) else {
                continue;
            };
            // Addresses of networks look like versions.
            let is_address = version.split('.').count() > 3;
            match rest.get(len) {
                Some(0) if is_address => (),
                Some(0) => keep(&mut self.versions, version),
                Some(_) => {
                    let text = rest.get(..2 * MAX_VERSION).unwrap_or(rest);
                    let text = text.split(|it| *it == 0).next().unwrap_or_default();
                    keep(&mut self.builds, String::from_utf8_lossy(text).into_owned());
                }
                None => (),
            }
        }
    }

    fn only(&self, starts: &[&str]) -> Option<String> {
        let is_own = |it: &&String| starts.iter().any(|start| it.starts_with(start));
        let mut own = self.versions.iter().filter(is_own);
        match (own.next(), own.next()) {
            (Some(one), None) if self.versions.len() < MAX_ALONE => Some(one.clone()),
            _ => None,
        }
    }

    fn with_build(&self) -> Option<String> {
        const TIME_DIGITS: usize = 10;
        let is_build = |version: &&String| {
            self.builds.iter().filter_map(|it| it.strip_prefix(version.as_str())).any(|rest| {
                let n_digits = rest.bytes().rev().take_while(u8::is_ascii_digit).count();
                n_digits >= TIME_DIGITS
            })
        };
        self.versions.iter().filter(is_build).max_by_key(|it| it.len()).cloned()
    }
}

fn keep(texts: &mut Vec<String>, text: String) {
    if texts.len() < MAX_ALONE && !texts.contains(&text) {
        texts.push(text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(clue: Clue, tail: Tail, file_name: &str, content: &[u8], expected: Option<&str>) {
        let search = Search { clues: &[clue], tail, min_parts: 2, file_name };
        // Once as it is, and once across the border of two windows.
        for filler in [0, WINDOW_BYTES - 12] {
            let content = [vec![b'x'; filler], content.to_vec()].concat();
            let expected = expected.map_or(Answer::Nothing, |it| Answer::Version(it.to_owned()));
            assert_eq!(find(&content, search), expected, "{clue:?} after {filler} bytes");
        }
    }

    #[test]
    fn behind_words() {
        let clue = Clue::After { anchor: b"prog/", ends: b"" };
        check(clue, Tail::None, "", b"prog/%s\0prog/1.2.3 (x)\0", Some("1.2.3"));
        check(clue, Tail::None, "", b"prog/1\0", None);
        check(clue, Tail::None, "", b"prog/1.2.\0", Some("1.2"));
        let clue = Clue::After { anchor: b"Prog_", ends: b"\0 " };
        check(clue, Tail::SomeLetters, "", b"Prog_7.4*\0Prog_9.2\0Prog_9.2p1\0", Some("9.2p1"));
        check(clue, Tail::Letters, "", b"Prog_1.1.1w  11 Sep", Some("1.1.1w"));
    }

    #[test]
    fn before_words() {
        let clue = Clue::Before(b"-MariaDB");
        check(
            clue,
            Tail::None,
            "",
            b"like 10.1.1-MariaDB-x\x0010.11.6-MariaDB-1\0",
            Some("10.11.6"),
        );
    }

    #[test]
    fn alone() {
        check(
            Clue::Alone,
            Tail::Any,
            "",
            b"a\x002.6.12-1+u4\0b\x002.6.12-1+u4\0",
            Some("2.6.12-1+u4"),
        );
        check(Clue::Alone, Tail::None, "", b"a\0v5.36.0\0b 1.2\0\x3127.0.0.1\0", Some("5.36.0"));
        check(Clue::Alone, Tail::None, "", b"a\x001.2.3\0b\x001.2.4\0", None);
        let own = Clue::AloneAs(&["3."]);
        check(own, Tail::None, "", b"a\x001.2.13\0b\x003.40.1\0", Some("3.40.1"));
        check(own, Tail::None, "", b"a\x001.2.13\0b\0", None);
    }

    #[test]
    fn alone_and_with_the_time_of_the_build() {
        let content = b"\x007.0.1\0a\x002.8.0\0b\x007.0.15\0c\x007.0.15host-1698786433000000000\0";
        check(Clue::AloneAndWithBuild, Tail::None, "", content, Some("7.0.15"));
        check(Clue::AloneAndWithBuild, Tail::None, "", b"\x007.0.1\0a\x007.0.15\0b", None);
    }

    #[test]
    fn as_the_file_is_named() {
        let content = b"\x001.2.13\0\x313.11.9\0 3.11.8 \0/x/3.11.7\0";
        check(Clue::AsNamed, Tail::Letters, "python3.11", content, Some("3.11.7"));
        check(Clue::AsNamed, Tail::Letters, "libpython3.1.so.1.0", content, None);
        check(Clue::AsNamed, Tail::Letters, "python3", content, None);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(
            bytes in proptest::collection::vec(
                prop_oneof![Just(0_u8), Just(b'.'), b'0'..=b'9', any::<u8>()], 0..300)
        ) {
            let clues = [
                Clue::Alone, Clue::AsNamed, Clue::Before(b"."), Clue::After { anchor: b"\0", ends: b"\0" },
            ];
            for tail in [Tail::None, Tail::Letters, Tail::Update, Tail::SomeLetters, Tail::Any] {
                let search = Search { clues: &clues, tail, min_parts: 1, file_name: "a1.2" };
                find(&bytes, search);
            }
        }
    }
}
