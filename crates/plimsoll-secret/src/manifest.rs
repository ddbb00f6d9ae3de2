//! Secrets in base 64 where base 64 is the custom: Kubernetes `Secret`s, Docker's `auth`.
//!
//! Reads just as much YAML and JSON as that takes; a file that cannot be parsed is searched, too.

use std::ops::Range;

use plimsoll_finding::Confidence;

use crate::{
    base64,
    judgement::{is_filler, is_placeholder},
    scan::Match,
};

/// The values of the Kubernetes `Secret` whose `kind` is at `keyword`; gives how many bytes were
/// gone over for that.
pub(crate) fn find(text: &[u8], keyword: &Range<usize>, matches: &mut Vec<Match>) -> usize {
    if !is_secret_kind(text, keyword) {
        return 0;
    }
    let document = document_around(text, keyword);
    let n_bytes = document.len();
    let Some(inside) = text.get(document.clone()) else { return 0 };
    if memchr::memmem::find(inside, b"sops:").is_some()
        || memchr::memmem::find(inside, b"ENC[").is_some()
    {
        return n_bytes;
    }
    let mut block: Option<Block> = None;
    let mut at = document.start;
    for line in inside.split(|it| *it == b'\n').take(MAX_LINES) {
        let start = at;
        at += line.len() + 1;
        let body = line.trim_ascii();
        if body.is_empty() || body.starts_with(b"#") {
            continue;
        }
        let indent = line.iter().take_while(|it| matches!(it, b' ' | b'\t')).count();
        if let Some(is_encoded) = opens_block(body) {
            block = Some(Block { indent, is_encoded });
            continue;
        }
        let Some(open) = &block else { continue };
        if indent <= open.indent {
            block = None;
            continue;
        }
        matches.extend(value_of(line, start, open.is_encoded));
    }
    n_bytes
}

/// The pair behind the `"auth"` at `keyword`, as Docker's `config.json` has it.
pub(crate) fn find_docker_auth(text: &[u8], keyword: &Range<usize>) -> Option<Match> {
    let rest = text.get(keyword.end..text.len().min(keyword.end + MAX_AUTH))?;
    let start =
        rest.iter().take_while(|it| matches!(it, b'\\' | b'"' | b':' | b' ' | b'\t')).count();
    let value = rest.get(start..)?;
    let len = value.iter().take_while(|it| is_base64(**it)).count();
    let pair = base64::decode(value.get(..len)?)?;
    let colon = memchr::memchr(b':', &pair)?;
    let password = pair.get(colon + 1..)?;
    let is_text = std::str::from_utf8(&pair).is_ok_and(|it| !it.chars().any(char::is_control));
    if !is_text || password.is_empty() || is_placeholder(password) {
        return None;
    }
    let start = keyword.end + start;
    Some(Match { secret: start..start + len, unwrapped: Some(pair), confidence: Confidence::High })
}

/// The part of a manifest that holds values.
struct Block {
    indent: usize,
    is_encoded: bool,
}

/// Whether `kind` at `keyword` is that of a `Secret`, and of nothing whose name ends so.
fn is_secret_kind(text: &[u8], keyword: &Range<usize>) -> bool {
    let rest = text.get(keyword.end..text.len().min(keyword.end + 24)).unwrap_or_default();
    let n_signs = rest.iter().take_while(|it| matches!(it, b'"' | b'\'' | b':' | b' ')).count();
    let value = rest.get(n_signs..).unwrap_or_default();
    let is_secret = value.get(..6).is_some_and(|it| it.eq_ignore_ascii_case(b"secret"));
    let before = keyword.start.checked_sub(1).and_then(|it| text.get(it));
    let starts = before.is_none_or(|it| !it.is_ascii_alphanumeric());
    let ends = value.get(6).is_none_or(|it| !it.is_ascii_alphanumeric());
    is_secret && starts && ends && rest.get(..n_signs).is_some_and(|it| it.contains(&b':'))
}

/// The YAML document around `keyword`, as far as is looked at.
fn document_around(text: &[u8], keyword: &Range<usize>) -> Range<usize> {
    let from = keyword.start.saturating_sub(MAX_DOCUMENT);
    let before = text.get(from..keyword.start).unwrap_or_default();
    let start = memchr::memmem::rfind(before, b"\n---").map_or(from, |it| from + it + 4);
    let to = text.len().min(keyword.end + MAX_DOCUMENT);
    let after = text.get(keyword.end..to).unwrap_or_default();
    let end = memchr::memmem::find(after, b"\n---").map_or(to, |it| keyword.end + it);
    start..end
}

/// Whether a line opens the values, and whether they are encoded.
fn opens_block(line: &[u8]) -> Option<bool> {
    let key: Vec<u8> =
        line.iter().copied().filter(|it| !matches!(it, b'"' | b'\'' | b' ' | b'{')).collect();
    match key.as_slice() {
        b"data:" => Some(true),
        b"stringData:" => Some(false),
        _ => None,
    }
}

/// The value of a line of the values, where it is a secret.
fn value_of(line: &[u8], start: usize, is_encoded: bool) -> Option<Match> {
    let colon = line.windows(2).position(|it| it == b": ").map(|it| it + 2);
    // A line of a folded or literal text has no key.
    let from = colon.unwrap_or(0);
    let value = line.get(from..)?;
    let n_before = value
        .iter()
        .take_while(|it| it.is_ascii_whitespace() || matches!(it, b'"' | b'\''))
        .count();
    let inner = value.get(n_before..)?;
    let len =
        inner.iter().take_while(|it| !matches!(it, b'"' | b'\'' | b'\r' | b' ' | b',')).count();
    let inner = inner.get(..len)?;
    let secret = start + from + n_before..start + from + n_before + len;
    if !is_encoded {
        let fits = colon.is_some() && len >= 5 && !is_placeholder(inner);
        return fits.then_some(Match { secret, unwrapped: None, confidence: Confidence::Low });
    }
    if !inner.iter().all(|it| is_base64(*it)) {
        return None;
    }
    let plain = base64::decode(inner)?;
    let fits = plain.len() >= MIN_VALUE && !is_filler(&plain) && inner.len() >= 8;
    fits.then_some(Match { secret, unwrapped: Some(plain), confidence: Confidence::Medium })
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// How far from its `kind` a manifest is looked at.
const MAX_DOCUMENT: usize = 16 << 10;
const MAX_LINES: usize = 1_000;
/// The longest encoded pair.
const MAX_AUTH: usize = 4 << 10;
/// The shortest value that is a secret.
const MIN_VALUE: usize = 5;

#[cfg(test)]
mod tests {
    use super::{find, find_docker_auth};

    fn values(text: &str) -> Vec<String> {
        let at = text.find("kind").unwrap();
        let mut matches = Vec::new();
        find(text.as_bytes(), &(at..at + 4), &mut matches);
        let plain = |it: crate::scan::Match| String::from_utf8(it.unwrapped.unwrap()).unwrap();
        matches.into_iter().map(plain).collect()
    }

    #[test]
    fn values_of_secrets_are_decoded() {
        for (text, expected) in [
            ("kind: Secret\ndata:\n  a: aHVudGVyMg==\n  b: c3VwZXI=\n", vec!["hunter2", "super"]),
            ("data:\n  a: 'aHVudGVyMg=='\nkind: \"Secret\"\n", vec!["hunter2"]),
            ("kind: Secret\ndata:\n  a: |\n    aHVudGVyMg==\ntype: x\n", vec!["hunter2"]),
            ("kind: Secret\ndata:\n  a: ''\n", vec![]),
            ("kind: SecretStore\ndata:\n  a: aHVudGVyMg==\n", vec![]),
            ("kind: ConfigMap\ndata:\n  a: aHVudGVyMg==\n", vec![]),
            ("kind: Secret\ndata:\n  a: ENC[AES256,x]\n", vec![]),
            ("kind: Secret\n---\ndata:\n  a: aHVudGVyMg==\n", vec![]),
        ] {
            assert_eq!(values(text), expected, "{text}");
        }
    }

    #[test]
    fn pairs_of_docker_are_decoded() {
        let find =
            |text: &str| find_docker_auth(text.as_bytes(), &(0..6)).and_then(|it| it.unwrapped);
        assert_eq!(find("\"auth\": \"dXNlcjpodW50ZXIy\""), Some(b"user:hunter2".to_vec()));
        assert_eq!(find("\"auth\": \"dXNlcg==\""), None);
        assert_eq!(find("\"auth\": true"), None);
    }
}
