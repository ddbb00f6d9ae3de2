//! Secrets given to a name: `api_key = "..."`, `<password>...</password>`, `PASSWORD=...`.
//!
//! The name says what kind of secret it would be, the value has to look like one. Knows no format
//! of a file: all that counts is name, sign, value.

use std::ops::Range;

use plimsoll_finding::Confidence;

use crate::{
    detector::Builtin,
    judgement::{entropy, is_placeholder, is_sequence, is_uuid, is_wordy, n_changes},
    name::{NameKind, name_kind},
    scan::Match,
};

/// The name that `keyword` is a part of and the value given to it, where that is a secret of the
/// wanted kind.
pub(crate) fn find(
    text: &[u8],
    keyword: &Range<usize>,
    wanted: Builtin,
) -> Option<(Range<usize>, Match)> {
    let name = name_around(text, keyword);
    // In `arn:aws:secretsmanager:eu:1:secret:x` it is no name.
    let before = name.start.checked_sub(1).and_then(|it| text.get(it));
    if before.is_some_and(|it| matches!(it, b':' | b'/')) {
        return None;
    }
    let kind = name_kind(text.get(name.clone())?);
    let is_wanted = match wanted {
        Builtin::Password => kind == NameKind::Password,
        Builtin::Key => kind == NameKind::Key,
        _ => kind == NameKind::MaybeKey,
    };
    if !is_wanted {
        return None;
    }
    let given = given_to(text, &name)?;
    let value = text.get(given.value.clone())?;
    let confidence = match kind {
        NameKind::Password => password_confidence(value, &given),
        NameKind::Key => key_confidence(text.get(name.clone())?, value, &given),
        _ => maybe_key_confidence(value),
    }?;
    Some((name, Match { secret: given.value, unwrapped: None, confidence }))
}

/// A value and how it is written.
#[derive(Debug, PartialEq, Eq)]
struct Given {
    value: Range<usize>,
    is_quoted: bool,
    /// `NAME=value` with nothing around the sign, as in the environment.
    is_tight: bool,
    sign: Sign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Equals,
    Colon,
    Comma,
    Element,
    Compares,
}

/// The name that a keyword is a part of.
fn name_around(text: &[u8], keyword: &Range<usize>) -> Range<usize> {
    let is_part = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.');
    let before =
        text.get(keyword.start.saturating_sub(MAX_NAME)..keyword.start).unwrap_or_default();
    let after =
        text.get(keyword.start..text.len().min(keyword.start + MAX_NAME)).unwrap_or_default();
    let n_before = before.iter().rev().take_while(|it| is_part(it)).count();
    let n_after = after.iter().take_while(|it| is_part(it)).count();
    let name = keyword.start - n_before..keyword.start + n_after;
    // `--password` and `-Dapi.key` are names, too.
    let n_dashes =
        text.get(name.clone()).unwrap_or_default().iter().take_while(|it| **it == b'-').count();
    name.start + n_dashes..name.end
}

/// What is given to `name`.
fn given_to(text: &[u8], name: &Range<usize>) -> Option<Given> {
    let rest = text.get(name.end..text.len().min(name.end + MAX_VALUE + 64))?;
    let is_element = name.start.checked_sub(1).and_then(|it| text.get(it)) == Some(&b'<');
    if is_element && rest.first() == Some(&b'>') {
        let len = memchr::memchr(b'<', rest.get(1..)?)?;
        let value = name.end + 1..name.end + 1 + len;
        return Some(Given { value, is_quoted: true, is_tight: false, sign: Sign::Element });
    }
    let mut at = 0;
    let skip = |at: usize, wanted: &[u8], most: usize| {
        at + rest
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take(most)
            .take_while(|it| wanted.contains(it))
            .count()
    };
    at = skip(at, b"\\\"'`])", 4);
    let n_name_blanks = skip(at, b" \t", 32) - at;
    at += n_name_blanks;
    let n_sign = skip(at, b"=:?|!><,", 3) - at;
    let sign = sign_of(rest.get(at..at + n_sign)?)?;
    at += n_sign;
    let n_blanks = skip(at, b" \t", 32) - at;
    at += n_blanks;
    if rest.get(at) == Some(&b'\n') || rest.get(at) == Some(&b'\r') {
        at = skip(at, b" \t\r\n", 64);
        // Only a quoted value may stand on the next line.
        rest.get(at).filter(|it| matches!(it, b'"' | b'\''))?;
    }
    let at_quote = skip(at, b"\\@$brufRB", 2);
    let quote = rest.get(at_quote).copied().filter(|it| matches!(it, b'"' | b'\'' | b'`'));
    let start = if quote.is_some() { at_quote + 1 } else { at };
    let value = rest.get(start..)?;
    let len = match quote {
        Some(quote) => quoted_len(value, quote)?,
        None => value.iter().take_while(|it| !ends_bare(**it)).count(),
    };
    let is_tight = n_name_blanks + n_blanks == 0 && sign == Sign::Equals;
    let start = name.end + start;
    (len > 0 && len < MAX_VALUE).then_some(Given {
        value: start..start + len,
        is_quoted: quote.is_some(),
        is_tight,
        sign,
    })
}

fn sign_of(sign: &[u8]) -> Option<Sign> {
    match sign {
        b"=" | b":=" | b"=>" | b"?=" | b"||" | b"||=" | b":=>" => Some(Sign::Equals),
        b":" => Some(Sign::Colon),
        b"," => Some(Sign::Comma),
        b"==" | b"===" | b"!=" | b"!==" => Some(Sign::Compares),
        _ => None,
    }
}

fn quoted_len(value: &[u8], quote: u8) -> Option<usize> {
    let end = memchr::memchr3(quote, b'\n', b'\r', value)?;
    let closes = value.get(end) == Some(&quote);
    // `\"` closes where `\"` opened.
    let n_escapes = value.get(..end)?.iter().rev().take_while(|it| **it == b'\\').count();
    closes.then(|| end - n_escapes)
}

fn ends_bare(byte: u8) -> bool {
    !byte.is_ascii_graphic()
        || matches!(byte, b';' | b',' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' | b'\\')
}

/// How sure it is that a value with the name of a key is one.
fn key_confidence(name: &[u8], value: &[u8], given: &Given) -> Option<Confidence> {
    let n_digits = value.iter().filter(|it| it.is_ascii_digit()).count();
    let n_letters = value.iter().filter(|it| it.is_ascii_alphabetic()).count();
    if value.len() < MIN_KEY || n_digits < 2 || n_letters < 2 || !is_key_text(value) {
        return None;
    }
    if is_placeholder(value) || is_sequence(value) || is_name(value) || is_reference(value) {
        return None;
    }
    if given.sign == Sign::Comma && !given.is_quoted {
        return None;
    }
    let digits: Vec<u8> = value.iter().copied().filter(u8::is_ascii_hexdigit).collect();
    if is_uuid(value) && is_sequence(&digits) {
        return None;
    }
    if is_uuid(value) {
        // `clientToken` and such names are as often those of a request as of a secret.
        let name = name.to_ascii_lowercase();
        let is_sure = [b"api".as_slice(), b"secret_", b"_secret", b"access", b"auth"]
            .iter()
            .any(|it| memchr::memmem::find(&name, it).is_some());
        return is_sure.then_some(Confidence::Low);
    }
    let needed = if value.iter().all(u8::is_ascii_hexdigit) { 2.8 } else { 3.1 };
    (entropy(value) >= needed).then_some(Confidence::Medium)
}

/// How sure it is that a value whose name may be that of a key is one.
fn maybe_key_confidence(value: &[u8]) -> Option<Confidence> {
    let is_part = |it: &u8| {
        it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'+' | b'/' | b'=' | b'.')
    };
    let n_digits = value.iter().filter(|it| it.is_ascii_digit()).count();
    let n_letters = value.iter().filter(|it| it.is_ascii_alphabetic()).count();
    let is_strong =
        value.len() >= 20 && value.iter().all(is_part) && n_digits >= 3 && n_letters >= 3;
    let is_other =
        is_placeholder(value) || is_sequence(value) || is_wordy(value) || is_reference(value);
    (is_strong && !is_other && !is_uuid(value) && entropy(value) >= 3.2).then_some(Confidence::Low)
}

/// How sure it is that a value with the name of a password is one.
fn password_confidence(value: &[u8], given: &Given) -> Option<Confidence> {
    let is_printable = value.iter().all(|it| it.is_ascii_graphic() || *it >= 0x80);
    let n_other = value.iter().filter(|it| !it.is_ascii_alphabetic()).count();
    if value.len() < 5 || value.len() > MAX_PASSWORD || !is_printable || is_placeholder(value) {
        return None;
    }
    if is_reference(value) || is_code(value) || value.ends_with(b":") || entropy(value) < 1.5 {
        return None;
    }
    let is_mixed = n_other > 0 && !is_identifier(value);
    if given.sign == Sign::Comma && is_wordy(value) {
        return None;
    }
    if !given.is_quoted {
        // A bare word may be a name in code; in the environment it is a value.
        let has_sign = value.iter().any(|it| it.is_ascii_digit() || b"!#%^&+@$".contains(it));
        let fits = given.sign != Sign::Comma
            && given.sign != Sign::Compares
            && !is_bare_code(value)
            && (given.is_tight || (is_mixed && has_sign));
        return fits.then_some(Confidence::Low);
    }
    if is_mixed {
        return Some(Confidence::Medium);
    }
    // `"password": "Passwort"` is a label in some language; so is a word with a capital.
    let is_label = value.first().is_some_and(u8::is_ascii_uppercase)
        && value.iter().skip(1).all(u8::is_ascii_lowercase);
    (!is_label && value.len() >= 8 && given.sign != Sign::Comma).then_some(Confidence::Low)
}

/// Words, or something else that people named.
fn is_name(value: &[u8]) -> bool {
    is_wordy(value) || n_changes(value) * 5 < value.len()
}

/// The characters that machines make keys of.
fn is_key_text(value: &[u8]) -> bool {
    value.iter().all(|it| it.is_ascii_alphanumeric() || b"_-.+/=~:!@#$%^&*|".contains(it))
}

/// A path, an address, a version or a name in a store of secrets, rather than the secret.
fn is_reference(value: &[u8]) -> bool {
    let starts = |it: &[u8]| value.starts_with(it);
    memchr::memmem::find(value, b"://").is_some()
        || starts(b"./")
        || starts(b"../")
        || starts(b"~/")
        || (starts(b"/") && !value.contains(&b'+') && !value.ends_with(b"="))
        || [b".pem".as_slice(), b".key", b".crt", b".p12", b".json", b".yaml", b".txt", b".jks"]
            .iter()
            .any(|it| value.ends_with(it))
        || starts(b"urn:")
        || starts(b"sha256:")
        || starts(b"$2")
        || starts(b"-----")
}

/// A call, an index or a path of names.
fn is_code(value: &[u8]) -> bool {
    let has = |it: u8| value.contains(&it);
    (has(b'(') && has(b')'))
        || (has(b'[') && has(b']'))
        || memchr::memmem::find(value, b"->").is_some()
        || memchr::memmem::find(value, b"::").is_some()
        || (has(b'.') && is_identifier(value) && !value.iter().any(u8::is_ascii_digit))
        || value.starts_with(b"$")
}

/// A part of an expression, a variable or a type, where no quotes say that it is a text.
fn is_bare_code(value: &[u8]) -> bool {
    let stem = value.iter().position(|it| *it != b'_').and_then(|it| value.get(it..));
    let stem = stem.unwrap_or_default();
    let stem = stem.strip_suffix(b"_t").unwrap_or(stem);
    value.iter().any(|it| b"()[]{}<>".contains(it))
        || value.first().is_some_and(|it| b"*@&%".contains(it))
        || TYPES.iter().any(|it| stem.eq_ignore_ascii_case(it.as_bytes()))
}

fn is_identifier(value: &[u8]) -> bool {
    let is_part = |it: &u8| it.is_ascii_alphabetic() || matches!(it, b'_' | b'.' | b'-');
    value.iter().all(is_part)
}

/// Names of types that have a number in them.
#[rustfmt::skip]
static TYPES: &[&str] = &[
    "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f32", "f64", "int8", "int16", "int32",
    "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "varchar2", "utf8",
];

/// How much of a name is looked at, on each side of the keyword.
const MAX_NAME: usize = 64;
/// The shortest key that a machine makes.
const MIN_KEY: usize = 14;
/// The longest value.
const MAX_VALUE: usize = 2 << 10;
const MAX_PASSWORD: usize = 128;

#[cfg(test)]
mod tests {
    use super::find;
    use crate::detector::Builtin;

    fn value<'a>(text: &'a str, keyword: &str, wanted: Builtin) -> Option<&'a str> {
        let start = text.to_ascii_lowercase().find(keyword).unwrap();
        let found = find(text.as_bytes(), &(start..start + keyword.len()), wanted)?.1;
        text.get(found.secret)
    }

    #[test]
    fn keys_are_found_where_they_are_given() {
        for (text, expected) in [
            ("api_key = \"q8fjw02kfls92kd\"", Some("q8fjw02kfls92kd")),
            ("\"api_key\": \"q8fjw02kfls92kd\",", Some("q8fjw02kfls92kd")),
            ("{\\\"api_key\\\":\\\"q8fjw02kfls92kd\\\"}", Some("q8fjw02kfls92kd")),
            ("<api_key>q8fjw02kfls92kd</api_key>", Some("q8fjw02kfls92kd")),
            ("X_API_KEY=q8fjw02kfls92kd;", Some("q8fjw02kfls92kd")),
            ("api_key =>\n  'q8fjw02kfls92kd'", Some("q8fjw02kfls92kd")),
            ("api_key = load(\"x\")", None),
            ("api_key = settings.key2.value3", None),
            ("api_key = \"https://x.io/q8fjw02kfls92kd\"", None),
            ("api_key_file = \"q8fjw02kfls92kd\"", None),
            ("api_key = \"abcdefghijklm123456\"", None),
            ("api_key = \"${API_KEY_12345}\"", None),
        ] {
            assert_eq!(value(text, "api_key", Builtin::Key), expected, "{text}");
        }
    }

    #[test]
    fn passwords_are_found_where_they_are_given() {
        for (text, expected) in [
            ("password = \"hunter2\"", Some("hunter2")),
            ("DB_PASSWORD=hunter2", Some("hunter2")),
            ("password: hunter2!", Some("hunter2!")),
            ("password => 'opensesame'", Some("opensesame")),
            ("if password == \"team10\":", Some("team10")),
            ("password = get_password()", None),
            ("password: string", None),
            ("\"password\": \"Passwort\"", None),
            ("password = \"your password\"", None),
            ("password = user.password", None),
            ("password_hash = \"hunter2\"", None),
            ("password = \"123\"", None),
        ] {
            assert_eq!(value(text, "password", Builtin::Password), expected, "{text}");
        }
    }
}
