//! Which files of an image are secrets: by their names, and by their content where it was read.
//!
//! Knows no rule.

use plimsoll_finding::Confidence;

use crate::{
    notable::{KEY_ENDS, SECRET_NAMES, SECRET_TAILS, is_kept_secret, is_tail, name_of},
    secret_file::is_made_to_be_known,
    secret_name::{is_placeholder, is_secret_name, literal_secret},
    secret_value::find_secrets,
};

/// What a file holds, to be read after "holds", and how sure that is. `None` where nothing speaks
/// for a secret.
pub(crate) fn secret_in_file(
    path: &str,
    content: Option<&[u8]>,
) -> Option<(&'static str, Confidence)> {
    if !is_kept_secret(path) || is_made_to_be_known(path) || is_host_key(path) {
        return None;
    }
    let name = name_of(path);
    if HARMLESS.iter().any(|it| name.ends_with(it)) || name == "authorized_keys" {
        return None;
    }
    let Some(content) = content else { return by_name(path, name) };
    if content.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    let Ok(text) = std::str::from_utf8(content) else { return by_name(path, name) };
    if let Some(words) = SIGNS.iter().find(|it| is_tail(path, it.0)) {
        let holds = words.1.iter().any(|it| text.contains(it));
        let is_reference = text.contains("${") && !words.1.iter().any(|it| has_value(text, it));
        return (holds && !is_reference).then_some((words.2, Confidence::High));
    }
    if name == ".env" || name.starts_with(".env.") {
        return environment(text);
    }
    if is_key(name) {
        let found = find_secrets(text);
        let is_private = found.iter().any(|it| it.kind == "a private key");
        return is_private.then_some(("a private key", Confidence::High));
    }
    if SECRET_NAMES.contains(&name) || SECRET_TAILS.iter().any(|it| is_tail(path, it)) {
        return Some(("credentials", Confidence::High));
    }
    // Any line that is no comment is an entry of such a file.
    let has_entry = text.lines().any(|it| !it.trim().is_empty() && !it.trim().starts_with('#'));
    if has_entry && LINES_OF_SECRETS.contains(&name) {
        return Some(("passwords", Confidence::High));
    }
    find_secrets(text).first().map(|it| (it.kind, Confidence::High))
}

/// Whether it is a key that a server shows who it is by.
pub(crate) fn is_host_key(path: &str) -> bool {
    let name = name_of(path);
    name.starts_with("ssh_host_") && name.ends_with("_key")
}

fn is_key(name: &str) -> bool {
    PRIVATE_KEYS.contains(&name) || KEY_ENDS.iter().any(|it| name.ends_with(it))
}

/// Without the content, or where it is no text.
fn by_name(path: &str, name: &str) -> Option<(&'static str, Confidence)> {
    if PRIVATE_KEYS.contains(&name) {
        return Some(("a private key", Confidence::High));
    }
    if SECRET_NAMES.contains(&name) || SECRET_TAILS.iter().any(|it| is_tail(path, it)) {
        return Some(("credentials", Confidence::High));
    }
    if STORES.iter().any(|it| name.ends_with(it)) {
        return Some(("keys", Confidence::Medium));
    }
    if name.ends_with(".key") {
        return Some(("a key", Confidence::Low));
    }
    // Most files of this name are certificates.
    if name.ends_with(".pem") || name == "pip.conf" {
        return None;
    }
    Some(("mostly secrets", Confidence::Medium))
}

/// `NAME=value` lines of which one is a secret.
fn environment(text: &str) -> Option<(&'static str, Confidence)> {
    let mut best = None;
    for line in text.lines().take(MAX_LINES) {
        let line = line.trim().strip_prefix("export ").unwrap_or(line.trim());
        let Some((name, value)) = line.split_once('=') else { continue };
        if name.starts_with('#') {
            continue;
        }
        if !find_secrets(value).is_empty() {
            return Some(("secrets", Confidence::High));
        }
        let literal = literal_secret(value.trim()).filter(|_| is_secret_name(name.trim()));
        if literal.is_some() {
            let confidence =
                if is_placeholder(value.trim()) { Confidence::Low } else { Confidence::High };
            best = best.max(Some(confidence));
        }
    }
    best.map(|it| ("secrets", it))
}

/// Whether `sign` is followed by something other than a variable.
fn has_value(text: &str, sign: &str) -> bool {
    text.match_indices(sign).take(MAX_LINES).any(|(at, _)| {
        let rest = text.get(at + sign.len()..).unwrap_or_default();
        let value = rest.trim_start_matches([' ', '=', ':', '"', '\'']);
        !value.is_empty() && !value.starts_with("${") && !value.starts_with(['\n', '\r'])
    })
}

const MAX_LINES: usize = 10_000;

/// Files, what in them is a secret, and what that is.
#[rustfmt::skip]
static SIGNS: &[(&str, &[&str], &str)] = &[
    (".npmrc", &["_authToken=", "_authToken =", "_auth=", "_auth =", "_password=", "_password ="],
     "a token of a registry"),
    (".yarnrc", &["_authToken", "npmAuthToken"], "a token of a registry"),
    (".pypirc", &["password"], "the password of a package index"),
    (".netrc", &["password"], "passwords"),
    ("_netrc", &["password"], "passwords"),
    (".dockercfg", &["\"auth\": \"", "\"auth\":\""], "credentials of a registry"),
    (".docker/config.json",
     &["\"auth\": \"", "\"auth\":\"", "\"identitytoken\"", "\"registrytoken\"", "\"password\""],
     "credentials of a registry"),
    (".aws/credentials", &["aws_secret_access_key", "aws_session_token"], "keys of a cloud"),
    (".kube/config", &["client-key-data", "token:", "password:"], "credentials of a cluster"),
    ("kubeconfig", &["client-key-data", "token:", "password:"], "credentials of a cluster"),
    ("credentials.json", &["private_key", "client_secret", "refresh_token", "password"],
     "credentials"),
    ("service-account.json", &["private_key"], "keys of a cloud"),
];

/// Files in which every line is a secret.
static LINES_OF_SECRETS: &[&str] = &[".git-credentials", ".pgpass", ".htpasswd"];

static PRIVATE_KEYS: &[&str] = &["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"];

/// Stores of keys that are no text.
static STORES: &[&str] = &[".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk"];

static HARMLESS: &[&str] = &[
    ".example",
    ".sample",
    ".template",
    ".dist",
    ".tmpl",
    ".defaults",
    ".tpl",
    ".j2",
    ".pub",
    ".schema",
];

#[cfg(test)]
mod tests {
    use plimsoll_finding::Confidence::{High, Low, Medium};

    use super::secret_in_file;

    #[test]
    fn content_decides_where_it_is_known() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n";
        for (path, content, confidence) in [
            ("app/server.key", Some(key), Some(High)),
            ("app/server.pem", Some("-----BEGIN CERTIFICATE-----\n"), None),
            ("app/server.pem", None, None),
            ("app/server.key", None, Some(Low)),
            ("app/store.p12", None, Some(Medium)),
            ("app/tests/server.key", Some(key), None),
            ("root/.npmrc", Some("//r.example/:_authToken=abcdefgh\n"), Some(High)),
            ("root/.npmrc", Some("//r.example/:_authToken=${NPM_TOKEN}\n"), None),
            ("root/.npmrc", Some("fund=false\n"), None),
            ("app/.env", Some("PORT=80\n"), None),
            ("app/.env", Some("PORT=80\nexport DB_PASSWORD=hunter2\n"), Some(High)),
            ("app/.env", Some("DB_PASSWORD=changeme\n"), Some(Low)),
            ("app/.env", Some(""), None),
            ("app/.env.example", Some("DB_PASSWORD=hunter2\n"), None),
            (
                "root/.docker/config.json",
                Some("{\"auths\": {\"x\": {\"auth\": \"YTpi\"}}}"),
                Some(High),
            ),
            ("root/.docker/config.json", Some("{\"credsStore\": \"pass\"}"), None),
            ("root/.git-credentials", Some("https://a:b@example.com\n"), Some(High)),
            ("root/.ssh/id_rsa", None, Some(High)),
            ("etc/ssh/ssh_host_rsa_key", Some(key), None),
            ("etc/ssl/certs/ca.pem", Some(key), None),
            ("app/main.rs", Some(key), None),
        ] {
            let found = secret_in_file(path, content.map(str::as_bytes)).map(|it| it.1);
            assert_eq!(found, confidence, "{path} {content:?}");
        }
    }
}
