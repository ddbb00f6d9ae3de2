//! Does a name say that its value is a secret, and is a value a secret itself?
//!
//! Shared by everything that has names and values: `ARG`, `ENV`, compose environments, `.env`
//! files, command lines. Knows no file format. What a secret looks like without a name is in
//! `secret_value`.

use std::ops::Range;

/// What a name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SecretName {
    /// Nothing: `KEY_NAME`, `TOKEN_URL`, `PASSWORD_FILE`, `PUBLIC_KEY`.
    Plain,
    /// It may be a secret, or belong to one: `AUTH`, `SIGNING_KEY_RING`, `AWS_ACCESS_KEY_ID`.
    Possible,
    /// It is a secret: `DB_PASSWORD`, `API_KEY`, `GITHUB_TOKEN`.
    Secret,
}

/// What `name` says of its value. Words are parted by `_`, `-`, `.` and by a change of letter case.
pub(crate) fn secret_name(name: &str) -> SecretName {
    if name.len() > MAX_NAME {
        return SecretName::Plain;
    }
    let words = words_of(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.iter().any(|it| PUBLIC_WORDS.contains(it) || SWITCH_WORDS.contains(it))
        || PLAIN_NAMES.iter().any(|it| it.eq_ignore_ascii_case(name))
    {
        return SecretName::Plain;
    }
    let Some((last, before)) = words.split_last() else { return SecretName::Plain };
    if DESCRIBING_WORDS.contains(last) {
        return if words.ends_with(&["ACCESS", "KEY", "ID"]) || words.ends_with(&["SECRET", "ID"]) {
            SecretName::Possible
        } else {
            SecretName::Plain
        };
    }
    last_word(last, before).max(earlier_words(last, before))
}

/// Whether `name` says that its value is a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    secret_name(name) == SecretName::Secret
}

/// The part of `value` that is a secret written down, where the name has said that it is one: not
/// empty, not a variable, a path, a switch or a pointer into a secret store. A variable with a
/// default (`${X:-hunter2}`) gives the default. Quotes count as part of neither.
pub(crate) fn literal_secret(value: &str) -> Option<Range<usize>> {
    let (start, inner) = unquoted(value);
    let (start, inner) = match default_of(inner) {
        Some((at, default)) => {
            let (quote, default) = unquoted(default);
            (start + at + quote, default)
        }
        None => (start, inner),
    };
    is_literal_secret(inner).then(|| start..start + inner.len())
}

/// Whether a literal value only stands in for the real one: `changeme`, `your-token-here`. It still
/// is a finding where it is the default that a container starts with.
pub(crate) fn is_placeholder(value: &str) -> bool {
    let lower = unquoted(value).1.to_ascii_lowercase();
    let squeezed: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    PLACEHOLDERS.contains(&squeezed.as_str())
        || lower.starts_with("your-")
        || lower.starts_with("your_")
        || lower.ends_with("-here")
        || lower.ends_with("_here")
}

fn last_word(last: &str, before: &[&str]) -> SecretName {
    if STRONG_WORDS.contains(&last) || STRONG_ENDINGS.iter().any(|it| last.ends_with(it)) {
        return SecretName::Secret;
    }
    let previous = before.last().copied().unwrap_or_default();
    match last {
        "PWD" | "PAT" if previous.is_empty() => SecretName::Plain,
        "PWD" => SecretName::Secret,
        "PAT" if PAT_OWNERS.contains(&previous) => SecretName::Secret,
        "KEY" | "KEYS" if PLAIN_KEYS.contains(&previous) => SecretName::Plain,
        "KEY" | "KEYS" if SECRET_KEYS.contains(&previous) => SecretName::Secret,
        "KEY" | "KEYS" | "AUTH" | "AUTHORIZATION" | "BEARER" | "SALT" => SecretName::Possible,
        _ => SecretName::Plain,
    }
}

/// A strong word before the last: `PASSWORD_PROD` is one, `SECRET_BACKEND` may be one.
fn earlier_words(last: &str, before: &[&str]) -> SecretName {
    let strong = before.iter().any(|it| {
        STRONG_WORDS.contains(it) || STRONG_ENDINGS.iter().any(|ending| it.ends_with(ending))
    });
    let keyed =
        before.windows(2).any(|it| matches!(it, [owner, "KEY"] if SECRET_KEYS.contains(owner)));
    let value_like = VARIANT_WORDS.contains(&last) || last.bytes().all(|it| it.is_ascii_digit());
    match (strong || keyed, value_like) {
        (true, true) => SecretName::Secret,
        (true, false) => SecretName::Possible,
        _ => SecretName::Plain,
    }
}

/// The words of a name in capitals, without trailing digits: `dbPassword2` is `DB`, `PASSWORD`.
fn words_of(name: &str) -> Vec<String> {
    let mut res: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before_is_lower = false;
    for char in name.chars() {
        let parts = !char.is_ascii_alphanumeric();
        if parts || (before_is_lower && char.is_ascii_uppercase()) {
            push_word(&mut res, &mut word);
        }
        if !parts {
            word.push(char.to_ascii_uppercase());
        }
        before_is_lower = char.is_ascii_lowercase();
    }
    push_word(&mut res, &mut word);
    res
}

fn push_word(words: &mut Vec<String>, word: &mut String) {
    let stem = word.trim_end_matches(|it: char| it.is_ascii_digit());
    // A word of digits alone stays, so that `PASSWORD_1` has a word after `PASSWORD`.
    let kept = if stem.is_empty() { word.as_str() } else { stem };
    if !kept.is_empty() {
        words.push(kept.to_owned());
    }
    word.clear();
}

fn is_literal_secret(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let is_masked = value.chars().all(|it| matches!(it, '*' | 'x' | 'X' | '.' | '-' | '_' | '#'));
    let framed = |open: char, close: char| value.starts_with(open) && value.ends_with(close);
    let is_reference = value.starts_with('$')
        || framed('<', '>')
        || framed('%', '%')
        || value.contains("${")
        || value.contains("$(")
        || value.contains("{{")
        || STORE_SCHEMES.iter().any(|it| lower.starts_with(it));
    let is_variable_inside = value.contains('$') && {
        let after = value.split('$').skip(1).filter_map(|it| it.chars().next());
        after.clone().count() > 0 && after.clone().all(|it| it.is_ascii_uppercase() || it == '_')
    };
    !(value.trim().is_empty()
        || is_masked
        || is_reference
        || is_variable_inside
        || is_path(value)
        || SWITCH_VALUES.contains(&lower.as_str()))
}

/// Whether a value is where a secret lies, rather than the secret. Base64 may start with a slash
/// too, but then mostly has signs that no path has.
fn is_path(value: &str) -> bool {
    let rooted = ["/", "./", "../", "~/", "file:"].iter().any(|it| value.starts_with(it));
    let drive = value.get(1..3).is_some_and(|it| it == ":\\" || it == ":/");
    (rooted || drive) && !value.contains(['+', '=', ' '])
}

/// The default of `${NAME:-default}` or `${NAME-default}`, and where it starts.
fn default_of(value: &str) -> Option<(usize, &str)> {
    let body = value.strip_prefix("${")?.strip_suffix('}')?;
    let name_len = body.find(|it: char| !it.is_ascii_alphanumeric() && it != '_')?;
    let rest = body.get(name_len..)?;
    let default = rest.strip_prefix(":-").or_else(|| rest.strip_prefix('-'))?;
    Some((value.len() - 1 - default.len(), default))
}

fn unquoted(value: &str) -> (usize, &str) {
    for quote in ['"', '\''] {
        let inner = value.strip_prefix(quote).and_then(|it| it.strip_suffix(quote));
        if let Some(inner) = inner {
            return (1, inner);
        }
    }
    (0, value)
}

/// The longest name that is looked at; a longer one names nothing.
const MAX_NAME: usize = 256;

/// Words that say by themselves what the value is.
#[rustfmt::skip]
static STRONG_WORDS: &[&str] = &[
    "PASSWORD", "PASSWORDS", "PASSWD", "PASSWRD", "PASSPHRASE", "PASSCODE", "PASS", "PSW", "PWORD",
    "SECRET", "SECRETS", "TOKEN", "APIKEY", "CREDENTIAL", "CREDENTIALS", "CREDS",
];

/// Ends of words that were written together: `PGPASSWORD`, `AUTHTOKEN`.
#[rustfmt::skip]
static STRONG_ENDINGS: &[&str] = &[
    "PASSWORD", "PASSWD", "PASSPHRASE", "APIKEY", "AUTHTOKEN", "ACCESSTOKEN", "SECRETKEY",
    "PRIVATEKEY", "ACCESSKEY", "APITOKEN", "CLIENTSECRET",
];

/// What makes a `KEY` a secret one.
#[rustfmt::skip]
static SECRET_KEYS: &[&str] = &[
    "API", "PRIVATE", "SECRET", "ACCESS", "ENCRYPTION", "DECRYPTION", "SIGNING", "SIGNATURE",
    "MASTER", "ACCOUNT", "STORAGE", "LICENSE", "AUTH", "AUTHORIZATION", "DEPLOY", "APP",
    "APPLICATION", "HMAC", "AES", "JWT", "SESSION", "COOKIE", "WEBHOOK", "SHARED", "ENC", "CIPHER",
    "CRYPTO", "SERVICE", "ADMIN", "SUBSCRIPTION", "INSTRUMENTATION", "FERNET", "UNLOCK", "RSA",
];

/// What makes a `KEY` a plain name or a published one.
#[rustfmt::skip]
static PLAIN_KEYS: &[&str] = &[
    "GPG", "PGP", "HOST", "PRIMARY", "FOREIGN", "CACHE", "SORT", "PARTITION", "ROUTING", "OBJECT",
    "REGISTRY", "APT", "REPO", "SITE", "TRANSLATION", "HOT", "INDEX", "UNIQUE", "LOOKUP", "LABEL",
];

/// Whose personal access token `PAT` is.
#[rustfmt::skip]
static PAT_OWNERS: &[&str] = &[
    "GITHUB", "GH", "GITLAB", "GL", "GIT", "DEVOPS", "AZDO", "ADO", "VSTS", "DOCKERHUB", "DOCKER",
    "JIRA", "AZURE", "ARTIFACTORY", "NUGET", "REGISTRY",
];

/// The secret's public half, or no secret at all.
#[rustfmt::skip]
static PUBLIC_WORDS: &[&str] = &["PUBLIC", "PUB", "PUBLISHABLE", "TOKENIZER", "TOKENIZERS"];

/// Words of names that switch something on or off.
#[rustfmt::skip]
static SWITCH_WORDS: &[&str] = &[
    "ALLOW", "ALLOWED", "ENABLE", "DISABLE", "REQUIRE", "REQUIRES", "SKIP", "IGNORE", "RANDOM",
    "GENERATE", "VALIDATE", "VERIFY", "EMPTY", "HAS", "IS", "USE", "NO", "MIN", "MAX", "FORGOT",
    "SHOW", "HIDE", "WITHOUT",
];

/// Last words that turn a secret's name into the name of something about it.
#[rustfmt::skip]
static DESCRIBING_WORDS: &[&str] = &[
    "FILE", "FILES", "FILENAME", "FILEPATH", "PATH", "PATHS", "DIR", "DIRECTORY", "FOLDER", "URL",
    "URLS", "URI", "NAME", "NAMES", "ID", "IDS", "TTL", "EXPIRY", "EXPIRATION", "EXPIRES",
    "EXPIRE", "AGE", "LENGTH", "LEN", "SIZE", "TYPE", "MODE", "ENABLED", "DISABLED", "REQUIRED",
    "ALGORITHM", "ALGORITHMS", "ALGO", "ALG", "HEADER", "HEADERS", "ENDPOINT", "ENDPOINTS",
    "HOST", "HOSTS", "PORT", "ISSUER", "AUDIENCE", "POLICY", "VERSION", "FORMAT", "PREFIX",
    "SUFFIX", "COUNT", "LIMIT", "TIMEOUT", "LIFETIME", "DURATION", "STORE", "PROVIDER", "METHOD",
    "ROTATION", "INTERVAL", "SCOPE", "SCOPES", "REALM", "LOCATION", "REF", "ARN", "KIND",
    "STRATEGY", "SOCK", "SOCKET", "SERVER", "SERVICE", "BACKEND", "ENGINE", "MANAGER", "MOUNT",
    "CLASS", "DRIVER", "FIELD", "PARAM", "PARAMETER", "VARIABLE", "VAR", "LABEL", "REGEX",
    "PATTERN", "RESET", "ROUNDS", "COST", "ITERATIONS", "STRENGTH", "USER", "USERNAME", "DOMAIN",
    "REGION", "NAMESPACE", "RING", "SERVERS", "KEYSERVER", "HINT", "TEMPLATE", "BITS", "CMD",
    "COMMAND", "SCRIPT", "HELPER", "SCHEME", "STATUS", "PLUGIN", "MODULE", "ALIAS",
];

/// Last words after which a strong word before still names the value itself.
#[rustfmt::skip]
static VARIANT_WORDS: &[&str] = &[
    "KEY", "VALUE", "STRING", "TEXT", "BASE", "B", "HEX", "ROOT", "ADMIN", "DEV", "PROD",
    "PRODUCTION", "STAGING", "TEST", "DB", "DATABASE", "PRIMARY", "SECONDARY", "OLD", "NEW",
    "CURRENT", "PREVIOUS", "DEFAULT", "CI", "RO", "RW",
];

/// Names of settings that sound like secrets and hold none.
#[rustfmt::skip]
static PLAIN_NAMES: &[&str] = &["GOOGLE_APPLICATION_CREDENTIALS", "SSH_AUTH_SOCK"];

/// Values that switch, rather than authenticate.
#[rustfmt::skip]
static SWITCH_VALUES: &[&str] = &[
    "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "0", "1",
    "enabled", "disabled", "auto", "~",
];

/// Starts of values that point into a secret store.
#[rustfmt::skip]
static STORE_SCHEMES: &[&str] = &[
    "arn:aws:", "vault:", "op://", "ssm:", "ssm://", "sm://", "secretsmanager:", "awssm:", "gcpsm:",
    "akv:", "keyvault:", "ref+", "doppler:", "env:", "secret://", "keeper://", "bws:",
];

/// Values that stand in for the real one, without their separators.
#[rustfmt::skip]
static PLACEHOLDERS: &[&str] = &[
    "changeme", "changemeplease", "changethis", "changeit", "placeholder", "replaceme", "todo",
    "fixme", "example", "dummy", "insertyourkeyhere", "notset", "unset", "secretgoeshere", "tbd",
];

#[cfg(test)]
mod tests {
    use super::{SecretName, is_placeholder, literal_secret, secret_name};

    #[test]
    fn names_are_told_apart() {
        let secret = "PASSWORD password DB_PASSWORD db-password dbPassword PGPASSWORD MYSQL_PWD \
            DB_PASS SMTP_PASSWD ARTIFACTORY_PSW SECRET SUPER_Secret secrets TOKEN \
            GITHUB_TOKEN NPM_TOKEN npmAuthToken API_KEY APIKEY openai_api_key apiKey PRIVATE_KEY \
            SSH_PRIVATE_KEY AWS_SECRET_ACCESS_KEY STORAGE_ACCOUNT_KEY CREDENTIALS AWS_CREDENTIALS \
            SECRET_KEY_BASE PASSWORD_1 PASSWORD2 ADMIN_PASSWORD_PROD GITHUB_PAT JWT_SECRET \
            client.secret SECRET_PASSPHRASE ENCRYPTION_KEYS SECRET_KEY LICENSE_KEY";
        for name in secret.split_whitespace() {
            assert_eq!(secret_name(name), SecretName::Secret, "{name}");
        }
        let plain = "KEY_NAME AUTH_MODE PASSWORD_FILE TOKEN_URL SSH_KEY_PATH PUBLIC_KEY \
            public_token TOKENIZER TOKENIZERS_PARALLELISM MAX_TOKENS TOKENS PWD OLDPWD GPG_KEY \
            KEYBOARD MONKEY SECRETARY PASSENGER COMPASS AUTHOR TOKEN_TTL SECRET_NAME \
            MYSQL_ALLOW_EMPTY_PASSWORD MYSQL_RANDOM_ROOT_PASSWORD PASSWORD_MIN_LENGTH \
            GOOGLE_APPLICATION_CREDENTIALS AWS_SHARED_CREDENTIALS_FILE SSH_AUTH_SOCK USE_AUTH \
            PATTERN PATH HOME bypass CACHE_KEY KEY_ID PASSWORD_HASH_ALGORITHM sunflower";
        for name in plain.split_whitespace() {
            assert_eq!(secret_name(name), SecretName::Plain, "{name}");
        }
        let possible = "AUTH KEY git_key AWS_ACCESS_KEY_ID VAULT_SECRET_ID NPM_AUTH PASSWORD_HASH \
            secret_super";
        for name in possible.split_whitespace() {
            assert_eq!(secret_name(name), SecretName::Possible, "{name}");
        }
        assert_eq!(secret_name(&"PASSWORD_".repeat(1000)), SecretName::Plain);
        assert_eq!(secret_name(""), SecretName::Plain);
    }

    #[test]
    fn values_are_told_apart() {
        for value in ["hunter2", "changeme", "1234", "a b", "p$ssw0rd", "/x+y=", "Zm9v/YmFy=="] {
            assert_eq!(literal_secret(value), Some(0..value.len()), "{value}");
        }
        assert_eq!(literal_secret("\"hunter2\""), Some(1..8));
        assert_eq!(literal_secret("${X:-hunter2}"), Some(5..12));
        assert_eq!(literal_secret("\"${X-'hunter2'}\""), Some(6..13));
        for value in [
            "",
            "\"\"",
            "$X",
            "${X}",
            "${X:-}",
            "${X:-$Y}",
            "${X:?needed}",
            "$(cat /x)",
            "a${X}b",
            "pre$X",
            "/run/secrets/db",
            "./key.pem",
            "~/.token",
            "C:\\keys\\x",
            "true",
            "No",
            "0",
            "****",
            "xxxx",
            "<token>",
            "{{ secret }}",
            "%TOKEN%",
            "vault:kv/db",
            "op://a/b",
        ] {
            assert_eq!(literal_secret(value), None, "{value}");
        }
    }

    #[test]
    fn stand_ins_are_known() {
        for value in ["changeme", "CHANGE-ME", "\"change_this\"", "your-token-here", "TODO"] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["hunter2", "password", "here"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }
}
