//! An engine that can be read.

use std::{
    fmt::Write as _,
    io::{self, Read as _},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    endpoint::Endpoint,
    error::Error,
    http::{self, After, Body, Connection},
    stream::connect,
};

/// How long is waited, and how much is taken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For a connection, and for each piece of an answer.
    pub timeout: Duration,
    /// For each piece of an archive: the engine packs all layers of an image into files of its own
    /// before it sends the first byte.
    pub archive_timeout: Duration,
    /// Bytes of one JSON answer.
    pub answer: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            archive_timeout: Duration::from_mins(15),
            answer: 64 << 20,
        }
    }
}

/// An engine. Every call opens a connection of its own, so threads may share it.
#[derive(Clone, Debug)]
pub struct Engine {
    endpoint: Endpoint,
    limits: Limits,
    version: Value,
    prefix: String,
}

impl Engine {
    /// Asks the engine at `endpoint` for its version, and agrees on the one to speak: the engine's
    /// own, but at most the newest that this program knows.
    pub fn connect(endpoint: Endpoint, limits: Limits) -> Result<Self, Error> {
        let mut res = Self { endpoint, limits, version: Value::Null, prefix: String::new() };
        res.version = res.get("/version")?;
        let theirs = res.version.get("ApiVersion").and_then(Value::as_str).and_then(parse_version);
        let Some(theirs) = theirs else {
            let why = "it names no API version".to_owned();
            return Err(Error::Protocol { path: "/version".to_owned(), why });
        };
        let (major, minor) = theirs.min(NEWEST);
        res.prefix = format!("/v{major}.{minor}");
        Ok(res)
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What it said of its version: the document of `/version`.
    pub fn version(&self) -> &Value {
        &self.version
    }

    /// The API version that is spoken, as major and minor number.
    pub fn api_version(&self) -> (u32, u32) {
        parse_version(self.prefix.trim_start_matches("/v")).unwrap_or_default()
    }

    /// The JSON document at `path`, which begins with a slash and is without version. Parts that
    /// come from outside are written with [`Engine::escape`].
    pub fn get(&self, path: &str) -> Result<Value, Error> {
        let until = Instant::now() + self.limits.timeout * 2;
        let mut body = self.ask(self.connect_again()?.until(until), path, After::Close)?;
        let bytes = self.read(&mut body, path, self.limits.answer)?;
        serde_json::from_slice(&bytes)
            .map_err(|it| Error::Protocol { path: path.to_owned(), why: it.to_string() })
    }

    /// The answer at `path`, as it comes: an image or a container as an archive.
    pub fn stream(&self, path: &str) -> Result<Body, Error> {
        let timeout = self.limits.archive_timeout;
        let connection = Connection::new(connect(&self.endpoint, timeout)?);
        self.ask_within(timeout, connection, path, After::Close)
    }

    /// A new connection.
    pub(crate) fn connect_again(&self) -> Result<Connection, Error> {
        Ok(Connection::new(connect(&self.endpoint, self.limits.timeout)?))
    }

    /// The answer to a question on `connection`, if the engine says yes.
    pub(crate) fn ask(
        &self,
        connection: Connection,
        path: &str,
        after: After,
    ) -> Result<Body, Error> {
        self.ask_within(self.limits.timeout, connection, path, after)
    }

    /// The same on a connection that waits for `timeout`.
    fn ask_within(
        &self,
        timeout: Duration,
        connection: Connection,
        path: &str,
        after: After,
    ) -> Result<Body, Error> {
        let whole = format!("{}{path}", self.prefix);
        let (status, mut body) =
            http::get(connection, &whole, after).map_err(|error| match error {
                Error::Io { source, .. } => Self::broken(path, timeout, source),
                other => other,
            })?;
        if (200..300).contains(&status) {
            return Ok(body);
        }
        let mut text = Vec::new();
        let _ = body.by_ref().take(MAX_MESSAGE).read_to_end(&mut text);
        let message = serde_json::from_slice::<Value>(&text)
            .ok()
            .and_then(|it| Some(it.get("message")?.as_str()?.to_owned()))
            .unwrap_or_else(|| String::from_utf8_lossy(&text).trim().to_owned());
        Err(Error::Status { path: path.to_owned(), status, message })
    }

    /// All bytes of an answer, if they are at most `limit`.
    pub(crate) fn read(&self, body: &mut Body, path: &str, limit: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let read = body.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|it| Self::broken(path, self.limits.timeout, it))?;
        if bytes.len() as u64 > limit {
            return Err(Error::TooLarge { path: path.to_owned(), limit });
        }
        Ok(bytes)
    }

    /// `text` as one part of a path or of a query.
    pub fn escape(text: &str) -> String {
        let mut res = String::with_capacity(text.len());
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                res.push(char::from(byte));
            } else {
                let _ = write!(res, "%{byte:02X}");
            }
        }
        res
    }

    fn broken(path: &str, timeout: Duration, source: io::Error) -> Error {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                Error::Timeout { path, seconds: timeout.as_secs() }
            }
            _ => Error::Io { path, source },
        }
    }
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The newest version of the API that this program knows.
const NEWEST: (u32, u32) = (1, 56);

/// So much of an engine's complaint is shown.
const MAX_MESSAGE: u64 = 4 << 10;
