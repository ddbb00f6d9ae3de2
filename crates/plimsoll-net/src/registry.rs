//! A registry that speaks the OCI distribution specification 1.1.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use plimsoll_oci::{Digest, DigestAlgorithm};
use serde_json::Value;

use crate::{
    blob::Blob,
    challenge::Challenge,
    credentials::{Credentials, DockerConfig},
    error::Error,
    http::{Answer, Http, Method, Request, header, refused, whole},
};

/// Which repository of which registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryName {
    /// Host with its port: `docker.io`, `localhost:5000`.
    pub host: String,
    /// Repository: `library/debian`.
    pub repository: String,
}

/// One repository of a registry.
#[derive(Clone, Debug)]
pub struct Registry {
    http: Http,
    base: String,
    name: RegistryName,
    credentials: Option<Credentials>,
    /// The value of the `Authorization` header that let us in last.
    authorization: Arc<Mutex<Option<String>>>,
}

/// A manifest, an index, or what else a tag names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// What it is, as the registry says.
    pub media_type: String,
    /// Its digest, computed from the bytes.
    pub digest: Digest,
    /// The document.
    pub bytes: Vec<u8>,
}

impl Registry {
    /// Prepares to speak with the registry of `name`; nothing is sent yet. `base`, if given, is the
    /// address of a mirror that is asked in its place. Registries on this machine and those in
    /// `insecure` are spoken to in clear text, as the engine does.
    pub fn new(
        http: Http,
        name: RegistryName,
        base: Option<&str>,
        insecure: &[String],
        config: &DockerConfig,
    ) -> Result<Self, Error> {
        let host = match name.host.as_str() {
            "docker.io" | "index.docker.io" => "registry-1.docker.io",
            other => other,
        };
        let is_clear = is_loopback(host) || insecure.iter().any(|it| it == &name.host);
        let scheme = if is_clear { "http" } else { "https" };
        let base = base
            .map_or_else(|| format!("{scheme}://{host}"), |it| it.trim_end_matches('/').to_owned());
        // A mirror is somebody else, who must not learn the registry's password.
        let asked = base.split_once("://").map_or(base.as_str(), |it| it.1);
        let asked = if asked == "registry-1.docker.io" { "docker.io" } else { asked };
        let credentials = config.credentials(asked)?;
        Ok(Self { http, base, name, credentials, authorization: Arc::default() })
    }

    /// The digest that `reference` (a tag or a digest) has now, without fetching what it names;
    /// `None` where the registry does not say.
    pub fn resolve(&self, reference: &str) -> Result<Option<Digest>, Error> {
        let url = self.url("manifests", reference);
        let answer = self.ask(Method::Head, &url, &accept())?;
        if !answer.status().is_success() {
            return Err(refused(&url, answer));
        }
        Ok(header(&answer, "docker-content-digest").and_then(|it| it.parse().ok()))
    }

    /// The manifest that `reference` names. Asked by digest, it is what the digest says or an
    /// error; asked by tag, it is what the registry says its digest is or an error.
    pub fn manifest(&self, reference: &str) -> Result<Manifest, Error> {
        let url = self.url("manifests", reference);
        let mut answer = self.ask(Method::Get, &url, &accept())?;
        if !answer.status().is_success() {
            return Err(refused(&url, answer));
        }
        let media_type = header(&answer, "content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
        let stated = header(&answer, "docker-content-digest").map(str::to_owned);
        let bytes = whole(&url, &mut answer, MAX_MANIFEST)?;
        let expected: Option<Digest> =
            reference.parse().ok().or_else(|| stated.and_then(|it| it.parse().ok()));
        let algorithm = expected.as_ref().map_or(DigestAlgorithm::Sha256, Digest::algorithm);
        let digest = Digest::of(algorithm, &bytes);
        match expected {
            Some(expected) if expected != digest => Err(Error::Digest {
                url,
                expected: expected.to_string(),
                found: digest.to_string(),
            }),
            _ => Ok(Manifest { media_type, digest, bytes }),
        }
    }

    /// The manifests that refer to `digest`: signatures, attestations, SBOMs, as an index. A
    /// registry without the referrers API is asked for the tag that stands in its place; `None`
    /// where there are none.
    pub fn referrers(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error> {
        let url = self.url("referrers", &digest.to_string());
        let mut answer = self.ask(Method::Get, &url, &accept())?;
        if answer.status().is_success() {
            return whole(&url, &mut answer, MAX_MANIFEST).map(Some);
        }
        match self.manifest(&digest.to_string().replace(':', "-")) {
            Ok(manifest) => Ok(Some(manifest.bytes)),
            Err(Error::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The blob called `digest`, as it comes. It is hashed on the way; if the last byte shows that
    /// it is another one, reading ends with an error. A connection that drops is taken up again.
    pub fn blob(&self, digest: &Digest, size: Option<u64>) -> Result<Blob, Error> {
        Blob::open(self.clone(), *digest, size)
    }

    pub(crate) fn blob_url(&self, digest: &Digest) -> String {
        self.url("blobs", &digest.to_string())
    }

    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    fn url(&self, kind: &str, what: &str) -> String {
        format!("{}/v2/{}/{kind}/{what}", self.base, self.name.repository)
    }

    /// Asks, and logs in when the registry demands it.
    pub(crate) fn ask(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, String)],
    ) -> Result<Answer, Error> {
        let known = self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let answer = self.send(method, url, headers, known.as_deref())?;
        if answer.status().as_u16() != 401 {
            return Ok(answer);
        }
        let challenge = header(&answer, "www-authenticate").and_then(Challenge::parse);
        let Some(challenge) = challenge else { return Ok(answer) };
        let Some(fresh) = self.log_in(&challenge)? else { return Ok(answer) };
        drop(answer);
        let answer = self.send(method, url, headers, Some(&fresh))?;
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh);
        Ok(answer)
    }

    fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, String)],
        authorization: Option<&str>,
    ) -> Result<Answer, Error> {
        let mut headers = headers.to_vec();
        if let Some(value) = authorization {
            headers.push(("Authorization", value.to_owned()));
        }
        self.http.send(Request { method, url, headers: &headers, form: &[] })
    }

    /// The value of the `Authorization` header that answers `challenge`.
    fn log_in(&self, challenge: &Challenge) -> Result<Option<String>, Error> {
        let (realm, service, scope) = match (challenge, &self.credentials) {
            (Challenge::Basic, Some(Credentials::Password { user, password })) => {
                return Ok(Some(basic(user, password)));
            }
            (Challenge::Basic, _) => return Ok(None),
            (Challenge::Bearer { realm, service, scope }, _) => (realm, service, scope),
        };
        let is_safe = realm.starts_with("https://")
            || realm.starts_with("http://") && self.base.starts_with("http://");
        if !is_safe {
            let why = "it wants tokens to be fetched in clear text".to_owned();
            return Err(Error::Protocol { url: self.base.clone(), why });
        }
        let scope = match scope.as_str() {
            "" => format!("repository:{}:pull", self.name.repository),
            scope => scope.to_owned(),
        };
        let mut answer = match &self.credentials {
            Some(Credentials::IdentityToken(token)) => {
                let form = [
                    ("grant_type", "refresh_token"),
                    ("service", service),
                    ("client_id", "plimsoll"),
                    ("scope", &scope),
                    ("refresh_token", token),
                ];
                self.http.send(Request {
                    method: Method::Post,
                    url: realm,
                    headers: &[],
                    form: &form,
                })?
            }
            other => {
                let separator = if realm.contains('?') { '&' } else { '?' };
                let (service, scope) = (escape(service), escape(&scope));
                let url = format!("{realm}{separator}service={service}&scope={scope}");
                let mut headers = Vec::new();
                if let Some(Credentials::Password { user, password }) = other {
                    headers.push(("Authorization", basic(user, password)));
                }
                self.http.send(Request {
                    method: Method::Get,
                    url: &url,
                    headers: &headers,
                    form: &[],
                })?
            }
        };
        if !answer.status().is_success() {
            return Err(refused(realm, answer));
        }
        let text = whole(realm, &mut answer, MAX_TOKEN)?;
        let document: Value = serde_json::from_slice(&text)
            .map_err(|it| Error::Protocol { url: realm.clone(), why: it.to_string() })?;
        let token = document.get("token").or_else(|| document.get("access_token"));
        match token.and_then(Value::as_str) {
            Some(token) => Ok(Some(format!("Bearer {token}"))),
            None => {
                Err(Error::Protocol { url: realm.clone(), why: "it gives no token".to_owned() })
            }
        }
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
}

fn accept() -> [(&'static str, String); 1] {
    [("Accept", MANIFESTS.join(", "))]
}

fn escape(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            res.push(char::from(byte));
        } else {
            let digits = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
            res.extend([
                '%',
                digits(byte >> 4).to_ascii_uppercase(),
                digits(byte & 15).to_ascii_uppercase(),
            ]);
        }
    }
    res
}

/// Whether `host`, with its port or without, is this machine.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((name, _)) => name,
        None => host.split(':').next().unwrap_or(host),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

/// What is understood in place of a tag.
const MANIFESTS: [&str; 4] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/// Registries take no manifests larger than this.
const MAX_MANIFEST: u64 = 8 << 20;

/// Bytes of the answer that holds a token.
const MAX_TOKEN: u64 = 1 << 20;
