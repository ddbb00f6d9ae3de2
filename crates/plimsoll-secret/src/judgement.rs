//! Is a text that has the shape of a secret one? How random it is, and what gives a stand-in away.
//!
//! Knows no maker and no file format.

/// Shannon entropy of `text` in bits for each byte.
pub(crate) fn entropy(text: &[u8]) -> f32 {
    let mut counts = [0_u16; 256];
    for byte in text.iter().take(MAX_JUDGED) {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let total: f32 = counts.iter().map(|it| f32::from(*it)).sum();
    let share = |count: &u16| f32::from(*count) / total;
    -counts.iter().filter(|it| **it > 0).map(|it| share(it) * share(it).log2()).sum::<f32>()
}

/// Whether a token only fills the place of one: one sign over and over, `EXAMPLE`, a template.
pub(crate) fn is_filler(token: &[u8]) -> bool {
    let token = token.get(..token.len().min(MAX_JUDGED)).unwrap_or_default();
    has_filled_run(token) || has_word(token, &["EXAMPLE"]) || is_template(token)
}

/// Whether a value of a setting only stands in for the real one.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let value = value.get(..value.len().min(MAX_JUDGED)).unwrap_or_default();
    let lower = value.to_ascii_lowercase();
    let squeezed: Vec<u8> = lower.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let is_whole = |it: &&str| it.as_bytes() == squeezed;
    has_filled_run(value)
        || is_template(value)
        || WHOLE_PLACEHOLDERS.iter().any(is_whole)
        || PLACEHOLDER_STARTS.iter().any(|it| squeezed.starts_with(it.as_bytes()))
        || PLACEHOLDER_PARTS.iter().any(|it| memchr::memmem::find(&lower, it.as_bytes()).is_some())
        || value.iter().all(|it| !it.is_ascii_alphanumeric())
        // Anonymous users of FTP give half a mail address.
        || value.ends_with(b"@")
}

/// Whether a password is one that everyone tries first, and many have.
pub(crate) fn is_weak_password(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    WEAK_PASSWORDS.iter().any(|it| lower == it.as_bytes())
}

/// Whether more than half of the steps from one character to the next, or to the one after it, go
/// up by one: `abcdef123`, `a1b2c3d4`.
pub(crate) fn is_sequence(value: &[u8]) -> bool {
    let value = value.get(..value.len().min(MAX_JUDGED)).unwrap_or_default().to_ascii_lowercase();
    let rises = |at: usize, one: &u8| {
        let next = one.checked_add(1);
        [1, 2].iter().any(|it| next.is_some() && value.get(at + it).copied() == next)
    };
    let n_rises = value.iter().enumerate().filter(|(at, one)| rises(*at, one)).count();
    n_rises * 2 > value.len()
}

/// Whether a value is a name in code or prose rather than a secret: letters alone, or words and
/// separators.
pub(crate) fn is_wordy(value: &[u8]) -> bool {
    let n_digits = value.iter().filter(|it| it.is_ascii_digit()).count();
    if n_digits == 0 {
        return true;
    }
    let mut words = value
        .split(|it| matches!(it, b'-' | b'_' | b'.' | b'/' | b':' | b' '))
        .filter(|it| !it.is_empty());
    let n_words = words.clone().count();
    // Letters with at most a number behind: `chain2`, `v3`, `sha256`; or a number.
    let is_word = |it: &[u8]| {
        let stem = it.iter().rposition(|it| !it.is_ascii_digit()).map_or(0, |it| it + 1);
        let letters = it.get(..stem).unwrap_or_default();
        let is_number = stem == 0 && it.len() <= 12;
        is_number
            || letters.iter().all(u8::is_ascii_alphabetic) && it.len() - stem <= 4 && it.len() <= 16
    };
    n_words > 1 && words.all(is_word)
}

/// How often letters and digits, or a small letter and a capital, follow each other. In what a
/// machine drew by lot they do so all the time, in names that people give they seldom do.
pub(crate) fn n_changes(value: &[u8]) -> usize {
    let changes = |pair: &&[u8]| match pair {
        [one, two] if one.is_ascii_alphanumeric() && two.is_ascii_alphanumeric() => {
            one.is_ascii_digit() != two.is_ascii_digit()
                || (one.is_ascii_lowercase() && two.is_ascii_uppercase())
        }
        _ => false,
    };
    value.windows(2).filter(changes).count()
}

/// Whether `value` is eight, four, four, four and twelve hexadecimal digits.
pub(crate) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| {
            if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() }
        })
}

/// Whether one sign fills a good part of the text.
fn has_filled_run(text: &[u8]) -> bool {
    let Some(first) = text.first() else { return true };
    if text.iter().all(|it| it == first) {
        return true;
    }
    let runs = text.chunk_by(|one, other| one == other);
    let is_mask = |it: &&[u8]| it.len() >= 5 && it.first().is_some_and(|it| b"xX*#.?".contains(it));
    let n_filled: usize = runs.clone().map(<[u8]>::len).filter(|it| *it >= 8).sum();
    runs.into_iter().any(|it| is_mask(&it)) || n_filled * 3 > text.len()
}

fn has_word(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|it| memchr::memmem::find(text, it.as_bytes()).is_some())
}

/// Whether a variable or a form to be filled in stands in the text.
fn is_template(text: &[u8]) -> bool {
    let framed = |open: &[u8], close: &[u8]| text.starts_with(open) && text.ends_with(close);
    has_word(text, &["${", "$(", "{{", "<%", "#{", "@{"])
        || (has_word(text, &["%("]) && has_word(text, &[")s"]))
        || text == b"%s"
        || framed(b"<", b">")
        || framed(b"%", b"%")
        || framed(b"[", b"]")
        || framed(b"{", b"}")
        || framed(b"__", b"__")
        || framed(b"(", b")")
        || framed(b"&lt;", b"&gt;")
        || (text.starts_with(b"$") && is_identifier(text.get(1..).unwrap_or_default()))
}

/// Whether `text` is a name in code, maybe with a path of names before it.
fn is_identifier(text: &[u8]) -> bool {
    let is_part = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.' | b':');
    !text.is_empty() && text.iter().all(is_part) && !text.iter().all(u8::is_ascii_digit)
}

/// How much of a long secret is judged.
const MAX_JUDGED: usize = 4 << 10;

/// Values that stand in for the real one, without their separators.
#[rustfmt::skip]
static WHOLE_PLACEHOLDERS: &[&str] = &[
    "password", "passwd", "pass", "pwd", "secret", "token", "apikey", "key", "test", "null", "none",
    "nil", "true", "false", "string", "undefined", "required", "optional", "hidden", "text", "value",
    "redacted", "removed", "masked", "empty", "notset", "unset", "todo", "tbd", "fixme", "dummy",
    "foo", "bar", "foobar", "abc", "xyz", "123", "1234", "input", "username", "user", "mypassword",
    "mysecret", "mytoken", "passwordhere", "secrethere", "tokenhere", "env", "default", "disabled",
    "enabled", "yes", "no", "on", "off", "private", "public", "bearer", "basic", "oauth", "oauth2",
    "password1", "newpassword", "oldpassword", "confirmpassword", "currentpassword", "secretkey",
    "accesstoken", "refreshtoken", "clientsecret", "privatekey", "publickey", "accesskey",
    "shortsecret", "short",
];

/// Passwords that are real ones as often as not.
#[rustfmt::skip]
static WEAK_PASSWORDS: &[&str] = &[
    "password", "pass", "secret", "passwd", "pwd", "test", "admin", "root", "guest", "postgres",
    "mysql", "user", "default", "token", "mypass", "mypassword", "mysecret", "password1",
];

/// What a form to be filled in starts with.
#[rustfmt::skip]
static PLACEHOLDER_STARTS: &[&str] = &[
    "your", "insert", "enter", "replace", "changeme", "changethis", "changeit", "placeholder",
    "example", "sample", "fixme", "todo", "dummy", "myapikey", "providedby",
];

/// What no real secret has inside.
#[rustfmt::skip]
static PLACEHOLDER_PARTS: &[&str] = &[
    "changeme", "change_me", "change-me", "placeholder", "replace_me", "replace-me", "replaceme",
    "your_", "your-", "_here", "-here", "example", "redacted", "<your", "todo:", "process.env",
    "os.environ", "getenv", "secretkeyref", "vault:", "secretsmanager", "arn:aws:", "op://",
    "ref+", "ssm://", "keyvault", "enc[", "_goes_here", "insert_", "insert-",
];

#[cfg(test)]
mod tests {
    use super::{entropy, is_filler, is_placeholder, is_sequence, is_uuid, is_wordy};

    #[test]
    fn randomness_is_measured() {
        assert!(entropy(b"aaaaaaaa") < 0.01);
        assert!((entropy(b"abcdefgh") - 3.0).abs() < 0.01);
        assert!(entropy(b"").abs() < 0.01 || entropy(b"").is_nan());
    }

    #[test]
    fn stand_ins_are_told_from_secrets() {
        for text in [
            "xxxxxxxxxxxx",
            "tok-XXXXXXXXX",
            "AKIAIOSFODNN7EXAMPLE",
            "<token>",
            "${TOKEN}",
            "$TOKEN",
        ] {
            assert!(is_filler(text.as_bytes()), "{text}");
        }
        for text in ["aB3dE5fG7hI9", "AAAAB3NzaC1yc2E", "p$ssw0rd"] {
            assert!(!is_filler(text.as_bytes()), "{text}");
        }
        for text in [
            "changeme",
            "your-token-here",
            "password",
            "******",
            "{{ pw }}",
            "%PW%",
            "process.env.PW",
            "mozilla@",
        ] {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
        for text in ["hunter2", "correct horse", "S3cr3t!"] {
            assert!(!is_placeholder(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn names_and_sequences_are_told_from_secrets() {
        assert!(is_sequence(b"abcdefghijkl123456"));
        assert!(!is_sequence(b"q8fjw02kfls92kd"));
        for text in ["database", "my-app-v2", "chain_Anvil2_Key"] {
            assert!(is_wordy(text.as_bytes()), "{text}");
        }
        for text in ["q8fjw02kfls92kd", "9b2f-77aa-01ce"] {
            assert!(!is_wordy(text.as_bytes()), "{text}");
        }
        assert!(is_uuid(b"00000000-aaaa-BBBB-1234-0123456789ab"));
        assert!(!is_uuid(b"00000000-aaaa-BBBB-1234-0123456789ag"));
    }
}
