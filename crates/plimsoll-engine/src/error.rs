//! Why a run cannot start.

use std::path::{Path, PathBuf};

use plimsoll_policy::PolicyError;

use crate::database::DatabaseError;

/// Why a run cannot start. What goes wrong with single files is a gap in the report instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file that the run depends on cannot be read or written.
    #[error(transparent)]
    File(#[from] plimsoll_fs::Error),
    /// There are no advisories to judge by, or they cannot be renewed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A settings or baseline file says something that is not understood.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Settings(Vec<PolicyError>),
    /// No rule is called so.
    #[error("no rule is called `{name}`")]
    UnknownRule {
        /// The name.
        name: String,
        /// What may have been meant.
        nearest: Option<String>,
    },
    /// A path on the command line leads nowhere.
    #[error("`{}` does not exist", path.display())]
    NoSuchPath {
        /// The path.
        path: PathBuf,
    },
    /// The clock gives no date.
    #[error("the system clock gives no date, so that waivers cannot be judged")]
    Clock,
    /// There is no compose project where one was looked for, or more than one.
    #[error("{}", no_project(folder, found))]
    NoProject {
        /// Where it was looked for.
        folder: PathBuf,
        /// The files of which one may have been meant.
        found: Vec<String>,
    },
    /// A file that was to be an image is none.
    #[error("`{}` is neither an image nor a file system: {why}", path.display())]
    NotAnImage {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// The file of a host's snapshot cannot be read or written.
    #[error(transparent)]
    Snapshot(#[from] plimsoll_probe::Error),
    /// An archive or a layout holds no image that can be used.
    #[error("`{}`: {error}", path.display())]
    Archive {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        error: plimsoll_oci::ArchiveError,
    },
    /// Text that is no reference of an image.
    #[error("`{name}` is no reference of an image")]
    Reference {
        /// The text.
        name: String,
    },
    /// An image that is found nowhere.
    #[error("no image `{name}` is found\n  - {}", tried.join("\n  - "))]
    NoImage {
        /// Its name.
        name: String,
        /// Why, place by place.
        tried: Vec<String>,
    },
    /// What a registry has under a name is of no use.
    #[error("the registry's `{name}` cannot be used: {why}")]
    Registry {
        /// The name.
        name: String,
        /// Why not.
        why: String,
    },
    /// The network is needed and forbidden.
    #[error("{what} can only be reached over the network, which `--offline` forbids")]
    Offline {
        /// What is needed.
        what: String,
    },
    /// A bill of materials cannot be read.
    #[error("`{name}` is no bill of materials that can be read: {why}")]
    Bill {
        /// The file.
        name: String,
        /// Why not.
        why: String,
    },
    /// A document of statements about vulnerabilities cannot be read.
    #[error("`{}` is no VEX document that can be read: {why}", path.display())]
    Vex {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A platform that cannot be read.
    #[error("`{text}` is no platform")]
    Platform {
        /// The text.
        text: String,
    },
    /// The advisory store is torn.
    #[error("the advisory store cannot be read: {why}")]
    Store {
        /// Why not.
        why: String,
    },
    /// The engine.
    #[error(transparent)]
    Docker(#[from] plimsoll_docker::Error),
    /// The network.
    #[error(transparent)]
    Network(#[from] plimsoll_net::Error),
    /// A SARIF file cannot be read.
    #[error("`{}` is no SARIF that can be read: {why}", path.display())]
    Import {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
}

fn no_project(folder: &Path, found: &[String]) -> String {
    let place = if folder.as_os_str().is_empty() { Path::new(".") } else { folder }.display();
    if found.is_empty() {
        return format!("no compose file is found for `{place}`");
    }
    let shown = found.iter().take(MAX_SHOWN).map(|it| format!("`{it}`")).collect::<Vec<_>>();
    let more = found.len().saturating_sub(MAX_SHOWN);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("`{place}` has several compose projects: {}{rest}", shown.join(", "))
}

/// A message names no more files than this.
const MAX_SHOWN: usize = 5;

impl Error {
    /// What to do about it; empty where the message says it all.
    pub fn hint(&self) -> String {
        match self {
            Error::File(error) => error.hint().to_owned(),
            Error::Database(error) => error.hint(),
            Error::Settings(_) => "the settings are described by `plimsoll schema`".to_owned(),
            Error::UnknownRule { nearest: Some(name), .. } => format!("did you mean `{name}`?"),
            Error::UnknownRule { nearest: None, .. } => "`plimsoll rules` lists them".to_owned(),
            Error::NoSuchPath { .. } => "check the path; `-` reads standard input".to_owned(),
            Error::Clock => "set the clock of this machine".to_owned(),
            Error::NoProject { .. } => {
                "name the compose files, in the order in which they are laid over each other"
                    .to_owned()
            }
            Error::NotAnImage { .. } | Error::Archive { .. } => {
                "give an archive that `docker save` wrote, an OCI layout, or a folder".to_owned()
            }
            Error::Snapshot(error) => error.hint().to_owned(),
            Error::Reference { .. } => "write it as name:tag".to_owned(),
            Error::NoImage { .. } | Error::Registry { .. } => {
                "check the name with `docker images`, or pull it first".to_owned()
            }
            Error::Offline { .. } => {
                "run without `--offline`, or give an archive that `docker save` wrote".to_owned()
            }
            Error::Bill { .. } => {
                "CycloneDX, SPDX and Syft's own form are read, all as JSON".to_owned()
            }
            Error::Vex { .. } => "OpenVEX, CycloneDX and CSAF are read, all as JSON".to_owned(),
            Error::Platform { .. } => "write it as os/architecture, such as linux/arm64".to_owned(),
            Error::Store { .. } => "fetch it again: `plimsoll db update`".to_owned(),
            Error::Docker(error) => error.hint().to_owned(),
            Error::Network(error) => error.hint().to_owned(),
            Error::Import { .. } => "export it again as SARIF 2.1.0".to_owned(),
        }
    }
}
