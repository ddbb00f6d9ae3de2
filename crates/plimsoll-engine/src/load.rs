//! Finds and reads the files that can be judged.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use plimsoll_finding::{Coverage, CoverageState};
use plimsoll_fs::{Entry, EntryKind, WalkOptions, read_text, walk_sorted};
use plimsoll_text::Source;
use rayon::prelude::*;

use crate::classify::{FileKind, classify, is_candidate};

/// A file that was read and can be judged.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// Its path, as far as it was given.
    pub(crate) path: PathBuf,
    /// What it is.
    pub(crate) kind: FileKind,
    /// Its name and text.
    pub(crate) source: Arc<Source>,
}

impl Loaded {
    /// The folder that it stands in.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

/// All files of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    /// Sorted by path.
    pub(crate) loaded: Vec<Loaded>,
    /// What could not be read.
    pub(crate) coverage: Vec<Coverage>,
    by_path: Arc<BTreeMap<PathBuf, usize>>,
}

impl Files {
    /// Makes the files findable by their paths; called once when all are there.
    pub(crate) fn index(&mut self) {
        let paths = self.loaded.iter().enumerate();
        self.by_path = Arc::new(paths.map(|(idx, it)| (normal_path(&it.path), idx)).collect());
    }

    /// The index of the file at `path`, however it is written, so that one file can name another.
    pub(crate) fn at(&self, path: &Path) -> Option<usize> {
        self.by_path.get(&normal_path(path)).copied()
    }
}

/// What to look for.
#[derive(Clone, Copy)]
pub(crate) struct LoadOptions<'a> {
    /// Whether files that git ignores are passed over.
    pub(crate) respect_gitignore: bool,
    /// Files above this size are not read.
    pub(crate) max_file_size: u64,
    /// What files that are named on the command line are, where their name does not tell.
    pub(crate) kind: Option<FileKind>,
    /// Files that were named as compose files, and so are some.
    pub(crate) compose_files: &'a [PathBuf],
    /// Whether a path is not to be looked at.
    pub(crate) is_excluded: &'a (dyn Fn(&Path) -> bool + Sync),
}

/// Reads every file under `roots` that can be judged.
pub(crate) fn load(roots: &[PathBuf], options: LoadOptions<'_>) -> Files {
    let walk_options =
        WalkOptions { respect_gitignore: options.respect_gitignore, ..WalkOptions::default() };
    let (mut entries, errors) = walk_sorted(roots, walk_options);
    // A file that is named and also found below a folder is one file, and counts as named.
    entries.sort_by_cached_key(|it| (normal_path(&it.path), !it.is_root));
    entries.dedup_by(|next, first| normal_path(&next.path) == normal_path(&first.path));
    let mut res = Files::default();
    for error in errors {
        let state = CoverageState::Broke;
        res.coverage.push(gap(&error.path().display().to_string(), state, &error));
    }
    let read: Vec<Read> = entries
        .par_iter()
        .with_min_len(16)
        .filter(|it| it.kind == EntryKind::File && !(options.is_excluded)(&it.path))
        .map(|it| read(it, options))
        .collect();
    for it in read {
        match it {
            Read::Loaded(loaded) => res.loaded.push(loaded),
            Read::Gap(coverage) => res.coverage.push(coverage),
            Read::NotOurs => {}
        }
    }
    res
}

enum Read {
    Loaded(Loaded),
    Gap(Coverage),
    NotOurs,
}

fn read(entry: &Entry, options: LoadOptions<'_>) -> Read {
    let name = display_name(&entry.path);
    let is_named = entry.is_root;
    if !is_named && !is_candidate(&name) {
        return Read::NotOurs;
    }
    match read_text(&entry.path, options.max_file_size) {
        Ok(text) => {
            let is_compose = is_named && options.compose_files.contains(&entry.path);
            let asked = if is_compose {
                Some(FileKind::Compose)
            } else {
                options.kind.filter(|_| is_named)
            };
            match asked.or_else(|| classify(&name, &text)) {
                Some(kind) => {
                    let source = Source::new(name, text);
                    Read::Loaded(Loaded { path: entry.path.clone(), kind, source })
                }
                None if is_named => Read::Gap(Coverage {
                    unit: name,
                    state: CoverageState::Skipped,
                    why: "it is none of the files that can be judged; say what it is with `--as`"
                        .to_owned(),
                }),
                None => Read::NotOurs,
            }
        }
        // A large or binary file that only might have been ours is no gap.
        Err(_) if !is_named && classify(&name, "").is_none() => Read::NotOurs,
        Err(error) => Read::Gap(gap(&name, CoverageState::Broke, &error)),
    }
}

pub(crate) fn gap(unit: &str, state: CoverageState, error: &plimsoll_fs::Error) -> Coverage {
    let why = format!("{error}; {}", error.hint());
    Coverage { unit: unit.to_owned(), state, why }
}

/// The path as the user gave it, without a leading `./`.
pub(crate) fn display_name(path: &Path) -> String {
    let text = path.display().to_string();
    match text.strip_prefix("./") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => text,
    }
}

/// The path without `.` and with `..` resolved by name, so that two ways of writing it are equal.
pub(crate) fn normal_path(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut res = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if res.file_name().is_some() => {
                res.pop();
            }
            _ => res.push(part),
        }
    }
    res
}
