//! What lies in a build context, for rules that ask what a `COPY` takes along.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::error::Error;

/// How far to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextLimits {
    /// Files after this many are not listed.
    pub max_files: usize,
    /// Entries after this many, wanted or not, are not looked at.
    pub max_entries: usize,
    /// Folders deeper than this are not entered.
    pub max_depth: usize,
}

impl Default for ContextLimits {
    fn default() -> Self {
        Self { max_files: 50_000, max_entries: 200_000, max_depth: 64 }
    }
}

/// What lies in a build context.
#[derive(Debug, Default)]
pub struct BuildContext {
    /// Every wanted file and link, relative to the context with `/`, sorted.
    pub paths: Vec<String>,
    /// Whether a limit cut the list short.
    pub is_truncated: bool,
    /// What could not be looked at.
    pub errors: Vec<Error>,
}

/// Lists the files under `folder` that `wanted(path, is_folder)` takes. A folder it does not take
/// is not entered. Hidden files are listed, git's ignore files do not count, links are not
/// followed: so Docker sees a context too.
pub fn list_build_context(
    folder: &Path,
    limits: ContextLimits,
    wanted: impl Fn(&str, bool) -> bool,
) -> BuildContext {
    let mut res = BuildContext::default();
    let mut n_left = limits.max_entries;
    let mut stack = vec![(folder.to_owned(), String::new(), 0)];
    'folders: while let Some((path, prefix, depth)) = stack.pop() {
        let found = entries(&path, n_left.saturating_add(1), &mut res.errors);
        for Found { name, path, is_folder } in found {
            if n_left == 0 || res.paths.len() >= limits.max_files {
                res.is_truncated = true;
                break 'folders;
            }
            n_left -= 1;
            let relative = format!("{prefix}{name}");
            if !wanted(&relative, is_folder) {
                continue;
            }
            if !is_folder {
                res.paths.push(relative);
            } else if depth >= limits.max_depth {
                res.is_truncated = true;
            } else {
                stack.push((path, format!("{relative}/"), depth + 1));
            }
        }
    }
    res.paths.sort_unstable();
    res
}

struct Found {
    name: String,
    path: PathBuf,
    is_folder: bool,
}

/// What lies in one folder, by name, but no more than `limit` entries so that a huge folder does
/// not fill the memory.
fn entries(path: &Path, limit: usize, errors: &mut Vec<Error>) -> Vec<Found> {
    let mut res = Vec::new();
    match fs::read_dir(path) {
        Ok(all) => {
            for entry in all.take(limit) {
                match of_entry(entry, path) {
                    Ok(it) => res.push(it),
                    Err(it) => errors.push(it),
                }
            }
        }
        Err(it) => errors.push(Error::io(path, it)),
    }
    res.sort_unstable_by(|one: &Found, other| one.name.cmp(&other.name));
    res
}

fn of_entry(entry: io::Result<fs::DirEntry>, folder: &Path) -> Result<Found, Error> {
    let entry = entry.map_err(|it| Error::io(folder, it))?;
    let path = entry.path();
    let kind = entry.file_type().map_err(|it| Error::io(&path, it))?;
    match entry.file_name().into_string() {
        Ok(name) => Ok(Found { name, path, is_folder: kind.is_dir() }),
        Err(_) => Err(Error::NameNotUtf8 { path }),
    }
}

#[cfg(test)]
mod tests {
    use super::{ContextLimits, list_build_context};
    use std::fs;

    #[test]
    fn a_context_lists_what_is_wanted_and_says_when_it_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        for path in [".git/config", ".env", "src/a", "src/b", "skip/x"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        fs::write(folder.path().join(".gitignore"), "*\n").unwrap();
        let limits = ContextLimits::default();
        let res = list_build_context(folder.path(), limits, |path, _| path != "skip");
        assert_eq!(res.paths, [".env", ".git/config", ".gitignore", "src/a", "src/b"]);
        assert!(!res.is_truncated && res.errors.is_empty());
        let few = ContextLimits { max_files: 2, ..limits };
        let res = list_build_context(folder.path(), few, |_, _| true);
        assert!(res.is_truncated && res.paths.len() == 2);
        let flat = ContextLimits { max_depth: 0, ..limits };
        let res = list_build_context(folder.path(), flat, |_, _| true);
        assert!(res.is_truncated && res.paths == [".env", ".gitignore"]);
        let missing = folder.path().join("none");
        assert_eq!(list_build_context(&missing, limits, |_, _| true).errors.len(), 1);
    }
}
