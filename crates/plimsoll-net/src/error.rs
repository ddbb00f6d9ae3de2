//! What can go wrong on the network, by what the user can do about it.

/// A failure on the network.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be used.
    #[error("`{url}` cannot be used: {why}")]
    Address {
        /// As it was given.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// No connection, or it broke.
    #[error("{url} cannot be reached: {why}")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// What the system says.
        why: String,
    },
    /// It took too long.
    #[error("{url} did not answer in time ({why})")]
    Timeout {
        /// What was asked for.
        url: String,
        /// What was waited for.
        why: String,
    },
    /// The other side says no.
    #[error("{url} answers with {status}{}", words(message))]
    Status {
        /// What was asked for.
        url: String,
        /// HTTP status.
        status: u16,
        /// Its own words; may be empty.
        message: String,
    },
    /// It asks to be left alone for now.
    #[error("{url} lets nobody in for now (429){}", words(message))]
    TooManyRequests {
        /// What was asked for.
        url: String,
        /// Its own words; may be empty.
        message: String,
    },
    /// What came is not what was named by its digest.
    #[error("{url} sent {found} in place of {expected}")]
    Digest {
        /// What was asked for.
        url: String,
        /// The digest that was asked for.
        expected: String,
        /// That of what came.
        found: String,
    },
    /// More bytes than the limit.
    #[error("{url} sends more than {limit} bytes")]
    TooLarge {
        /// What was asked for.
        url: String,
        /// The limit.
        limit: u64,
    },
    /// What came cannot be understood.
    #[error("the answer of {url} cannot be understood: {why}")]
    Protocol {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// A credential helper, or the settings it stands in.
    #[error("no credentials for {host}: {why}")]
    Credentials {
        /// For whom.
        host: String,
        /// What went wrong.
        why: String,
    },
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Address { .. } => "write it as https://host/path",
            Self::Unreachable { .. } => {
                "check the name, the proxy (HTTPS_PROXY) and the certificates (SSL_CERT_FILE)"
            }
            Self::Timeout { .. } => "try again, or use a mirror that is nearer",
            Self::Status { status: 401 | 403, .. } => "log in first: `docker login`",
            Self::Status { status: 404, .. } => "check the name and the tag",
            Self::Status { .. } => "try again later; if it stays, ask who runs the server",
            Self::TooManyRequests { .. } => "wait, log in, or use a mirror",
            Self::Digest { .. } => "do not use it: something between you and the server changes it",
            Self::TooLarge { .. } => "check that it is what you wanted",
            Self::Protocol { .. } => "check that it is what the address says",
            Self::Credentials { .. } => {
                "run `docker login` again, or take the helper out of config.json"
            }
        }
    }

    /// Whether trying again may help.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Timeout { .. } | Self::TooManyRequests { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }
}

fn words(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}
