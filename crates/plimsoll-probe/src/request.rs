//! What is asked of a snapshot.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use plimsoll_docker::Endpoint;
use plimsoll_host::Hide;

/// What to take a snapshot of.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where the engine listens; the host itself is looked at if that is a socket of this machine.
    pub endpoint: Endpoint,
    /// Where the host's files are: `/`, or the place at which they are mounted into a container.
    pub root: PathBuf,
    /// The environment of whoever asks; its `HOME` has contexts and settings of a rootless engine.
    pub environment: BTreeMap<String, String>,
    /// The time, in seconds since 1970-01-01 UTC.
    pub taken_at: u64,
    /// Hides secrets in the arguments of processes.
    pub hide: Hide,
    /// How long is waited, and how much is taken.
    pub limits: Limits,
}

impl Request {
    /// A snapshot of the host whose engine listens at `endpoint`, with the usual limits.
    pub fn new(endpoint: Endpoint, taken_at: u64, hide: Hide) -> Self {
        Self {
            endpoint,
            root: PathBuf::from("/"),
            environment: BTreeMap::new(),
            taken_at,
            hide,
            limits: Limits::default(),
        }
    }

    /// Whether the host's files are where they are at home.
    pub(crate) fn is_at_root(&self) -> bool {
        self.root == Path::new("/")
    }
}

/// How long is waited, and how much is taken. What is beyond is unknown, and a gap says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For a connection to the engine, and for each piece of an answer.
    pub silence: Duration,
    /// For all answers of the engine together.
    pub engine: Duration,
    /// For files, processes and tools together.
    pub host: Duration,
    /// Bytes of one answer.
    pub answer: u64,
    /// Bytes of all answers together.
    pub answers: u64,
    /// Containers that are inspected; as many networks and images.
    pub containers: usize,
    /// Questions that are asked of the engine at once.
    pub at_once: usize,
    /// Bytes of the text of one file; sixteen times as many of one in `/proc`, and of a tool.
    pub text: u64,
    /// Entries of one folder.
    pub entries: usize,
    /// Files and folders in all.
    pub files: usize,
    /// Processes that are told apart.
    pub processes: usize,
    /// Processes of one container that are looked at.
    pub container_processes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(10),
            engine: Duration::from_mins(1),
            host: Duration::from_secs(20),
            answer: 64 << 20,
            answers: 256 << 20,
            containers: 10_000,
            at_once: 8,
            text: 1 << 20,
            entries: 1_000,
            files: 50_000,
            processes: 100_000,
            container_processes: 64,
        }
    }
}

/// How far a snapshot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The engine is asked.
    Engine {
        /// Answers that have come.
        done: usize,
        /// Answers that are known to come.
        total: usize,
    },
    /// Files, processes and tools are read.
    Host,
}
