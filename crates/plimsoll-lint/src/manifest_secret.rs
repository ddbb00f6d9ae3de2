//! Which names and values of a manifest are secrets, and where they stand in a text inside of it.

use plimsoll_config::tree::Node;
use plimsoll_text::{Source, Span};

/// A secret that a manifest says in the open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenSecret {
    /// What it is called; empty where its form alone gave it away.
    pub(crate) name: String,
    /// The line or entry that says it.
    pub(crate) place: Span,
    /// The secret itself.
    pub(crate) value: Span,
}

/// Whether a variable of this name is meant to hold a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let ends_with = |it: &&str| words.last().map(String::as_str) == Some(it);
    if words.is_empty() || ABOUT_SECRETS.iter().any(ends_with) {
        return false;
    }
    let joined = format!("_{}_", words.join("_"));
    let holds = |it: &&str| joined.contains(&format!("_{it}_"));
    SECRET_WORDS.iter().any(holds)
}

/// Whether a value stands in the open: not empty, and not a reference that something fills in.
pub(crate) fn is_open_value(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'', ',', ';']).trim();
    let is_reference = value.starts_with('$') || value.contains("${") || value.contains("$(");
    let is_template = value.contains("{{") || (value.starts_with('<') && value.ends_with('>'));
    let is_mark = value.len() > 1 && value.chars().all(|it| matches!(it, '*' | 'x' | 'X' | '.'));
    let is_path = value.starts_with('/') && value.matches('/').count() > 1;
    let is_plain = matches!(value.to_ascii_lowercase().as_str(), "" | "true" | "false" | "null");
    !(is_reference || is_template || is_mark || is_path || is_plain)
}

/// Whether a value has the form of a well-known kind of secret.
pub(crate) fn has_secret_form(value: &str) -> bool {
    if value.contains("-----BEGIN") && value.contains("PRIVATE KEY-----") {
        return true;
    }
    let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
    let runs = value.split(|it: char| !is_part(it));
    runs.filter(|it| it.len() <= 512).any(|run| {
        SECRET_FORMS.iter().any(|(prefix, least)| {
            run.strip_prefix(prefix).is_some_and(|rest| rest.len() >= *least)
        })
    })
}

/// The secrets that the value of `key` says in the open: as a whole, or in the lines of a text that
/// itself sets names to values.
pub(crate) fn open_secrets(source: &Source, key: &Node, value: &Node) -> Vec<OpenSecret> {
    let (Some(name), Some(text)) = (key.as_str(), value.as_str()) else { return Vec::new() };
    let whole = OpenSecret { name: name.to_owned(), place: key.span, value: value.span };
    if has_secret_form(text) || (is_secret_name(name) && is_open_value(text)) {
        return vec![whole];
    }
    let mut res = Vec::new();
    let mut at = value.span.start;
    for line in source.slice(value.span).split_inclusive('\n') {
        let start = at;
        at += line.len();
        if let Some((name, inner)) = setting_in(line) {
            let indent = line.len() - line.trim_start().len();
            let place = Span::new(start + indent, start + line.trim_end().len());
            let value = Span::new(start + inner.start, start + inner.end);
            res.push(OpenSecret { name: name.to_owned(), place, value });
        }
    }
    res
}

/// Name and value of a line that sets a secret: `NAME=value`, `name: value`, `"name": "value"`.
fn setting_in(line: &str) -> Option<(&str, Span)> {
    let split = line.find(['=', ':'])?;
    let name = line.get(..split)?.trim().trim_matches(['"', '\'', '-', ' ']);
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    let rest = line.get(split + 1..)?;
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.');
    if name.len() > 100 || !name.chars().all(is_name) || rest.starts_with("//") {
        return None;
    }
    if !is_secret_name(name) || !is_open_value(rest) {
        return None;
    }
    let start = split + 1 + (rest.len() - rest.trim_start().len());
    Some((name, Span::new(start, split + 1 + rest.trim_end().len())))
}

/// The words of a name, in capital letters, parted by signs and by changes of case.
fn words(name: &str) -> Vec<String> {
    let mut res: Vec<String> = Vec::new();
    let mut last_was_small = false;
    let mut is_open = false;
    for letter in name.chars().take(200) {
        if !letter.is_ascii_alphanumeric() {
            is_open = false;
            continue;
        }
        if !is_open || (letter.is_ascii_uppercase() && last_was_small) {
            res.push(String::new());
        }
        is_open = true;
        last_was_small = letter.is_ascii_lowercase();
        if let Some(word) = res.last_mut() {
            word.push(letter.to_ascii_uppercase());
        }
    }
    res
}

static SECRET_WORDS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PWD",
    "PASS",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "CREDENTIAL",
    "CREDENTIALS",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "ACCESSKEY",
    "PRIVATE_KEY",
    "PRIVATEKEY",
    "SECRET_KEY",
    "SECRETKEY",
    "ENCRYPTION_KEY",
    "SIGNING_KEY",
    "DBPASSWORD",
    "ACCOUNT_KEY",
];

/// Last words of names that speak of a secret without being one.
static ABOUT_SECRETS: &[&str] = &[
    "FILE",
    "PATH",
    "DIR",
    "NAME",
    "URL",
    "URI",
    "ENDPOINT",
    "HOST",
    "TTL",
    "EXPIRY",
    "EXPIRATION",
    "EXPIRES",
    "LIFETIME",
    "TIMEOUT",
    "LENGTH",
    "POLICY",
    "TYPE",
    "HEADER",
    "ENABLED",
    "ID",
    "SIZE",
    "ISSUER",
    "AUDIENCE",
    "REF",
    "STORE",
    "PROVIDER",
    "REQUIRED",
    "COUNT",
    "LIMIT",
    "LIMITS",
];

/// How well-known secrets begin, and how many characters follow at least.
static SECRET_FORMS: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 36),
    ("gho_", 36),
    ("ghs_", 36),
    ("github_pat_", 22),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("sk_live_", 20),
    ("rk_live_", 20),
    ("AIza", 35),
    ("npm_", 36),
    ("dckr_pat_", 20),
    ("hvs.", 24),
];

#[cfg(test)]
mod tests {
    use super::{has_secret_form, is_open_value, is_secret_name};

    #[test]
    fn names_of_secrets_are_told_from_names_about_secrets() {
        let table = [
            ("DB_PASSWORD", true),
            ("dbPassword", true),
            ("redis.password", true),
            ("API-KEY", true),
            ("CLIENT_SECRET", true),
            ("PASSWORD_FILE", false),
            ("tokenTtl", false),
            ("SECRET_NAME", false),
            ("COMPASS", false),
            ("TOKENIZER", false),
            ("", false),
        ];
        for (name, expected) in table {
            assert_eq!(is_secret_name(name), expected, "{name}");
        }
    }

    #[test]
    fn references_and_marks_are_no_open_values() {
        let table = [
            ("hunter2", true),
            ("\"changeme\"", true),
            ("", false),
            ("$(FROM_ELSEWHERE)", false),
            ("${PASSWORD}", false),
            ("{{ .Values.password }}", false),
            ("<your password>", false),
            ("****", false),
            ("/run/secrets/password", false),
            ("true", false),
        ];
        for (value, expected) in table {
            assert_eq!(is_open_value(value), expected, "{value}");
        }
    }

    #[test]
    fn well_known_secrets_are_known_by_their_form() {
        let key = format!("{}IOSFODNN7EXAMPLE", "AKIA");
        assert!(has_secret_form(&format!("id={key}")));
        assert!(has_secret_form("-----BEGIN RSA PRIVATE KEY-----\nabc"));
        assert!(!has_secret_form("AKIA") && !has_secret_form("-----BEGIN CERTIFICATE-----"));
    }
}
