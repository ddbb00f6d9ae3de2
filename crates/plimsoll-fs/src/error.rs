//! What can go wrong at the disk, by what the user can do about it.

use std::{
    io,
    path::{Path, PathBuf},
};

/// A failure at a file, folder or stream.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing.
    #[error("`{}` does not exist", path.display())]
    NotFound {
        /// What was asked for.
        path: PathBuf,
    },
    /// The system does not let us.
    #[error("`{}` may not be accessed: permission denied", path.display())]
    Permission {
        /// What was asked for.
        path: PathBuf,
    },
    /// A folder where a file is needed.
    #[error("`{}` is a folder, not a file", path.display())]
    IsFolder {
        /// What was asked for.
        path: PathBuf,
    },
    /// A file where a folder is needed.
    #[error("`{}` is not a folder", path.display())]
    NotFolder {
        /// What was asked for.
        path: PathBuf,
    },
    /// A device, pipe or socket, which could block or never end.
    #[error("`{}` is neither a file nor a folder", path.display())]
    NotAFile {
        /// What was asked for.
        path: PathBuf,
    },
    /// More bytes than the limit.
    #[error("`{}` is larger than {limit} bytes", path.display())]
    TooLarge {
        /// What was asked for; `-` for standard input.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// A NUL byte near the start.
    #[error("`{}` is a binary file (NUL at byte {offset})", path.display())]
    Binary {
        /// What was asked for; `-` for standard input.
        path: PathBuf,
        /// Where the first NUL stands.
        offset: usize,
    },
    /// Bytes that are not UTF-8.
    #[error("`{}` is not valid UTF-8 at byte {offset}", path.display())]
    NotUtf8 {
        /// What was asked for; `-` for standard input.
        path: PathBuf,
        /// Where the first bad byte stands.
        offset: usize,
    },
    /// A path whose own name is not UTF-8.
    #[error("the name of `{}` is not valid UTF-8", path.display())]
    NameNotUtf8 {
        /// The path.
        path: PathBuf,
    },
    /// A symbolic link where a file must be written.
    #[error("`{}` is a symbolic link; nothing is written through links", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// The file is not what it was when it was read.
    #[error("`{}` was changed by someone else after it was read", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The owner could not be kept.
    #[error("`{}` belongs to someone else, and its owner cannot be kept", path.display())]
    Owner {
        /// The file.
        path: PathBuf,
    },
    /// Folders nested deeper than the limit; what is in there was not seen.
    #[error("`{}` lies deeper than {limit} folders and was not entered", path.display())]
    TooDeep {
        /// The folder not entered.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// More entries than the limit; the rest was not seen.
    #[error("more than {limit} files and folders; from `{}` on none was looked at", path.display())]
    TooMany {
        /// The first entry not looked at.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// Anything else that the system says.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// What was asked for.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Error {
    /// The path that it is about; `-` for standard input.
    pub fn path(&self) -> &Path {
        match self {
            Self::NotFound { path }
            | Self::Permission { path }
            | Self::IsFolder { path }
            | Self::NotFolder { path }
            | Self::NotAFile { path }
            | Self::TooLarge { path, .. }
            | Self::Binary { path, .. }
            | Self::NotUtf8 { path, .. }
            | Self::NameNotUtf8 { path }
            | Self::Link { path }
            | Self::Changed { path }
            | Self::Owner { path }
            | Self::TooDeep { path, .. }
            | Self::TooMany { path, .. }
            | Self::Io { path, .. } => path,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "check the path, and the folder you are in",
            Self::Permission { .. } => "give yourself the right to it, or leave it out",
            Self::IsFolder { .. } => "name a file in it, or use a command that takes folders",
            Self::NotFolder { .. } => "name a folder",
            Self::NotAFile { .. } => "name a regular file, or pipe the text in with `-`",
            Self::TooLarge { .. } => "leave it out, or judge the part that matters",
            Self::Binary { .. } => "only text can be judged; leave it out",
            Self::NotUtf8 { .. } => "save it as UTF-8",
            Self::NameNotUtf8 { .. } => "rename it, or leave it out",
            Self::Link { .. } => "name the file that the link leads to",
            Self::Changed { .. } => "run again, so that it is judged as it is",
            Self::Owner { .. } => "run as its owner",
            Self::TooDeep { .. } => "name that folder itself to have it judged",
            Self::TooMany { .. } => "name fewer folders, or ignore those without files to judge",
            Self::Io { .. } => "see what the system says, then try again",
        }
    }

    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path },
            io::ErrorKind::PermissionDenied => Self::Permission { path },
            io::ErrorKind::IsADirectory => Self::IsFolder { path },
            io::ErrorKind::NotADirectory => Self::NotFolder { path },
            _ => Self::Io { path, source },
        }
    }
}
