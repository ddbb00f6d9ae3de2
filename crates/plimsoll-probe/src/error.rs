//! What can go wrong with a snapshot's file, by what the user can do about it.

use std::{
    io,
    path::{Path, PathBuf},
};

use plimsoll_host::SnapshotError;

/// A failure at a snapshot's file. Taking a snapshot cannot fail: what was not had is unknown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file holds no snapshot that this program can judge.
    #[error("`{}`: {source}", path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SnapshotError,
    },
    /// The file is longer than any snapshot.
    #[error("`{}` is longer than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: u64,
    },
    /// A link or a folder where the snapshot would be written.
    #[error("`{}` is no regular file; nothing is written through links", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// Anything else that the system says.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Snapshot { .. } | Self::TooLarge { .. } => {
                "name a file that `plimsoll host --save` wrote, or take the snapshot again"
            }
            Self::NotAFile { .. } => "name another file, or the one that the link leads to",
            Self::Io { .. } => "see what the system says, then try again",
        }
    }

    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}
