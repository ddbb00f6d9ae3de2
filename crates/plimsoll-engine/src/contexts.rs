//! What lies in build contexts. Many Dockerfiles may share one, so the latest are kept.
//!
//! Only looks; what a context says is for the rules to judge.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use plimsoll_config::dockerignore::DockerIgnore;
use plimsoll_fs::{ContextLimits, list_build_context, read_text};
use plimsoll_lint::subject::dockerfile::BuildContext;
use plimsoll_text::Source;

use crate::load::display_name;

/// The contexts that were listed last.
#[derive(Debug, Default)]
pub(crate) struct Contexts {
    latest: Mutex<VecDeque<(PathBuf, Listing)>>,
}

/// The files of a context, and whether they are all.
#[derive(Clone, Debug)]
struct Listing {
    files: Arc<[String]>,
    is_complete: bool,
}

impl Contexts {
    /// What lies in `folder`, with the ignore file in force for the Dockerfile at `path`.
    pub(crate) fn of(&self, folder: &Path, path: &Path) -> BuildContext {
        let own = PathBuf::from(format!("{}.dockerignore", path.display()));
        let ignore = [own, folder.join(".dockerignore")].into_iter().find_map(|it| {
            let text = read_text(&it, MAX_IGNORE_FILE).ok()?;
            Some(DockerIgnore::parse(&Source::new(display_name(&it), text)).0)
        });
        let Listing { files, is_complete } = self.listing(folder);
        BuildContext { ignore, files, is_complete }
    }

    fn listing(&self, folder: &Path) -> Listing {
        let known = {
            let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
            latest.iter().find(|it| it.0 == folder).map(|it| it.1.clone())
        };
        if let Some(known) = known {
            return known;
        }
        // Nobody waits for a folder that others do not need.
        let res = list(folder);
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.len() == LATEST {
            latest.pop_front();
        }
        latest.push_back((folder.to_owned(), res.clone()));
        res
    }
}

fn list(folder: &Path) -> Listing {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let listed = list_build_context(folder, ContextLimits::default(), |_, _| true);
    let is_complete = !listed.is_truncated && listed.errors.is_empty();
    Listing { files: listed.paths.into(), is_complete }
}

/// Files come in the order of their paths, so that those of one folder are near each other; a
/// listing may be long, so that only a few are kept.
const LATEST: usize = 8;

/// An ignore file above this size is a mistake.
const MAX_IGNORE_FILE: u64 = 1 << 20;
