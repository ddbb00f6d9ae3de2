//! Credentials as the Docker CLI keeps them (its documentation of `docker login` and of credential
//! helpers).

use std::{
    collections::BTreeMap,
    fmt,
    io::{Read as _, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::error::Error;

/// What opens a registry. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A name and a password.
    Password {
        /// Name.
        user: String,
        /// Password.
        password: String,
    },
    /// A token that is changed into short-lived ones.
    IdentityToken(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}

/// The part of the Docker CLI's `config.json` that is about registries.
#[derive(Clone, Default)]
pub struct DockerConfig {
    plain: BTreeMap<String, Credentials>,
    helpers: BTreeMap<String, String>,
    store: Option<String>,
}

impl fmt::Debug for DockerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<&String> = self.plain.keys().collect();
        f.debug_struct("DockerConfig")
            .field("hosts", &hosts)
            .field("helpers", &self.helpers)
            .field("store", &self.store)
            .finish()
    }
}

impl DockerConfig {
    /// Reads `config.json`. What cannot be understood is left out: the Docker CLI keeps more in it.
    pub fn parse(text: &[u8]) -> Self {
        let Ok(document) = serde_json::from_slice::<Value>(text) else { return Self::default() };
        let entries = |name: &str| {
            document.get(name).and_then(Value::as_object).into_iter().flatten().take(MAX_ENTRIES)
        };
        let plain = entries("auths").filter_map(|(host, entry)| {
            let text =
                |name: &str| entry.get(name).and_then(Value::as_str).filter(|it| !it.is_empty());
            let credentials = match (text("identitytoken"), text("auth")) {
                (Some(token), _) => Credentials::IdentityToken(token.to_owned()),
                (None, Some(packed)) => unpack(packed)?,
                (None, None) => Credentials::Password {
                    user: text("username")?.to_owned(),
                    password: text("password")?.to_owned(),
                },
            };
            Some((host_of(host).to_owned(), credentials))
        });
        let helpers = entries("credHelpers")
            .filter_map(|(host, name)| Some((host_of(host).to_owned(), name.as_str()?.to_owned())));
        Self {
            plain: plain.collect(),
            helpers: helpers.collect(),
            store: document.get("credsStore").and_then(Value::as_str).map(str::to_owned),
        }
    }

    /// The credentials for `host` (`docker.io` for Docker Hub), from the helper that is named for
    /// it, the general store, or the file itself; `None` where nobody has any.
    pub fn credentials(&self, host: &str) -> Result<Option<Credentials>, Error> {
        let key = if host == "docker.io" { HUB } else { host };
        if let Some(helper) = self.helpers.get(host).or_else(|| self.helpers.get(host_of(key))) {
            return ask(helper, host, key);
        }
        if let Some(store) = &self.store
            && let Some(found) = ask(store, host, key)?
        {
            return Ok(Some(found));
        }
        Ok(self.plain.get(host).or_else(|| self.plain.get(host_of(key))).cloned())
    }
}

/// `user:password`, packed as the Docker CLI does.
fn unpack(packed: &str) -> Option<Credentials> {
    let bytes = BASE64_STANDARD.decode(packed).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    let password = password.trim_end_matches('\0');
    Some(Credentials::Password { user: user.to_owned(), password: password.to_owned() })
}

/// `https://index.docker.io/v1/` is `index.docker.io`.
fn host_of(key: &str) -> &str {
    let rest = key.split_once("://").map_or(key, |it| it.1);
    rest.split('/').next().unwrap_or(rest)
}

/// Asks `docker-credential-NAME`, as the Docker CLI does.
fn ask(helper: &str, host: &str, key: &str) -> Result<Option<Credentials>, Error> {
    let wrong = |why: String| Error::Credentials { host: host.to_owned(), why };
    // The name becomes part of a program's name and must not lead elsewhere.
    if !helper.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it)) {
        return Err(wrong(format!("`{helper}` is no name of a credential helper")));
    }
    let program = format!("docker-credential-{helper}");
    let mut child = Command::new(&program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|it| wrong(format!("{program}: {it}")))?;
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(key.as_bytes());
    }
    let mut output = Vec::new();
    if let Some(pipe) = child.stdout.take() {
        let _ = pipe.take(MAX_ANSWER).read_to_end(&mut output);
    }
    let status = child.wait().map_err(|it| wrong(format!("{program}: {it}")))?;
    // A helper fails when it knows nothing of the host.
    if !status.success() {
        return Ok(None);
    }
    let document: Value = serde_json::from_slice(&output)
        .map_err(|_| wrong(format!("{program} answers in a way that cannot be read")))?;
    let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
    let (user, secret) = (text("Username").to_owned(), text("Secret").to_owned());
    if secret.is_empty() {
        return Ok(None);
    }
    Ok(Some(match user.as_str() {
        "<token>" => Credentials::IdentityToken(secret),
        _ => Credentials::Password { user, password: secret },
    }))
}

/// Reads the Docker CLI's settings in `folder`; there may be none.
pub(crate) fn read_config(folder: &Path) -> DockerConfig {
    let mut text = Vec::new();
    let read = std::fs::File::open(folder.join("config.json"))
        .and_then(|it| it.take(MAX_ANSWER).read_to_end(&mut text));
    if read.is_err() { DockerConfig::default() } else { DockerConfig::parse(&text) }
}

impl DockerConfig {
    /// Reads `config.json` in `folder`; without the file there are no credentials.
    pub fn read(folder: &Path) -> Self {
        read_config(folder)
    }
}

/// What the Docker CLI calls Docker Hub.
const HUB: &str = "https://index.docker.io/v1/";

/// Entries of the settings.
const MAX_ENTRIES: usize = 10_000;

/// Bytes of the settings, and of a helper's answer.
const MAX_ANSWER: u64 = 4 << 20;

#[cfg(test)]
mod tests {
    use super::{Credentials, DockerConfig};

    #[test]
    fn credentials_are_found_by_host_in_all_their_forms() {
        let config = DockerConfig::parse(
            br#"{"auths": {"https://index.docker.io/v1/": {"auth": "bWU6cGE6c3M="},
                "r.example:5000": {"identitytoken": "t"}, "empty.example": {}}}"#,
        );
        let hub = config.credentials("docker.io").unwrap().unwrap();
        let expected =
            Credentials::Password { user: "me".to_owned(), password: "pa:ss".to_owned() };
        assert_eq!(hub, expected);
        let token = config.credentials("r.example:5000").unwrap().unwrap();
        assert_eq!(token, Credentials::IdentityToken("t".to_owned()));
        assert_eq!(config.credentials("empty.example").unwrap(), None);
        assert_eq!(config.credentials("other.example").unwrap(), None);
        let shown = format!("{config:?} {hub:?}");
        assert!(!shown.contains("pa:ss") && !shown.contains("bWU6"), "{shown}");
    }

    #[test]
    fn a_helper_cannot_lead_elsewhere_and_a_missing_one_says_so() {
        let config = DockerConfig::parse(br#"{"credsStore": "../../evil"}"#);
        assert!(config.credentials("r").unwrap_err().to_string().contains("no name"));
        let config = DockerConfig::parse(br#"{"credHelpers": {"r": "plimsoll-missing"}}"#);
        assert!(config.credentials("r").unwrap_err().to_string().contains("plimsoll-missing"));
        assert_eq!(config.credentials("other").unwrap(), None);
    }
}
