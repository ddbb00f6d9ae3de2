//! The raw snapshot of a host, and the file that keeps it.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::known::Known;

/// The number of the snapshot's format; a file with a higher one is refused.
pub const SNAPSHOT_FORMAT: u32 = 1;

/// Everything that was collected of one host at one time. What a map does not hold was not asked
/// for: use [`Collected::file`], [`Collected::answer`] and [`Collected::output`], which say so.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Collected {
    /// [`SNAPSHOT_FORMAT`] of the program that wrote it.
    pub format: u32,
    /// When it was taken, in seconds since 1970-01-01 UTC.
    pub taken_at: u64,
    /// The name of the host, or the address of a remote engine.
    pub name: String,
    /// How much of the host could be looked at.
    pub reach: Reach,
    /// Where the engine was asked: `unix:///run/docker.sock`. Tells which of several engines of one
    /// host the answers are of.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The engine's answers by API path without version (`/info`, `/containers/ID/json`).
    pub answers: BTreeMap<String, Known<Box<RawValue>>>,
    /// Files, folders and sockets by absolute path; also those of `/proc` and `/sys`.
    pub files: BTreeMap<String, Known<FileFacts>>,
    /// The processes of the engine (dockerd, containerd) and the first one of every container, and
    /// what else was asked for.
    pub processes: Known<Vec<ProcessFacts>>,
    /// What read-only tools printed, by their command line (`auditctl -l`).
    pub outputs: BTreeMap<String, Known<String>>,
    /// Parts that were cut or given up, each in one sentence.
    pub gaps: Vec<String>,
}

/// How much of a host could be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// The host itself: engine, files and processes.
    Host,
    /// Only the engine, through its API.
    Engine,
    /// Only settings that were handed over; no engine and no host.
    Settings,
}

/// A file, folder, socket or link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileFacts {
    /// What it is, after links are followed.
    pub kind: FileKind,
    /// Number of the owner.
    pub owner: u32,
    /// Number of the group.
    pub group: u32,
    /// Permission bits with setuid, setgid and sticky: the lowest twelve of the mode.
    pub mode: u32,
    /// Size in bytes.
    pub size: u64,
    /// Last change of the content, in seconds since 1970-01-01 UTC.
    pub modified: i64,
    /// Where the path leads, if it is a link.
    pub link: Option<String>,
    /// The text; `Absent` where nobody asked for it.
    pub text: Known<String>,
    /// The names in the folder; `Absent` where it is none or nobody asked.
    pub entries: Known<Vec<String>>,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A socket.
    Socket,
    /// A device, a pipe, or something else.
    Other,
}

/// A process, from `/proc`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProcessFacts {
    /// Its number as the host sees it.
    pub pid: u32,
    /// That of its parent.
    pub parent: u32,
    /// Its short name.
    pub name: String,
    /// The program it runs.
    pub program: Known<String>,
    /// Its arguments, the program's name first; secrets masked.
    pub arguments: Vec<String>,
    /// Its user numbers as the host sees them.
    pub user: UserIds,
    /// Its group numbers as the host sees them.
    pub group: UserIds,
    /// Further groups.
    pub groups: Vec<u32>,
    /// Capabilities by bit: effective.
    pub effective_capabilities: u64,
    /// Capabilities by bit: bounding set.
    pub bounding_capabilities: u64,
    /// `Seccomp` of its status: 0 off, 1 strict, 2 filter.
    pub seccomp: Option<u8>,
    /// `NoNewPrivs` of its status.
    pub no_new_privileges: Option<bool>,
    /// Label of AppArmor or SELinux; `Absent` where the kernel has neither.
    pub label: Known<String>,
    /// Numbers of its namespaces by kind (`net`, `pid`, `user`, ...).
    pub namespaces: Known<BTreeMap<String, u64>>,
    /// `uid_map` of its user namespace.
    pub user_map: Known<String>,
    /// Its control group, as `/proc/PID/cgroup` has it.
    pub control_group: Known<String>,
}

/// The four numbers that a process has of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct UserIds {
    /// Who started it.
    pub real: u32,
    /// With whose rights it acts.
    pub effective: u32,
    /// Whose rights it can take back.
    pub saved: u32,
    /// Whose rights it has on files.
    pub file_system: u32,
}

impl ProcessFacts {
    /// The identifier of the container that it runs in, by its control group.
    pub fn container(&self) -> Option<&str> {
        let groups = self.control_group.had()?;
        groups.split(['/', '-', '.', '\n', ':']).find(|it| {
            it.len() == CONTAINER_DIGITS && it.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    }
}

/// The identifier of a container has so many hexadecimal digits.
const CONTAINER_DIGITS: usize = 64;

impl Collected {
    /// A snapshot that holds nothing yet.
    pub fn new(name: impl Into<String>, taken_at: u64, reach: Reach) -> Self {
        Self {
            format: SNAPSHOT_FORMAT,
            taken_at,
            name: name.into(),
            reach,
            endpoint: None,
            answers: BTreeMap::new(),
            files: BTreeMap::new(),
            processes: not_asked("the processes"),
            outputs: BTreeMap::new(),
            gaps: Vec::new(),
        }
    }

    /// Reads a snapshot file.
    pub fn read(text: &str) -> Result<Self, SnapshotError> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        let malformed = |it: serde_json::Error| SnapshotError::Malformed(it.to_string());
        let head: Head = serde_json::from_str(text).map_err(malformed)?;
        if head.format > SNAPSHOT_FORMAT {
            return Err(SnapshotError::Newer(head.format));
        }
        serde_json::from_str(text).map_err(malformed)
    }

    /// The text of the snapshot file.
    pub fn write(&self) -> Result<String, SnapshotError> {
        serde_json::to_string(self).map_err(|it| SnapshotError::Malformed(it.to_string()))
    }

    /// The file, folder or socket at `path`.
    pub fn file(&self, path: &str) -> Known<&FileFacts> {
        match self.files.get(path) {
            Some(known) => known.map(|it| it),
            None => not_asked(path),
        }
    }

    /// The text of the file at `path`.
    pub fn text(&self, path: &str) -> Known<&str> {
        match self.files.get(path) {
            Some(known) => known.and_then(|it| it.text.map(String::as_str)),
            None => not_asked(path),
        }
    }

    /// The engine's answer at `path`, as JSON text.
    pub fn answer(&self, path: &str) -> Known<&str> {
        match self.answers.get(path) {
            Some(known) => known.map(|it| it.get()),
            None => not_asked(path),
        }
    }

    /// What the tool printed that was called by `command`.
    pub fn output(&self, command: &str) -> Known<&str> {
        match self.outputs.get(command) {
            Some(known) => known.map(String::as_str),
            None => not_asked(command),
        }
    }
}

fn not_asked<T>(what: &str) -> Known<T> {
    Known::unknown(
        format!("{what} was not collected"),
        "take the snapshot on the host itself with this version of plimsoll",
    )
}

/// Why a snapshot file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotError {
    /// It is no snapshot, or damaged.
    Malformed(String),
    /// It was written by a newer program, in this format.
    Newer(u32),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "no host snapshot, or a damaged one: {why}"),
            Self::Newer(format) => write!(
                f,
                "the snapshot has format {format}, and this program reads up to {SNAPSHOT_FORMAT}: \
                 judge it with the version of plimsoll that wrote it, or a newer one"
            ),
        }
    }
}

impl std::error::Error for SnapshotError {}

#[cfg(test)]
mod tests {
    use super::{Collected, Reach, SnapshotError};
    use crate::Known;

    #[test]
    fn a_snapshot_survives_its_file_and_keeps_the_engines_text() {
        let mut before = Collected::new("box", 1, Reach::Host);
        let answer = r#"{"ID":  "x", "New": 1.50}"#.to_owned();
        let raw = serde_json::value::RawValue::from_string(answer.clone()).unwrap();
        before.answers.insert("/info".to_owned(), Known::Had(raw));
        before.outputs.insert("auditctl -l".to_owned(), Known::unknown("denied", "be root"));
        let after = Collected::read(&before.write().unwrap()).unwrap();
        assert_eq!(after.answer("/info").had(), Some(&answer.as_str()));
        assert_eq!(after.output("auditctl -l"), Known::unknown("denied", "be root"));
        assert!(matches!(after.file("/etc/docker"), Known::Unknown { .. }));
    }

    #[test]
    fn a_newer_or_damaged_snapshot_is_refused() {
        let newer = Collected::read(r#"{"format": 99, "else": 1}"#);
        assert_eq!(newer.unwrap_err(), SnapshotError::Newer(99));
        assert!(matches!(Collected::read("{"), Err(SnapshotError::Malformed(_))));
    }
}
