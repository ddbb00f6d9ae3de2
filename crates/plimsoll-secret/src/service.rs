//! Keys without a mark of their own, known by the name of the service before them:
//! `acme_api_key = 0123...`, `ACME SECRET 0123...`.
//!
//! The name says which form the key has; what stands between the two says whether it is one.

use std::ops::Range;

use crate::{
    detector::{Detector, Strict},
    edge,
    judgement::{entropy, is_filler, is_placeholder, is_wordy, n_changes},
};

/// The key behind the name of its service, if there is one. `tried` is up to where starts of keys
/// are known to fail, so that a row of names costs no more than one.
pub(crate) fn find(
    text: &[u8],
    name: &Range<usize>,
    detector: &Detector,
    tried: &mut usize,
) -> Option<Range<usize>> {
    if !is_name(text, name) {
        return None;
    }
    let pattern = detector.pattern.as_ref()?;
    let visible = text.get(..text.len().min(name.end + MAX_GAP + MAX_KEY))?;
    for start in name.end.max(*tried)..visible.len().min(name.end + MAX_GAP) {
        if !may_start(visible, start, name.end) {
            continue;
        }
        let Some((whole, key)) = pattern.find_at(visible.get(start..)?, 0) else { continue };
        let (whole, key) = (start + whole.end, start + key.start..start + key.end);
        if !may_end(text, whole) || whole == visible.len() && whole < text.len() {
            continue;
        }
        let token = text.get(key.clone())?;
        let is_any_form = detector.rank <= 1;
        if detector.strict == Strict::Yes && is_plain(token, is_any_form) {
            continue;
        }
        let n_digits = token.iter().filter(|it| it.is_ascii_digit()).count();
        if is_filler(token) || entropy(token) < detector.entropy || n_digits < detector.digits {
            continue;
        }
        *tried = start;
        let gap = text.get(name.end..start)?;
        if leads_to_key(gap, token, detector) {
            return Some(key);
        }
    }
    *tried = (*tried).max(visible.len().min(name.end + MAX_GAP));
    None
}

/// Whether the name is one by itself: not a part of another word.
fn is_name(text: &[u8], name: &Range<usize>) -> bool {
    let first = text.get(name.start).copied().unwrap_or_default();
    let before = name.start.checked_sub(1).and_then(|it| text.get(it)).copied().unwrap_or(b' ');
    let starts = !before.is_ascii_alphanumeric()
        || (before.is_ascii_lowercase() && first.is_ascii_uppercase())
        || text.get(name.start.saturating_sub(2)..name.start) == Some(b"\\n".as_slice());
    if !starts {
        return false;
    }
    let last = text.get(name.end - 1).copied().unwrap_or_default();
    let rest = text.get(name.end..text.len().min(name.end + 12)).unwrap_or_default();
    let Some(next) = rest.first() else { return false };
    let is_new_case = last.is_ascii_lowercase() && next.is_ascii_uppercase();
    if !next.is_ascii_alphabetic() || is_new_case {
        return true;
    }
    let lower = rest.to_ascii_lowercase();
    FOLLOWERS.iter().any(|it| lower.starts_with(it.as_bytes()))
}

/// Whether a key may start at `at`.
fn may_start(text: &[u8], at: usize, name_end: usize) -> bool {
    let before = at.checked_sub(1).and_then(|it| text.get(it)).copied().unwrap_or(b' ');
    let here = text.get(at).copied().unwrap_or_default();
    let is_part = !here.is_ascii_graphic() || matches!(here, b'"' | b'\'' | b'`' | b'=' | b':');
    if is_part || at == name_end || is_inside_value(text, at, name_end) {
        return false;
    }
    !before.is_ascii_alphanumeric() || edge::may_start(text, at)
}

/// Whether the value that is given to the name starts before `at` with a mark of its own: `sk_`.
fn is_inside_value(text: &[u8], at: usize, name_end: usize) -> bool {
    let gap = text.get(name_end..at).unwrap_or_default();
    let is_part = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-');
    let n_part = gap.iter().rev().take_while(|it| is_part(it)).count();
    let (before, part) = gap.split_at(gap.len() - n_part);
    let sign = before.trim_ascii_end().last().copied().unwrap_or_default();
    !part.is_empty() && matches!(sign, b'"' | b'\'' | b'`' | b'=' | b':') && !ends_with_word(part)
}

/// Whether a part of a value says that a key follows, as in `acme: key-0123`.
fn ends_with_word(part: &[u8]) -> bool {
    let part = part.to_ascii_lowercase();
    let stem = part.trim_ascii_end();
    let n_signs = stem.iter().rev().take_while(|it| !it.is_ascii_alphanumeric()).count();
    let stem = stem.get(..stem.len() - n_signs).unwrap_or_default();
    NEAR_WORDS.iter().any(|it| stem.ends_with(it.as_bytes()))
}

fn may_end(text: &[u8], end: usize) -> bool {
    let next = text.get(end).copied().unwrap_or(b' ');
    let after = text.get(end + 1).copied().unwrap_or(b' ');
    // A dash that goes on makes it a part of something longer.
    edge::may_end(text, end)
        && !(matches!(next, b'-' | b'+' | b'/') && after.is_ascii_alphanumeric())
}

/// Whether what stands between name and key makes it one: a word such as `token` just before it, or
/// nothing but signs, or such a word anywhere on the way that is no path.
fn leads_to_key(gap: &[u8], key: &[u8], detector: &Detector) -> bool {
    let strict = detector.strict;
    let gap = gap.to_ascii_lowercase();
    let is_sign = |it: &u8| !it.is_ascii_alphanumeric();
    let n_signs = gap.iter().rev().take_while(|it| is_sign(it)).count();
    let (words, signs) = gap.split_at(gap.len() - n_signs);
    let is_path = |it: &[u8]| it.iter().any(|it| matches!(it, b'/' | b'#' | b'@' | b'<'));
    if words.is_empty() {
        let is_assigned = signs.iter().any(|it| matches!(it, b'=' | b':' | b',' | b'('));
        return strict == Strict::No
            && !is_path(signs)
            && (is_assigned
                || signs.iter().all(|it| matches!(it, b' ' | b'-' | b'_' | b'\t'))
                    && signs.len() <= 3);
    }
    let is_near = NEAR_WORDS.iter().any(|it| words.ends_with(it.as_bytes()))
        || detector.is_id
            && words.ends_with(b"id")
            && signs.iter().any(|it| matches!(it, b'=' | b':'));
    if is_near && signs != b"." && !is_path(signs) && signs.len() <= 24 {
        return true;
    }
    // A hash behind a path, a version or a mail address is that of a package or a commit.
    let is_broken =
        is_path(&gap) || gap.contains(&b'?') || memchr::memchr_iter(b'\n', &gap).count() > 1;
    !is_broken
        && strict == Strict::No
        && key.len() >= 8
        && LOOSE_WORDS.iter().any(|it| memchr::memmem::find(words, it.as_bytes()).is_some())
}

/// A word, a stand-in, or a path: what may follow a name and `key` and is no key.
fn is_plain(token: &[u8], is_any_form: bool) -> bool {
    let is_name = is_any_form && (n_changes(token) * 10 < token.len() || token.starts_with(b"ZN"));
    is_name || is_placeholder(token) || is_wordy(token) || token.first() == Some(&b'/')
}

/// What may follow a name that it is written together with.
#[rustfmt::skip]
static FOLLOWERS: &[&str] = &[
    "api", "key", "token", "secret", "access", "private", "auth", "app", "client", "pass", "pwd",
    "user", "account", "live", "prod", "test", "dev", "bot", "sdk", "service", "cloud", "id", "pat",
    "io", "hq", "web", "admin", "crm", "oauth", "license", "bearer", "project", "server", "teams",
];

/// The last word before a key.
#[rustfmt::skip]
static NEAR_WORDS: &[&str] = &[
    "key", "keys", "token", "secret", "password", "passwd", "pwd", "pass", "pat", "auth", "access",
    "private", "credential", "credentials", "apikey", "bearer", "basic", "authorization",
    "license", "login", "sid", "api", "value", "dsn",
];

/// Words that make a key of what follows on the same way.
#[rustfmt::skip]
static LOOSE_WORDS: &[&str] = &["key", "token", "secret", "password", "passwd", "access", "private", "pat", "credential"];

/// How far behind the name a key may start.
const MAX_GAP: usize = 80;
/// The longest key.
const MAX_KEY: usize = 2 << 10;
