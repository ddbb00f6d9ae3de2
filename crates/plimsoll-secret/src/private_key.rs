//! Private keys between their marks: PEM, OpenSSH, PGP, SSH2. Knows nothing of what is inside but
//! that it is base 64.

use std::ops::Range;

use crate::scan::Match;

/// The private key whose opening mark starts at `mark`, where its label is one of `labels`, and how
/// many bytes were gone over for it.
pub(crate) fn find(text: &[u8], mark: &Range<usize>, labels: &[&str]) -> (usize, Option<Match>) {
    let rest = text.get(mark.start..text.len().min(mark.start + MAX_KEY)).unwrap_or_default();
    let Some(n_head) = head_len(rest, mark.len(), labels) else { return (0, None) };
    let body = rest.get(n_head..).unwrap_or_default();
    let end =
        memchr::memmem::find(body, b"-----END").or_else(|| memchr::memmem::find(body, b"---- END"));
    let inside = body.get(..end.unwrap_or(body.len().min(MAX_OPEN))).unwrap_or_default();
    // Without an end, all that may hold one was gone over.
    let n_bytes = inside.len() + if end.is_none() { body.len() / 8 } else { 0 };
    let n_tail = end.and_then(|it| body.get(it..)).map_or(0, closing_len);
    let key = mark.start..mark.start + n_head + inside.len() + n_tail;
    (n_bytes, is_key_text(inside).then(|| Match::plain(key)))
}

/// The length of the opening mark with its label, where that is one of `labels`.
fn head_len(rest: &[u8], n_mark: usize, labels: &[&str]) -> Option<usize> {
    let opening = rest.get(n_mark..rest.len().min(MAX_LABEL))?;
    let label = opening.get(..memchr::memmem::find(opening, b"----")?)?;
    let is_wanted = labels.iter().any(|it| label.trim_ascii() == it.as_bytes());
    let dashes = rest.get(n_mark + label.len()..)?;
    let n_dashes = dashes.iter().take(5).take_while(|it| **it == b'-').count();
    is_wanted.then_some(n_mark + label.len() + n_dashes)
}

/// Whether there is enough of base 64, and no row of dots.
fn is_key_text(inside: &[u8]) -> bool {
    let is_sign = |it: &&u8| it.is_ascii_alphanumeric() || matches!(**it, b'+' | b'/');
    let mut seen = [false; 256];
    for byte in inside {
        if let Some(slot) = seen.get_mut(usize::from(*byte)) {
            *slot = true;
        }
    }
    let n_different = seen.iter().filter(|it| **it).count();
    inside.iter().filter(is_sign).count() >= MIN_BODY && n_different >= MIN_DIFFERENT
}

/// The length of `-----END LABEL-----`.
fn closing_len(tail: &[u8]) -> usize {
    let tail = tail.get(..tail.len().min(MAX_LABEL)).unwrap_or_default();
    let after_mark = tail.get(8..).unwrap_or_default();
    memchr::memmem::find(after_mark, b"----").map_or(0, |it| {
        let dashes = after_mark.get(it..).unwrap_or_default();
        8 + it + dashes.iter().take(5).take_while(|it| **it == b'-').count()
    })
}

/// The longest key with its marks.
const MAX_KEY: usize = 32 << 10;
/// How much of one whose end is missing counts as it.
const MAX_OPEN: usize = 4 << 10;
/// The longest mark.
const MAX_LABEL: usize = 80;
/// How many characters of base 64 the shortest key has.
const MIN_BODY: usize = 40;
/// How many different characters it has at least, so that a row of dots is none.
const MIN_DIFFERENT: usize = 16;

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn keys_are_found_between_their_marks() {
        let mark = "-----BEGIN ";
        let body = "MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEAq7BFUpkGp3+LQmlQ";
        for (text, expected) in [
            (
                format!("x {mark}RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\ny"),
                Some("\ny"),
            ),
            (
                format!("{mark}RSA PRIVATE KEY-----\\n{body}\\n-----END RSA PRIVATE KEY-----\""),
                Some("\""),
            ),
            (format!("{mark}RSA PRIVATE KEY-----\n{body}"), Some("")),
            (format!("{mark}RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----"), None),
            (format!("{mark}RSA PRIVATE KEY----------END RSA PRIVATE KEY-----"), None),
            (format!("{mark}RSA PUBLIC KEY-----\n{body}\n-----END RSA PUBLIC KEY-----"), None),
            (format!("{mark}RSA PRIVATE KEY-----\n{}\n-----END", ".".repeat(200)), None),
        ] {
            let start = text.find(mark).unwrap();
            let found = find(text.as_bytes(), &(start..start + mark.len()), &["RSA PRIVATE KEY"]).1;
            assert_eq!(found.map(|it| &text[it.secret.end..]), expected, "{text}");
        }
    }
}
