//! Why a run cannot start.

use std::path::{Path, PathBuf};

use plimsoll_policy::PolicyError;

/// Why a run cannot start. What goes wrong with single files is a gap in the report instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file that the run depends on cannot be read or written.
    #[error(transparent)]
    File(#[from] plimsoll_fs::Error),
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
            Error::Settings(_) => "the settings are described by `plimsoll schema`".to_owned(),
            Error::UnknownRule { nearest: Some(name), .. } => format!("did you mean `{name}`?"),
            Error::UnknownRule { nearest: None, .. } => "`plimsoll rules` lists them".to_owned(),
            Error::NoSuchPath { .. } => "check the path; `-` reads standard input".to_owned(),
            Error::Clock => "set the clock of this machine".to_owned(),
            Error::NoProject { .. } => {
                "name the compose files, in the order in which they are laid over each other"
                    .to_owned()
            }
            Error::Import { .. } => "export it again as SARIF 2.1.0".to_owned(),
        }
    }
}
