//! Which parts of a named value must not be shown. For whoever prints variables.

use std::ops::Range;

use crate::{
    secret_name::{SecretName, literal_secret, secret_name},
    secret_value::{ADDRESS, MASKED_SECRET, PRIVATE_KEY, find_secrets},
};

/// The parts of `value` that are secrets, by the name of the variable and by their own look. The
/// parts may overlap.
pub fn secret_parts(name: &str, value: &str) -> Vec<Range<usize>> {
    let mut res: Vec<Range<usize>> = find_secrets(value).into_iter().map(|it| it.range).collect();
    // Hiding too much costs little, showing too much costs the secret.
    if secret_name(name) != SecretName::Plain
        && let Some(range) = literal_secret(value)
    {
        res.push(range);
    }
    res.extend(connection_password(value));
    res
}

/// `value` without its secrets. What stands in their place is judged as they are, so that a saved
/// snapshot and a living host get the same findings.
pub fn mask_value(name: &str, value: &str) -> String {
    let mut marks: Vec<(Range<usize>, &str)> = Vec::new();
    for found in find_secrets(value) {
        let marker = if found.kind == ADDRESS { MASKED_VALUE } else { MASKED_SECRET };
        let is_key = found.kind == PRIVATE_KEY;
        let end = if is_key { key_end(value, found.range.end) } else { found.range.end };
        marks.push((found.range.start..end, marker));
    }
    let name_says = secret_name(name);
    if (name_says == SecretName::Possible && marks.is_empty() || name_says == SecretName::Secret)
        && let Some(range) = literal_secret(value)
    {
        marks.push((range, MASKED_VALUE));
    }
    marks.extend(connection_password(value).map(|it| (it, MASKED_VALUE)));
    marks.sort_by_key(|(range, _)| range.start);
    let mut res = String::with_capacity(value.len());
    let mut at = 0;
    let mut marks = marks.into_iter().peekable();
    while let Some((mut range, mut marker)) = marks.next() {
        while let Some((next, its)) = marks.next_if(|(next, _)| next.start < range.end) {
            range.end = range.end.max(next.end);
            marker = if its == MASKED_SECRET { its } else { marker };
        }
        res.push_str(value.get(at..range.start).unwrap_or_default());
        res.push_str(marker);
        at = range.end;
    }
    res.push_str(value.get(at..).unwrap_or_default());
    res
}

/// Where the private key ends whose first line ends at `start`.
fn key_end(value: &str, start: usize) -> usize {
    let rest = value.get(start..).unwrap_or_default();
    let last_line = rest.find("-----END ").map(|at| at + "-----END ".len());
    let end = last_line.and_then(|at| Some(at + rest.get(at..)?.find("-----")? + 5));
    start + end.unwrap_or(rest.len())
}

/// The value of `password=` or `pwd=` in a text of pairs parted by `;`.
pub(crate) fn connection_password(value: &str) -> Option<Range<usize>> {
    if !value.contains(';') {
        return None;
    }
    let mut start = 0;
    for pair in value.split(';').take(MAX_PAIRS) {
        let at = start;
        start += pair.len() + 1;
        let Some((key, secret)) = pair.split_once('=') else { continue };
        let key = key.trim().trim_start_matches(['"', '\'']).to_ascii_lowercase();
        if !matches!(key.as_str(), "password" | "pwd" | "accountkey" | "sharedaccesskey") {
            continue;
        }
        let secret = secret.trim_end_matches(['"', '\'']);
        if let Some(inner) = literal_secret(secret) {
            let from = at + pair.find('=')? + 1;
            return Some(from + inner.start..from + inner.end);
        }
    }
    None
}

/// A connection string with more pairs than this is none.
const MAX_PAIRS: usize = 64;

/// What stands in a masked text for a secret that was known by what stands around it.
const MASKED_VALUE: &str = "plimsoll-masked-value";

#[cfg(test)]
mod tests {
    use super::{mask_value, secret_parts};

    #[test]
    fn a_name_or_the_look_of_a_value_hides_it() {
        for (name, value, want) in [
            ("DB_PASSWORD", "hunter2", std::iter::once(0..7).collect::<Vec<_>>()),
            ("DB_PASSWORD_FILE", "/run/secrets/db", vec![]),
            ("DB_PASSWORD", "/run/secrets/db", vec![]),
            ("LOG_LEVEL", "debug", vec![]),
        ] {
            assert_eq!(secret_parts(name, value), want, "{name}={value}");
        }
        assert!(!secret_parts("URL", "postgres://app:hunter2@db/shop").is_empty());
    }

    #[test]
    fn a_masked_value_holds_no_secret_and_is_judged_as_before() {
        let token = format!("ghp_{}", "aB3".repeat(12));
        let key = format!("-----BEGIN {0}-----\nMIIE\n-----END {0}-----\n", "PRIVATE KEY");
        for (name, value, masked) in [
            ("DB_PASSWORD", "hunter2", "plimsoll-masked-value"),
            ("AUTH", "hunter2", "plimsoll-masked-value"),
            ("LOG_LEVEL", "debug", "debug"),
            ("DB_PASSWORD", "/run/secrets/db", "/run/secrets/db"),
            ("X", &format!("a {token} b"), "a plimsoll-masked-secret b"),
            ("GITHUB_TOKEN", &token, "plimsoll-masked-secret"),
            ("URL", "postgres://app:hunter2@db", "postgres://app:plimsoll-masked-value@db"),
            ("X", &format!("https://u:{token}@h"), "https://u:plimsoll-masked-secret@h"),
            ("C", "Host=db;Password=hunter2;", "Host=db;Password=plimsoll-masked-value;"),
            ("PEM", &key, "plimsoll-masked-secret\n"),
        ] {
            assert_eq!(mask_value(name, value), masked, "{name}={value}");
            assert_eq!(mask_value(name, masked), masked, "{name}={value}");
            let is_secret = |value| !secret_parts(name, value).is_empty();
            assert_eq!(is_secret(value), is_secret(masked), "{name}={value}");
        }
    }
}
