//! What the name of a setting says of its value. Knows no file format and no value.

/// What a name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NameKind {
    /// Nothing: `KEY_NAME`, `TOKEN_URL`, `PUBLIC_KEY`.
    Plain,
    /// It may be a key: `foo_key`, `AUTH`.
    MaybeKey,
    /// It is a key or a token, made by a machine: `API_KEY`, `client.secret`.
    Key,
    /// It is a password, made by anyone: `DB_PASSWORD`.
    Password,
}

/// What `name` says. Words are parted by whatever is no letter or digit, and by a change of case.
pub(crate) fn name_kind(name: &[u8]) -> NameKind {
    if name.len() > MAX_NAME {
        return NameKind::Plain;
    }
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((last, before)) = words.split_last() else { return NameKind::Plain };
    if words.iter().any(|it| PUBLIC_WORDS.contains(it)) || DESCRIBING_WORDS.contains(last) {
        return NameKind::Plain;
    }
    let kind = word_kind(last, before);
    if kind > NameKind::Plain || !VARIANT_WORDS.contains(last) {
        return kind;
    }
    // `PASSWORD_PROD` is one, as `PROD_PASSWORD` is.
    before.split_last().map_or(NameKind::Plain, |(last, before)| word_kind(last, before))
}

fn word_kind(last: &str, before: &[&str]) -> NameKind {
    let previous = before.last().copied().unwrap_or_default();
    if PASSWORD_WORDS.contains(&last) || PASSWORD_ENDINGS.iter().any(|it| last.ends_with(it)) {
        return NameKind::Password;
    }
    if KEY_WORDS.contains(&last) || KEY_ENDINGS.iter().any(|it| last.ends_with(it)) {
        return NameKind::Key;
    }
    match last {
        "PW" | "PWD" if !previous.is_empty() => NameKind::Password,
        "AUTH" if matches!(previous, "USER" | "BASIC" | "NPM" | "HTTP") => NameKind::Key,
        "PAT" if !previous.is_empty() => NameKind::Key,
        "KEY" | "KEYS" if SECRET_KEYS.contains(&previous) => NameKind::Key,
        "KEY" | "KEYS" if previous.is_empty() || PLAIN_KEYS.contains(&previous) => NameKind::Plain,
        "KEY" | "AUTH" | "ACCESS" | "PRIVATE" | "AUTHORIZATION" => NameKind::MaybeKey,
        _ if last.len() > 5 && last.ends_with("KEY") && !PLAIN_ENDINGS.contains(&last) => {
            NameKind::MaybeKey
        }
        _ => NameKind::Plain,
    }
}

/// The words of a name in capitals, without trailing digits.
fn words(name: &[u8]) -> Vec<String> {
    let mut res: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before = b'_';
    for (at, byte) in name.iter().enumerate() {
        let next_is_lower = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let starts_word = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || (before.is_ascii_uppercase() && next_is_lower));
        if !byte.is_ascii_alphanumeric() || starts_word {
            push_word(&mut res, &mut word);
        }
        if byte.is_ascii_alphanumeric() {
            word.push(char::from(byte.to_ascii_uppercase()));
        }
        before = *byte;
    }
    push_word(&mut res, &mut word);
    res
}

fn push_word(words: &mut Vec<String>, word: &mut String) {
    let stem = word.trim_end_matches(|it: char| it.is_ascii_digit());
    if !stem.is_empty() {
        words.push(stem.to_owned());
    }
    word.clear();
}

/// The longest name that is looked at; a longer one names nothing.
const MAX_NAME: usize = 128;

#[rustfmt::skip]
static PASSWORD_WORDS: &[&str] = &[
    "PASSWORD", "PASSWORDS", "PASSWD", "PASSWRD", "PASSPHRASE", "PASSCODE", "PASS", "PSW", "PWORD",
];

#[rustfmt::skip]
static PASSWORD_ENDINGS: &[&str] = &["PASSWORD", "PASSWD", "PASSPHRASE", "PASSWRD"];

#[rustfmt::skip]
static KEY_WORDS: &[&str] = &[
    "SECRET", "SECRETS", "TOKEN", "APIKEY", "CREDENTIAL", "CREDENTIALS", "CREDS", "SECRETKEY",
    "ACCESSKEY", "AUTHKEY",
];

#[rustfmt::skip]
static KEY_ENDINGS: &[&str] = &[
    "APIKEY", "TOKEN", "SECRETKEY", "PRIVATEKEY", "ACCESSKEY", "SECRET", "APPKEY", "AUTHKEY",
];

/// What makes a `KEY` a secret one.
#[rustfmt::skip]
static SECRET_KEYS: &[&str] = &[
    "API", "PRIVATE", "SECRET", "ACCESS", "ENCRYPTION", "DECRYPTION", "SIGNING", "SIGNATURE",
    "MASTER", "ACCOUNT", "STORAGE", "LICENSE", "AUTH", "AUTHORIZATION", "DEPLOY", "APP",
    "APPLICATION", "HMAC", "AES", "JWT", "SESSION", "COOKIE", "WEBHOOK", "SHARED", "ENC", "CIPHER",
    "CRYPTO", "SERVICE", "ADMIN", "SUBSCRIPTION", "INSTRUMENTATION", "FERNET", "UNLOCK", "CONSUMER",
    "CLIENT", "INTEGRATION", "SERVER", "LIVE", "PROD", "ROLE",
];

/// What makes a `KEY` a plain name or a published one.
#[rustfmt::skip]
static PLAIN_KEYS: &[&str] = &[
    "GPG", "PGP", "HOST", "PRIMARY", "FOREIGN", "CACHE", "SORT", "PARTITION", "ROUTING", "OBJECT",
    "REGISTRY", "APT", "REPO", "SITE", "TRANSLATION", "HOT", "INDEX", "UNIQUE", "LOOKUP", "LABEL",
    "SCHEMA", "FIELD", "SHORTCUT", "GROUP", "ROW", "COLUMN", "MAP", "DICT", "CONFIG", "SETTINGS",
    "ITEM", "PROPERTY", "MESSAGE", "EVENT", "QUERY", "SEARCH", "FILTER", "STATE", "LOCALE", "I",
    "N", "LANG", "IDEMPOTENCY", "DEDUP", "TOPIC", "HASH", "RANGE", "BUCKET", "FILE", "PATH", "TAG",
    "KMS", "FOR", "BY", "OF", "MODIFIER", "ARROW", "ENTER", "ESCAPE", "DELETE", "TAB", "CTRL", "KEY",
];

/// Words that end in `KEY` and name none.
#[rustfmt::skip]
static PLAIN_ENDINGS: &[&str] = &["MONKEY", "DONKEY", "TURKEY", "HOCKEY", "JOCKEY", "HOTKEY", "WHISKEY", "HOSTKEY", "PUBKEY", "PUBLICKEY", "KEYKEY"];

/// The secret's public half, a switch, or no secret at all.
#[rustfmt::skip]
static PUBLIC_WORDS: &[&str] = &[
    "PUBLIC", "PUB", "PUBLISHABLE", "TOKENIZER", "TOKENIZERS", "ALLOW", "ENABLE", "DISABLE",
    "REQUIRE", "VALIDATE", "VERIFY", "FORGOT", "RESET", "SHOW", "HIDE", "LABEL", "PLACEHOLDER",
    "INVALID", "MISSING", "CHECKSUM", "INTEGRITY", "DIGEST", "CSRF", "XSRF",
    "NEXT", "PAGE", "CANCELLATION", "ANTIFORGERY",
];

/// Last words that turn a secret's name into the name of something about it.
#[rustfmt::skip]
static DESCRIBING_WORDS: &[&str] = &[
    "FILE", "FILES", "FILENAME", "PATH", "PATHS", "DIR", "DIRECTORY", "FOLDER", "URL", "URLS",
    "URI", "NAME", "NAMES", "ID", "IDS", "TTL", "EXPIRY", "EXPIRATION", "EXPIRES", "AGE", "LENGTH",
    "LEN", "SIZE", "TYPE", "MODE", "ENABLED", "DISABLED", "REQUIRED", "ALGORITHM", "ALG", "HEADER",
    "ENDPOINT", "HOST", "PORT", "ISSUER", "AUDIENCE", "POLICY", "VERSION", "FORMAT", "PREFIX",
    "SUFFIX", "COUNT", "LIMIT", "TIMEOUT", "STORE", "PROVIDER", "METHOD", "SCOPE", "REALM",
    "LOCATION", "REF", "ARN", "KIND", "BACKEND", "MANAGER", "CLASS", "FIELD", "PARAM", "PARAMETER",
    "VARIABLE", "VAR", "REGEX", "PATTERN", "USER", "USERNAME", "DOMAIN", "REGION", "NAMESPACE",
    "HINT", "TEMPLATE", "STATUS", "PLUGIN", "MODULE", "ALIAS", "ERROR", "MESSAGE", "DESCRIPTION",
    "TITLE", "INPUT", "BUTTON", "CHARS", "INDEX", "DISTANCE", "SECRETREF", "RESULTS",
];

/// Last words after which a strong word before still names the value itself.
#[rustfmt::skip]
static VARIANT_WORDS: &[&str] = &[
    "VALUE", "STRING", "TEXT", "HEX", "ROOT", "ADMIN", "DEV", "PROD", "PRODUCTION", "STAGING",
    "TEST", "DB", "DATABASE", "PRIMARY", "SECONDARY", "OLD", "NEW", "CURRENT", "PREVIOUS",
    "DEFAULT", "CI", "RO", "RW", "BASE", "KEY",
];

#[cfg(test)]
mod tests {
    use super::{NameKind, name_kind};

    #[test]
    fn names_are_told_apart() {
        for (kind, names) in [
            (
                NameKind::Password,
                "password DB_PASSWORD dbPassword PGPASSWORD MYSQL_PWD DB_PASS PASSWORD_PROD admin.passwd",
            ),
            (
                NameKind::Key,
                "token API_KEY apikey GITHUB_TOKEN client.secret SECRET_KEY_BASE fooApiKey X-Auth-Token ENCRYPTION_KEY authtoken",
            ),
            (NameKind::MaybeKey, "foo_key acmeKEY FOO_ACCESS acme_auth"),
            (
                NameKind::Plain,
                "key KEY_NAME TOKEN_URL PUBLIC_KEY pwd compass monkey cacheKey csrf_token MAX_TOKENS passwordLabel kms_key_id",
            ),
        ] {
            for name in names.split_whitespace() {
                assert_eq!(name_kind(name.as_bytes()), kind, "{name}");
            }
        }
    }
}
