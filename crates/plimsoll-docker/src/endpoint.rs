//! Where the engine listens, found as the Docker CLI finds it (its documentation of `docker
//! context` and of its environment variables).

use std::{
    collections::BTreeMap,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// Where an engine listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A socket of this machine.
    Unix(PathBuf),
    /// A port, with TLS or without.
    Tcp {
        /// Name or address.
        host: String,
        /// Port.
        port: u16,
        /// Certificates; `None` is clear text.
        tls: Option<TlsFiles>,
    },
    /// A machine that is reached with the `ssh` program.
    Ssh {
        /// `user@host`, as `ssh` takes it.
        destination: String,
        /// Port, where it is not the usual one.
        port: Option<u16>,
    },
}

/// Certificates for an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// Folder with `ca.pem`, and `cert.pem` and `key.pem` where the engine asks for them.
    pub folder: PathBuf,
}

impl Endpoint {
    /// Whether it is this machine's, so that its paths are this machine's paths.
    pub fn is_local(&self) -> bool {
        matches!(self, Self::Unix(_))
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
            Self::Tcp { host, port, .. } => write!(f, "tcp://{host}:{port}"),
            Self::Ssh { destination, port: None } => write!(f, "ssh://{destination}"),
            Self::Ssh { destination, port: Some(port) } => write!(f, "ssh://{destination}:{port}"),
        }
    }
}

/// The endpoint in force: `asked` (an address, or `None`), else `DOCKER_HOST`, else the context
/// named by `DOCKER_CONTEXT` or by the Docker CLI's configuration, else the usual socket, else that
/// of a rootless engine.
pub fn find_endpoint(
    asked: Option<&str>,
    environment: &BTreeMap<String, String>,
) -> Result<Endpoint, Error> {
    let get = |name: &str| environment.get(name).map(String::as_str).filter(|it| !it.is_empty());
    let configuration = get("DOCKER_CONFIG")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(get("HOME")?).join(".docker")));
    if let Some(host) = asked.or_else(|| get("DOCKER_HOST")) {
        return parse_host(host, tls_of_environment(&get, configuration.as_deref()));
    }
    if let Some(folder) = &configuration {
        let named = get("DOCKER_CONTEXT").map(str::to_owned).or_else(|| current_context(folder));
        if let Some(name) = named.filter(|it| it != "default") {
            return context(folder, &name);
        }
    }
    let usual = Path::new("/var/run/docker.sock");
    let rootless = get("XDG_RUNTIME_DIR").map(|it| Path::new(it).join("docker.sock"));
    match rootless {
        Some(socket) if !usual.exists() && socket.exists() => Ok(Endpoint::Unix(socket)),
        _ => Ok(Endpoint::Unix(usual.to_owned())),
    }
}

/// Reads an address as the Docker CLI writes it.
pub fn parse_host(host: &str, tls: Option<TlsFiles>) -> Result<Endpoint, Error> {
    let wrong = |why: &str| Error::Address { host: host.to_owned(), why: why.to_owned() };
    let Some((scheme, rest)) = host.split_once("://") else {
        return Err(wrong("it has no scheme"));
    };
    let rest = rest.trim_end_matches('/');
    match scheme {
        "unix" if rest.is_empty() => Err(wrong("it names no socket")),
        "unix" => Ok(Endpoint::Unix(PathBuf::from(rest))),
        "tcp" | "http" | "https" => {
            let (name, port) = name_and_port(rest);
            let usual = if tls.is_some() || scheme == "https" { 2376 } else { 2375 };
            let port = match port {
                Some(text) => text.parse().map_err(|_| wrong("its port is no number"))?,
                None => usual,
            };
            if name.is_empty() {
                return Err(wrong("it names no host"));
            }
            Ok(Endpoint::Tcp { host: name.to_owned(), port, tls })
        }
        "ssh" => {
            let (name, port) = name_and_port(rest);
            // `ssh` would take a leading dash for an option.
            if name.is_empty() || name.starts_with('-') {
                return Err(wrong("it names no host"));
            }
            let port = port.map(|it| it.parse().map_err(|_| wrong("its port is no number")));
            Ok(Endpoint::Ssh { destination: name.to_owned(), port: port.transpose()? })
        }
        _ => Err(wrong("its scheme is not known")),
    }
}

/// Host and port; the brackets of an IPv6 address are taken off.
fn name_and_port(text: &str) -> (&str, Option<&str>) {
    if let Some(rest) = text.strip_prefix('[')
        && let Some((name, rest)) = rest.split_once(']')
    {
        return (name, rest.strip_prefix(':'));
    }
    match text.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (text, None),
    }
}

fn tls_of_environment<'a>(
    get: &impl Fn(&str) -> Option<&'a str>,
    configuration: Option<&Path>,
) -> Option<TlsFiles> {
    let is_asked = get("DOCKER_TLS_VERIFY").is_some() || get("DOCKER_TLS").is_some();
    let folder = get("DOCKER_CERT_PATH").map(PathBuf::from);
    let folder = folder.or_else(|| configuration.map(Path::to_owned))?;
    is_asked.then_some(TlsFiles { folder })
}

/// The context that the Docker CLI's configuration names.
fn current_context(folder: &Path) -> Option<String> {
    let document = read_json(&folder.join("config.json")).ok()?;
    document.get("currentContext")?.as_str().filter(|it| !it.is_empty()).map(str::to_owned)
}

/// The endpoint of the context `name` of the Docker CLI.
fn context(folder: &Path, name: &str) -> Result<Endpoint, Error> {
    let digits = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    let hash: String = Sha256::digest(name.as_bytes())
        .iter()
        .flat_map(|it| [digits(it >> 4), digits(it & 15)])
        .collect();
    let path = folder.join("contexts/meta").join(&hash).join("meta.json");
    let wrong = |why: String| Error::Context { name: name.to_owned(), why };
    let document = read_json(&path).map_err(|it| wrong(format!("{}: {it}", path.display())))?;
    let host = document
        .pointer("/Endpoints/docker/Host")
        .and_then(Value::as_str)
        .ok_or_else(|| wrong(format!("{} names no host", path.display())))?;
    let tls = folder.join("contexts/tls").join(&hash).join("docker");
    parse_host(host, tls.is_dir().then_some(TlsFiles { folder: tls }))
}

fn read_json(path: &Path) -> std::io::Result<Value> {
    let mut text = Vec::new();
    File::open(path)?.take(MAX_SETTINGS).read_to_end(&mut text)?;
    serde_json::from_slice(&text).map_err(std::io::Error::other)
}

/// The Docker CLI's settings are smaller than this.
const MAX_SETTINGS: u64 = 4 << 20;

#[cfg(test)]
mod tests {
    use super::{Endpoint, TlsFiles, find_endpoint, parse_host};
    use std::{collections::BTreeMap, fs, path::PathBuf};

    #[test]
    fn addresses_are_read_as_the_docker_cli_writes_them() {
        let show = |host: &str| match parse_host(host, None) {
            Ok(endpoint) => endpoint.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(show("unix:///run/docker.sock"), "unix:///run/docker.sock");
        assert_eq!(show("tcp://10.0.0.1:2376"), "tcp://10.0.0.1:2376");
        assert_eq!(show("tcp://host"), "tcp://host:2375");
        assert_eq!(show("tcp://[::1]:99/"), "tcp://::1:99");
        assert_eq!(show("ssh://me@host:22"), "ssh://me@host:22");
        assert!(show("ssh://-oProxyCommand=x").contains("names no host"));
        assert!(show("tcp://host:port").contains("no number"));
        assert!(show("/run/docker.sock").contains("no scheme"));
        assert!(show("npipe:////./pipe/x").contains("not known"));
    }

    #[expect(clippy::disallowed_methods, reason = "the test lays down a Docker configuration")]
    #[test]
    fn host_beats_context_and_context_beats_the_usual_socket() {
        let home = tempfile_folder();
        let docker = home.join(".docker");
        let mut environment = BTreeMap::new();
        environment.insert("HOME".to_owned(), home.display().to_string());
        let find = |environment: &BTreeMap<String, String>| find_endpoint(None, environment);
        let usual = Endpoint::Unix(PathBuf::from("/var/run/docker.sock"));
        assert_eq!(find(&environment).unwrap(), usual);

        fs::create_dir_all(&docker).unwrap();
        fs::write(docker.join("config.json"), r#"{"currentContext": "far"}"#).unwrap();
        let missing = find(&environment).unwrap_err().to_string();
        assert!(missing.contains("`far`"), "{missing}");
        let path = missing.split(": ").nth(1).unwrap().to_owned();
        let meta = PathBuf::from(path);
        fs::create_dir_all(meta.parent().unwrap()).unwrap();
        let text = r#"{"Name": "far", "Endpoints": {"docker": {"Host": "ssh://far"}}}"#;
        fs::write(&meta, text).unwrap();
        assert_eq!(find(&environment).unwrap().to_string(), "ssh://far");

        environment.insert("DOCKER_HOST".to_owned(), "tcp://near".to_owned());
        environment.insert("DOCKER_TLS_VERIFY".to_owned(), "1".to_owned());
        let tls = Some(TlsFiles { folder: docker });
        let near = Endpoint::Tcp { host: "near".to_owned(), port: 2376, tls };
        assert_eq!(find(&environment).unwrap(), near);
        fs::remove_dir_all(home).unwrap();
    }

    fn tempfile_folder() -> PathBuf {
        let folder = std::env::temp_dir().join(format!("plimsoll-docker-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }
}
