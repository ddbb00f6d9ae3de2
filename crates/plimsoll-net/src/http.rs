//! Requests, with patience for servers that are busy.

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use ureq::{
    Agent, Proxy,
    config::RedirectAuthHeaders,
    http::Response,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};

use crate::{error::Error, permission::NetworkPermission};

/// How the network is used.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// The environment: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` in both cases, `SSL_CERT_FILE`.
    pub environment: BTreeMap<String, String>,
    /// Certificates to trust beside the system's, as PEM files.
    pub extra_roots: Vec<PathBuf>,
    /// For a connection, for an answer to begin, and for each piece of it.
    pub timeout: Duration,
    /// How often a request that fails for a passing reason is made again.
    pub retries: u32,
    /// The first pause between two tries; each further one is twice as long.
    pub pause: Duration,
    /// The longest that a server can make us wait with `Retry-After`.
    pub max_pause: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            environment: BTreeMap::new(),
            extra_roots: Vec::new(),
            timeout: Duration::from_secs(30),
            retries: 4,
            pause: Duration::from_millis(500),
            max_pause: Duration::from_mins(2),
        }
    }
}

/// Makes requests. Cheap to share between threads.
#[derive(Clone, Debug)]
pub struct Http {
    secure: Agent,
    clear: Agent,
    options: HttpOptions,
}

/// One request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(&'a str, String)],
    /// Fields of a form, for `POST`.
    pub(crate) form: &'a [(&'a str, &'a str)],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Head,
    Post,
}

/// An answer whose status may be anything.
pub(crate) type Answer = Response<ureq::Body>;

impl Http {
    /// Prepares for requests; none is made yet. Fails if certificates that were named cannot be
    /// read.
    pub fn new(_: NetworkPermission, options: HttpOptions) -> Result<Self, Error> {
        let roots = roots(&options)?;
        let tls = TlsConfig::builder().root_certs(roots).build();
        let agent = |proxy: Option<Proxy>| -> Agent {
            Agent::config_builder()
                .http_status_as_error(false)
                .tls_config(tls.clone())
                .proxy(proxy)
                .max_redirects(MAX_REDIRECTS)
                .max_redirects_will_error(true)
                // A redirect leads to somebody else's storage, which must not learn the password.
                .redirect_auth_headers(RedirectAuthHeaders::Never)
                .user_agent("plimsoll")
                .timeout_connect(Some(options.timeout))
                .timeout_recv_response(Some(options.timeout))
                .timeout_per_read(Some(options.timeout))
                .timeout_per_write(Some(options.timeout))
                .build()
                .new_agent()
        };
        let secure = agent(proxy(&options.environment, "HTTPS_PROXY")?);
        let clear = agent(proxy(&options.environment, "HTTP_PROXY")?);
        Ok(Self { secure, clear, options })
    }

    /// How it is used.
    pub fn options(&self) -> &HttpOptions {
        &self.options
    }

    /// Sends, and sends again while the reason to fail is a passing one. Any status but those is
    /// the caller's to judge.
    pub(crate) fn send(&self, request: Request<'_>) -> Result<Answer, Error> {
        let mut pause = self.options.pause;
        for n_left in (0..=self.options.retries).rev() {
            let (error, wait) = match self.send_once(request) {
                Ok(answer) if !is_busy(&answer) => return Ok(answer),
                Ok(answer) => {
                    let wait = header(&answer, "retry-after").and_then(|it| it.trim().parse().ok());
                    (refused(request.url, answer), wait)
                }
                Err(error) => (error, None),
            };
            if n_left == 0 || !error.is_passing() {
                return Err(error);
            }
            let asked = wait.map_or(pause, Duration::from_secs);
            if asked > self.options.max_pause {
                return Err(error);
            }
            thread::sleep(asked);
            pause = (pause * 2).min(self.options.max_pause);
        }
        Err(Error::Unreachable { url: request.url.to_owned(), why: "no try is left".to_owned() })
    }

    fn send_once(&self, request: Request<'_>) -> Result<Answer, Error> {
        let agent = if request.url.starts_with("http://") { &self.clear } else { &self.secure };
        let answer = match request.method {
            Method::Get | Method::Head => {
                let mut builder = match request.method {
                    Method::Head => agent.head(request.url),
                    _ => agent.get(request.url),
                };
                for (name, value) in request.headers {
                    builder = builder.header(*name, value);
                }
                builder.call()
            }
            Method::Post => {
                let mut builder = agent.post(request.url);
                for (name, value) in request.headers {
                    builder = builder.header(*name, value);
                }
                builder.send_form(request.form.iter().copied())
            }
        };
        answer.map_err(|it| failure(request.url, it))
    }
}

/// The whole body, if it has at most `limit` bytes.
pub(crate) fn whole(url: &str, answer: &mut Answer, limit: u64) -> Result<Vec<u8>, Error> {
    let mut res = Vec::new();
    answer
        .body_mut()
        .with_config()
        .limit(u64::MAX)
        .reader()
        .take(limit.saturating_add(1))
        .read_to_end(&mut res)
        .map_err(|it| Error::Unreachable { url: url.to_owned(), why: it.to_string() })?;
    if res.len() as u64 > limit {
        return Err(Error::TooLarge { url: url.to_owned(), limit });
    }
    Ok(res)
}

/// A header as text.
pub(crate) fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

/// The error that an answer with a bad status is.
pub(crate) fn refused(url: &str, mut answer: Answer) -> Error {
    let status = answer.status().as_u16();
    let text = whole(url, &mut answer, MAX_MESSAGE).unwrap_or_default();
    let message = message(&text);
    let url = url.to_owned();
    match status {
        429 => Error::TooManyRequests { url, message },
        _ => Error::Status { url, status, message },
    }
}

/// What a registry says in the form of its specification, or nothing: pages for people are of no
/// use in an error.
fn message(text: &[u8]) -> String {
    let document: Option<serde_json::Value> = serde_json::from_slice(text).ok();
    let words = document.as_ref().and_then(|it| {
        let first = it.pointer("/errors/0/message").or_else(|| it.get("message"));
        first.or_else(|| it.get("details"))?.as_str()
    });
    words.unwrap_or_default().chars().filter(|it| !it.is_control()).take(200).collect()
}

/// Whether the server cannot answer just now.
fn is_busy(answer: &Answer) -> bool {
    matches!(answer.status().as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

pub(crate) fn failure(url: &str, error: ureq::Error) -> Error {
    let url = url.to_owned();
    match error {
        ureq::Error::Timeout(what) => Error::Timeout { url, why: what.to_string() },
        ureq::Error::Io(error) if is_timeout(&error) => {
            Error::Timeout { url, why: "no more bytes came".to_owned() }
        }
        ureq::Error::BadUri(why) => Error::Address { url, why },
        ureq::Error::TooManyRedirects => {
            Error::Protocol { url, why: "it leads from place to place without end".to_owned() }
        }
        ureq::Error::LargeResponseHeader(..) => {
            Error::Protocol { url, why: "its head is too long".to_owned() }
        }
        other => Error::Unreachable { url, why: other.to_string() },
    }
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock)
}

/// The proxy that the environment names, in lower case first, as most programs have it.
fn proxy(environment: &BTreeMap<String, String>, name: &str) -> Result<Option<Proxy>, Error> {
    let get = |name: &str| {
        let found = environment.get(&name.to_lowercase()).or_else(|| environment.get(name));
        found.filter(|it| !it.is_empty())
    };
    let Some(url) = get(name).or_else(|| get("ALL_PROXY")) else { return Ok(None) };
    let wrong = |why: String| Error::Address { url: without_password(url), why };
    let plain = Proxy::new(url).map_err(|it| wrong(it.to_string()))?;
    let Some(exceptions) = get("NO_PROXY") else { return Ok(Some(plain)) };
    let mut builder = Proxy::builder(plain.protocol()).host(plain.host()).port(plain.port());
    if let (Some(user), Some(password)) = (plain.username(), plain.password()) {
        builder = builder.username(user).password(password);
    }
    for exception in exceptions.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        builder = builder.no_proxy(exception);
    }
    builder.build().map(Some).map_err(|it| wrong(it.to_string()))
}

fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            let head = url.get(..scheme + 3).unwrap_or_default();
            format!("{head}***{}", url.get(at..).unwrap_or_default())
        }
        _ => url.to_owned(),
    }
}

/// The system's certificates with those that were named; the built-in list where the system has
/// none.
fn roots(options: &HttpOptions) -> Result<RootCerts, Error> {
    let named = options.environment.get("SSL_CERT_FILE").filter(|it| !it.is_empty());
    let system = named
        .map(PathBuf::from)
        .or_else(|| SYSTEM_ROOTS.iter().map(PathBuf::from).find(|it| it.is_file()));
    let mut res = Vec::new();
    for path in system.iter().chain(&options.extra_roots) {
        let certificates = certificates(path)
            .map_err(|why| Error::Address { url: path.display().to_string(), why })?;
        res.extend(certificates);
    }
    if res.is_empty() {
        return Ok(RootCerts::WebPki);
    }
    Ok(RootCerts::new_with_certs(&res))
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let text = fs::read(path).map_err(|it| it.to_string())?;
    let mut res = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(it) = item.map_err(|it| it.to_string())? {
            res.push(it);
        }
    }
    Ok(res)
}

/// Where systems keep the certificates they trust.
const SYSTEM_ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
];

/// A registry leads to a storage, which may lead to another.
const MAX_REDIRECTS: u32 = 6;

/// So much of a complaint is read.
const MAX_MESSAGE: u64 = 64 << 10;
