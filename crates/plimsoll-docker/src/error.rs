//! What can go wrong with an engine, by what the user can do about it.

use std::{io, path::PathBuf};

/// A failure at an engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing listens where an engine is expected.
    #[error("no engine answers at {endpoint}: {why}")]
    Unreachable {
        /// Where it was looked for.
        endpoint: String,
        /// What the system says.
        why: String,
    },
    /// The socket may not be opened by this user.
    #[error("the socket {} may not be opened: permission denied", path.display())]
    Permission {
        /// The socket.
        path: PathBuf,
    },
    /// The address cannot be understood.
    #[error("`{host}` is no address of an engine: {why}")]
    Address {
        /// As it was given.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// A context of the Docker CLI that is not there or cannot be read.
    #[error("the Docker context `{name}` cannot be used: {why}")]
    Context {
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// Certificates or the handshake.
    #[error("no secure connection to {endpoint}: {why}")]
    Tls {
        /// Where.
        endpoint: String,
        /// What is wrong.
        why: String,
    },
    /// The engine stopped answering.
    #[error("the engine did not go on with `{path}` within {seconds} seconds")]
    Timeout {
        /// What was asked for.
        path: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The answer is longer than the limit.
    #[error("the answer to `{path}` is longer than {limit} bytes")]
    TooLarge {
        /// What was asked for.
        path: String,
        /// The limit.
        limit: u64,
    },
    /// What came back is not what an engine says.
    #[error("the answer to `{path}` cannot be understood: {why}")]
    Protocol {
        /// What was asked for.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The engine says no.
    #[error("the engine answers `{path}` with {status}: {message}")]
    Status {
        /// What was asked for.
        path: String,
        /// HTTP status.
        status: u16,
        /// Its own words.
        message: String,
    },
    /// The connection broke.
    #[error("the connection broke while `{path}` was read: {source}")]
    Io {
        /// What was asked for.
        path: String,
        /// What the system says.
        source: io::Error,
    },
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => {
                "start the engine, or say where it listens with DOCKER_HOST or `docker context use`"
            }
            Self::Permission { .. } => {
                "run as root, or as a member of the group that owns the socket (which is as good as root)"
            }
            Self::Address { .. } => "write unix:///path, tcp://host:port or ssh://user@host",
            Self::Context { .. } => "see `docker context ls`, or unset DOCKER_CONTEXT",
            Self::Tls { .. } => {
                "check ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH or the context"
            }
            Self::Timeout { .. } => "see whether the engine hangs: `docker info`",
            Self::TooLarge { .. } => "an engine of this size cannot be read whole; ask for less",
            Self::Protocol { .. } => "check that it is an engine that listens there",
            Self::Status { status: 404, .. } => "check the name: `docker images`, `docker ps -a`",
            Self::Status { .. } => "see the engine's log",
            Self::Io { .. } => "see whether the engine was restarted, then try again",
        }
    }

    /// Whether the engine says that there is no such thing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Status { status: 404, .. })
    }
}
