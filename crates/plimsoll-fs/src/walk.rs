//! Walking folders in a stable order, with git's ignore files honoured and links left alone.

use std::{
    io,
    path::{Path, PathBuf},
};

use ignore::{DirEntry, WalkBuilder};

use crate::error::Error;

/// Hidden folders that hold files to judge. All others (`.git`, caches, editors') are passed over.
pub const HIDDEN_FOLDERS: &[&str] = &[
    ".buildkite",
    ".ci",
    ".circleci",
    ".devcontainer",
    ".docker",
    ".forgejo",
    ".gitea",
    ".github",
    ".gitlab",
    ".woodpecker",
];

/// How to walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkOptions {
    /// Whether what git ignores is passed over. Roots are always entered.
    pub respect_gitignore: bool,
    /// Folders deeper than this below a root are told as [`Error::TooDeep`] and not entered.
    pub max_depth: usize,
    /// Entries after this many end the walk with [`Error::TooMany`].
    pub max_entries: usize,
}

impl Default for WalkOptions {
    fn default() -> Self {
        Self { respect_gitignore: true, max_depth: 64, max_entries: 1_000_000 }
    }
}

/// Something found on a walk. Folders are walked, not told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its path, which starts with the root as it was given.
    pub path: PathBuf,
    /// What it is.
    pub kind: EntryKind,
    /// Whether it is itself one of the roots.
    pub is_root: bool,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link, which was not followed. A root that is a link is followed.
    Link,
}

/// Every file under `roots`, each folder's in the order of their names. What cannot be looked at is
/// told in its place, and the walk goes on.
pub fn walk(
    roots: &[PathBuf],
    options: WalkOptions,
) -> impl Iterator<Item = Result<Entry, Error>> + use<> {
    let walks: Vec<_> = roots.iter().map(|root| builder(root, options).build()).collect();
    let mut n_left = Some(options.max_entries);
    let all = walks.into_iter().flatten();
    all.map_while(move |found| {
        let left = n_left?;
        Some(match found {
            Err(error) => of_error(error).map(Err),
            Ok(found) if left == 0 => {
                n_left = None;
                let path = found.into_path();
                Some(Err(Error::TooMany { path, limit: options.max_entries }))
            }
            Ok(found) => {
                n_left = Some(left - 1);
                of_entry(found, options).transpose()
            }
        })
    })
    .flatten()
}

/// Every file under `roots`, sorted by path and without repetition, so that work can be spread over
/// threads and the order stays; with them everything that could not be looked at.
pub fn walk_sorted(roots: &[PathBuf], options: WalkOptions) -> (Vec<Entry>, Vec<Error>) {
    let mut entries = Vec::new();
    let mut errors = Vec::new();
    for found in walk(roots, options) {
        match found {
            Ok(it) => entries.push(it),
            Err(it) => errors.push(it),
        }
    }
    entries.sort_by(|one, other| one.path.cmp(&other.path).then(other.is_root.cmp(&one.is_root)));
    entries.dedup_by(|one, other| one.path == other.path);
    (entries, errors)
}

fn builder(root: &Path, options: WalkOptions) -> WalkBuilder {
    let mut res = WalkBuilder::new(root);
    let respect = options.respect_gitignore;
    // `.ignore` files belong to search tools: what they hide is still built and deployed.
    res.standard_filters(false)
        .parents(respect)
        .git_ignore(respect)
        .git_global(respect)
        .git_exclude(respect)
        .require_git(false)
        .follow_links(false)
        .max_depth(Some(options.max_depth.saturating_add(1)))
        .sort_by_file_name(std::ffi::OsStr::cmp)
        .filter_entry(|it| it.depth() == 0 || !is_folder(it) || is_wanted_folder(it));
    res
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|it| it.is_dir())
}

fn is_wanted_folder(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    !name.starts_with('.') || HIDDEN_FOLDERS.contains(&&*name)
}

fn of_entry(found: DirEntry, options: WalkOptions) -> Result<Option<Entry>, Error> {
    let is_root = found.depth() == 0;
    let Some(kind) = found.file_type() else { return Ok(None) };
    if kind.is_dir() {
        // The walker would pass over what lies in there without a word.
        if found.depth() > options.max_depth {
            return Err(Error::TooDeep { path: found.into_path(), limit: options.max_depth });
        }
        return Ok(None);
    }
    let kind = if kind.is_file() || (is_root && found.path().is_file()) {
        EntryKind::File
    } else if kind.is_symlink() {
        EntryKind::Link
    } else if is_root {
        return Err(Error::NotAFile { path: found.into_path() });
    } else {
        return Ok(None);
    };
    Ok(Some(Entry { path: found.into_path(), kind, is_root }))
}

/// A line of an ignore file that cannot be read hides nothing, so it is no error of the walk.
fn of_error(error: ignore::Error) -> Option<Error> {
    let path = path_of(&error).map(Path::to_owned).unwrap_or_default();
    let partial = error.is_partial();
    let source = match error.into_io_error() {
        Some(source) => source,
        None if partial => return None,
        None => io::Error::other("this folder cannot be walked"),
    };
    Some(Error::io(&path, source))
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    let mut error = error;
    loop {
        error = match error {
            ignore::Error::WithPath { path, .. } => return Some(path),
            ignore::Error::Loop { child, .. } => return Some(child),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            ignore::Error::Partial(all) => all.first()?,
            _ => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{EntryKind, WalkOptions, walk, walk_sorted};
    use crate::error::Error;
    use std::{fs, path::Path};

    fn make(folder: &Path, files: &[&str]) {
        for file in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x\n").unwrap();
        }
    }

    fn names(folder: &Path, options: WalkOptions) -> Vec<String> {
        let (entries, errors) = walk_sorted(&[folder.to_owned()], options);
        assert!(errors.is_empty(), "{errors:?}");
        let name = |path: &Path| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        entries.iter().map(|it| name(&it.path)).collect()
    }

    #[test]
    fn hidden_files_are_seen_and_hidden_folders_only_where_they_matter() {
        let folder = tempfile::tempdir().unwrap();
        let files = [".env", ".git/config", ".github/w.yml", ".cache/x", ".docker/d", "b/.c", "a"];
        make(folder.path(), &files);
        let expected = [".docker/d", ".env", ".github/w.yml", "a", "b/.c"];
        assert_eq!(names(folder.path(), WalkOptions::default()), expected);
    }

    #[test]
    fn what_git_ignores_is_passed_over_unless_asked() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), &["a/keep", "a/drop", "out/x", ".ignore"]);
        fs::write(folder.path().join(".gitignore"), "out/\n").unwrap();
        fs::write(folder.path().join("a/.gitignore"), "drop\n").unwrap();
        fs::write(folder.path().join(".ignore"), "keep\n").unwrap();
        let seen = names(folder.path(), WalkOptions::default());
        assert_eq!(seen, [".gitignore", ".ignore", "a/.gitignore", "a/keep"]);
        let options = WalkOptions { respect_gitignore: false, ..WalkOptions::default() };
        assert!(names(folder.path(), options).contains(&"out/x".to_owned()));
        // A folder that is asked for by name is entered all the same.
        let (entries, _) = walk_sorted(&[folder.path().join("out")], options);
        assert_eq!(entries.len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_told_and_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), &["a/x"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
        let (entries, errors) = walk_sorted(&[folder.path().to_owned()], WalkOptions::default());
        assert!(errors.is_empty());
        let kinds: Vec<_> = entries.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [EntryKind::Link, EntryKind::File]);
    }

    #[test]
    fn limits_are_told() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), &["a", "b", "c", "d/e/f/g"]);
        let roots = [folder.path().to_owned()];
        let few = WalkOptions { max_entries: 3, ..WalkOptions::default() };
        let found: Vec<_> = walk(&roots, few).collect();
        assert_eq!(found.len(), 3);
        assert!(matches!(found.last(), Some(Err(Error::TooMany { limit: 3, .. }))));
        let shallow = WalkOptions { max_depth: 1, ..WalkOptions::default() };
        let (entries, errors) = walk_sorted(&roots, shallow);
        assert_eq!(entries.len(), 3);
        assert!(matches!(&*errors, [Error::TooDeep { path, .. }] if path.ends_with("d/e")));
    }

    #[test]
    fn roots_may_be_files_overlap_or_be_missing() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), &["a"]);
        let file = folder.path().join("a");
        let roots = [folder.path().to_owned(), file.clone(), folder.path().join("missing")];
        let (entries, errors) = walk_sorted(&roots, WalkOptions::default());
        assert_eq!(entries.len(), 1);
        assert!(entries[0].is_root && entries[0].path == file);
        assert!(matches!(&*errors, [Error::NotFound { path }] if path.ends_with("missing")));
    }
}
