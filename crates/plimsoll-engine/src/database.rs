//! The advisory database: where it lies, which one is used, and how old its facts are.
//!
//! Making, fetching and telling of it stand in the files below. Must not know images or findings.

mod embedded;
mod freshness;
mod feeds;
mod collect;
mod build;
mod state;
mod refresh;
mod documents;
mod update;
mod status;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use plimsoll_fs::{MappedFile, data_folder, exists};
use plimsoll_package::Ecosystem;
use plimsoll_vuln::{BuildError, SourceInfo, Store, StoreError};

use crate::database::embedded::EMBEDDED;

pub use crate::database::{
    build::{BuildAnswer, BuildRequest, DatabaseProgress, SilentDatabase, build_database},
    freshness::{Freshness, SourceAge, Staleness},
    status::database_status,
    update::{FeedChange, SkipReason, SkippedFeed, UpdateAnswer, UpdateRequest, update_database},
};

/// Which advisories to judge by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DatabaseChoice {
    /// The user's own store or the embedded one, whichever has the newer facts.
    #[default]
    Newest,
    /// The store in this file, and no other.
    File(PathBuf),
    /// What the program carries.
    Embedded,
}

/// Advisories that are ready to be asked.
#[derive(Debug)]
pub struct Database {
    content: Content,
    origin: DatabaseOrigin,
    sources: Vec<SourceInfo>,
    built_at: i64,
}

/// Where advisories come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseOrigin {
    /// A file.
    File(PathBuf),
    /// The program itself. The user's store is older, if there is one.
    Embedded {
        /// The user's store that has older facts.
        older: Option<PathBuf>,
    },
}

/// Why there are no advisories to judge by, or they cannot be renewed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The store cannot be read or written.
    #[error(transparent)]
    File(#[from] plimsoll_fs::Error),
    /// The store is not one that can be used.
    #[error("`{name}` cannot be used: {why}")]
    Store {
        /// Its path, or what it is.
        name: String,
        /// What is wrong with it.
        why: StoreError,
    },
    /// Nobody has said where the user's files lie.
    #[error("neither XDG_DATA_HOME nor HOME says where the advisory database lies")]
    NoFolder,
    /// A feed says something that cannot be.
    #[error("`{name}` cannot be used: {why}")]
    Feed {
        /// Its path or address.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is nothing to build from.
    #[error("no feed is found in `{}`", folder.display())]
    NoFeeds {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// A mirror of a feed that is not fetched.
    #[error("no feed is called `{name}`")]
    UnknownFeed {
        /// The name.
        name: String,
    },
    /// Another run renews the same store.
    #[error("another run is renewing `{}`", path.display())]
    Locked {
        /// The store.
        path: PathBuf,
    },
    /// The user forbids the network.
    #[error("renewing the advisory database needs the network, which `--offline` forbids")]
    Offline,
    /// A server cannot be reached, or does not give what it should.
    #[error(transparent)]
    Network(#[from] plimsoll_net::Error),
    /// The facts do not make a store.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The store cannot be written.
    #[error("`{}` cannot be written: {why}; what was there is unchanged", path.display())]
    Write {
        /// The store.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
}

impl DatabaseError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::File(error) => error.hint().to_owned(),
            Self::Store { why, .. } => why.hint().to_owned(),
            Self::Feed { .. } => {
                "what was there is unchanged; try again later, or use a mirror with `--base`"
                    .to_owned()
            }
            Self::NoFeeds { .. } => {
                "lay them out as `<ECOSYSTEM>/all.zip` or `osv/<ECOSYSTEM>.tar.zst`".to_owned()
            }
            Self::UnknownFeed { .. } => {
                "`osv` is all of OSV's bucket; the other names are those of `plimsoll db status`"
                    .to_owned()
            }
            Self::Locked { .. } => "wait until it has ended".to_owned(),
            Self::Offline => {
                "fetch a store elsewhere, and name it with `plimsoll db update --from FILE`"
                    .to_owned()
            }
            Self::Network(error) => error.hint().to_owned(),
            Self::Build(_) | Self::Write { .. } => {
                "make room on the disk, and see that the folder may be written".to_owned()
            }
            Self::NoFolder => "name the file with `--db`".to_owned(),
        }
    }
}

#[derive(Debug)]
enum Content {
    Mapped(MappedFile),
    Embedded,
}

impl Database {
    /// Opens the advisories to judge by. A store of the user that cannot be used is an error, never
    /// passed over: whoever keeps one relies on it.
    pub fn open(
        choice: &DatabaseChoice,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, DatabaseError> {
        match choice {
            DatabaseChoice::File(path) => Self::from_file(path),
            DatabaseChoice::Embedded => Self::embedded(None),
            DatabaseChoice::Newest => {
                let Some(path) = user_store(environment).filter(|it| exists(it)) else {
                    return Self::embedded(None);
                };
                let own = Self::from_file(&path)?;
                let embedded = Self::embedded(Some(path))?;
                Ok(if own.newest() >= embedded.newest() { own } else { embedded })
            }
        }
    }

    /// The store. It keeps what it has checked and unpacked, so open it once for a run.
    pub fn store(&self) -> Result<Store<'_>, DatabaseError> {
        open_store(&self.content, &self.origin)
    }

    /// Where it comes from.
    pub fn origin(&self) -> &DatabaseOrigin {
        &self.origin
    }

    /// Feeds that its facts come from, by name.
    pub fn sources(&self) -> &[SourceInfo] {
        &self.sources
    }

    /// When it was built, in seconds since 1970.
    pub fn built_at(&self) -> i64 {
        self.built_at
    }

    /// Bytes of the store.
    pub fn size(&self) -> u64 {
        bytes(&self.content).len() as u64
    }

    /// How far its facts reach.
    pub fn freshness(&self) -> Freshness {
        Freshness::of(&self.sources)
    }

    /// How far the facts reach by which packages of these ecosystems were judged; the numbers are
    /// those of [`plimsoll_vuln::Matches::asked`]. Where none was, it is how far all of them reach.
    pub fn freshness_of(&self, asked: &BTreeMap<Ecosystem, u64>) -> Freshness {
        Freshness::of_asked(&self.sources, asked)
    }

    fn from_file(path: &Path) -> Result<Self, DatabaseError> {
        let content = Content::Mapped(MappedFile::open(path)?);
        Self::new(content, DatabaseOrigin::File(path.to_owned()))
    }

    fn embedded(older: Option<PathBuf>) -> Result<Self, DatabaseError> {
        Self::new(Content::Embedded, DatabaseOrigin::Embedded { older })
    }

    fn new(content: Content, origin: DatabaseOrigin) -> Result<Self, DatabaseError> {
        let store = open_store(&content, &origin)?;
        let sources = store
            .sources()
            .map_err(|why| DatabaseError::Store { name: origin.to_string(), why })?;
        let built_at = store.built_at();
        drop(store);
        Ok(Self { content, origin, sources, built_at })
    }

    /// What tells the newer of two: the newest fact, then the time of building.
    fn newest(&self) -> (i64, i64) {
        let as_of = self.sources.iter().map(|it| it.as_of).max().unwrap_or_default();
        (as_of, self.built_at)
    }
}

impl fmt::Display for DatabaseOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Embedded { .. } => write!(f, "embedded in the program"),
        }
    }
}

/// Where the user's own store lies: `$XDG_DATA_HOME/plimsoll/advisories.db`, else
/// `~/.local/share/plimsoll/advisories.db`.
pub fn user_store(environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    Some(data_folder(environment)?.join("advisories.db"))
}

fn open_store<'c>(
    content: &'c Content,
    origin: &DatabaseOrigin,
) -> Result<Store<'c>, DatabaseError> {
    Store::open(bytes(content))
        .map_err(|why| DatabaseError::Store { name: origin.to_string(), why })
}

fn bytes(content: &Content) -> &[u8] {
    match content {
        Content::Mapped(map) => map,
        Content::Embedded => EMBEDDED,
    }
}

#[cfg(test)]
mod tests;
