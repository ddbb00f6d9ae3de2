//! Why a run cannot start.

use std::path::PathBuf;

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
    /// A SARIF file cannot be read.
    #[error("`{}` is no SARIF that can be read: {why}", path.display())]
    Import {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
}

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
            Error::Import { .. } => "export it again as SARIF 2.1.0".to_owned(),
        }
    }
}
