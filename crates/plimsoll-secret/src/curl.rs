//! Credentials on a command line and in a header: `curl -u user:password`, `Authorization: Basic`.

use std::ops::Range;

use plimsoll_finding::Confidence;

use crate::{
    base64,
    judgement::{entropy, is_placeholder, is_wordy},
    scan::Match,
};

/// The password behind `-u` or `--user` of the `curl` at `keyword`.
pub(crate) fn find_user(text: &[u8], keyword: &Range<usize>) -> Option<Match> {
    let before = keyword.start.checked_sub(1).and_then(|it| text.get(it));
    if before.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'-') {
        return None;
    }
    let command = command_at(text, keyword.end);
    let flag = ["-u", "--user", "--proxy-user", "-U"].iter().find_map(|flag| {
        memchr::memmem::find_iter(command, flag.as_bytes()).find_map(|at| {
            let starts = at
                .checked_sub(1)
                .and_then(|it| command.get(it))
                .is_some_and(u8::is_ascii_whitespace);
            let after = command.get(at + flag.len()..)?;
            let n_blanks =
                after.iter().take_while(|it| it.is_ascii_whitespace() || **it == b'=').count();
            let is_long = flag.starts_with("--");
            (starts && (n_blanks > 0 || !is_long)).then_some(at + flag.len() + n_blanks)
        })
    })?;
    let value = command.get(flag..)?;
    let quote = value.first().copied().filter(|it| matches!(it, b'"' | b'\''));
    let inner = value.get(usize::from(quote.is_some())..)?;
    let len = inner.iter().take_while(|it| match quote {
        Some(quote) => **it != quote && **it != b'\n',
        None => !it.is_ascii_whitespace() && !matches!(it, b'\'' | b'"' | b'`'),
    });
    let pair = inner.get(..len.count())?;
    let colon = memchr::memchr(b':', pair)?;
    let start = keyword.end + flag + usize::from(quote.is_some());
    let secret = [colon + 1..pair.len(), 0..colon]
        .into_iter()
        .find(|it| pair.get(it.clone()).is_some_and(is_password))?;
    // With the key as the name, the password is empty.
    let fits = secret.start > 0 || pair.len() == colon + 1;
    fits.then(|| Match::plain(start + secret.start..start + secret.end))
}

/// The token or the encoded pair behind the name of a header at `keyword`.
pub(crate) fn find_header(text: &[u8], keyword: &Range<usize>) -> Option<Match> {
    let before = keyword.start.checked_sub(1).and_then(|it| text.get(it));
    if before.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b':') {
        return None;
    }
    let rest = text.get(keyword.end..text.len().min(keyword.end + MAX_HEADER))?;
    let skip = |at: usize, signs: &[u8]| {
        at + rest
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take(8)
            .take_while(|it| signs.contains(it))
            .count()
    };
    let sign = skip(0, b"\\\"' \t]");
    let at = skip(sign, b":=,>");
    if at == sign {
        return None;
    }
    let mut at = skip(at, b" \t\\\"'");
    let lower = rest.get(at..)?.iter().take(12).map(u8::to_ascii_lowercase).collect::<Vec<u8>>();
    let scheme = SCHEMES.iter().find(|it| lower.starts_with(it.as_bytes()));
    at += scheme.map_or(0, |it| it.len());
    at = skip(at, b" \t=\"");
    let value = rest.get(at..)?;
    let len = value
        .iter()
        .take_while(|it| it.is_ascii_alphanumeric() || b"+/=_-.~@!:".contains(it))
        .count();
    let token = value.get(..len)?;
    let found = Match::plain(keyword.end + at..keyword.end + at + len);
    if scheme == Some(&"basic") {
        let pair = base64::decode(token)?;
        let is_pair = pair.contains(&b':')
            && pair.iter().take(8).all(u8::is_ascii_graphic)
            && !pair.starts_with(b"{");
        return is_pair.then_some(Match { unwrapped: Some(pair), ..found });
    }
    let n_digits = token.iter().filter(|it| it.is_ascii_digit()).count();
    let is_random = token.len() >= 10 && n_digits >= 2 && entropy(token) >= 3.0;
    let fits = is_random && !is_placeholder(token) && !is_wordy(token) && !token.ends_with(b".");
    fits.then_some(Match { confidence: Confidence::Medium, ..found })
}

/// The rest of a command: up to the end of its line, or of the lines that it goes on over.
fn command_at(text: &[u8], start: usize) -> &[u8] {
    let rest = text.get(start..text.len().min(start + MAX_COMMAND)).unwrap_or_default();
    let ends = |at: &usize| {
        let before = rest.get(..*at).unwrap_or_default().trim_ascii_end();
        let after = rest.get(at + 1..).unwrap_or_default().trim_ascii_start();
        !before.ends_with(b"\\")
            && !before.ends_with(b"`")
            && !before.ends_with(b"^")
            && !after.starts_with(b"-")
    };
    let end = memchr::memchr_iter(b'\n', rest).find(ends).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

fn is_password(value: &[u8]) -> bool {
    let value = value.strip_suffix(b"\"").unwrap_or(value);
    let is_variable =
        value.contains(&b'$') && !value.iter().any(u8::is_ascii_digit) || value.starts_with(b"$");
    value.len() >= 5
        && !is_variable
        && !is_placeholder(value)
        && !value.contains(&b'<')
        && entropy(value) >= 1.5
}

/// The words before the token in a header.
static SCHEMES: &[&str] =
    &["bearer", "basic", "token", "api-token", "apikey", "api-key", "key", "digest"];
/// The longest command.
const MAX_COMMAND: usize = 2 << 10;
/// The longest header.
const MAX_HEADER: usize = 4 << 10;

#[cfg(test)]
mod tests {
    use super::{find_header, find_user};

    #[test]
    fn passwords_on_command_lines_are_found() {
        for (text, expected) in [
            ("curl -u admin:hunter2x https://h", Some("hunter2x")),
            ("curl -s --user 'admin:hunter2x' h", Some("hunter2x")),
            ("curl h \\\n  -u admin:hunter2x", Some("hunter2x")),
            ("curl -u \"k3y8s7d6f5:\" h", Some("k3y8s7d6f5")),
            ("curl -u \"$USER:$PASSWORD\" h", None),
            ("curl -u user:password h", None),
            ("curl -u <user:password> h", None),
            ("curl h\nsort -u a:hunter2x", None),
            ("curl -u name h", None),
        ] {
            let found = find_user(text.as_bytes(), &(0..4));
            assert_eq!(found.map(|it| &text[it.secret]), expected, "{text}");
        }
    }

    #[test]
    fn tokens_in_headers_are_found() {
        for (text, expected) in [
            ("authorization: Bearer 9f8e7d6c5b4a39", Some("9f8e7d6c5b4a39")),
            ("authorization\": \"token 9f8e7d6c5b4a39\"", Some("9f8e7d6c5b4a39")),
            ("authorization: Basic dXNlcjpodW50ZXIy", Some("dXNlcjpodW50ZXIy")),
            ("authorization: Basic notapair", None),
            ("authorization: Bearer $TOKEN", None),
            ("authorization: Bearer XXXXXXXXXXXX", None),
            ("authorization is required", None),
        ] {
            let found = find_header(text.as_bytes(), &(0.."authorization".len()));
            assert_eq!(found.map(|it| &text[it.secret]), expected, "{text}");
        }
    }
}
