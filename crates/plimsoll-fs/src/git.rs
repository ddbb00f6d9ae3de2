//! Whether git ignores a path.

use std::path::{Path, PathBuf, absolute};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use crate::error::Error;

/// What git makes of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitIgnored {
    /// Its ignore files leave it out. A file that was added before is tracked all the same.
    Ignored,
    /// They do not, so the next `git add` takes it in.
    NotIgnored,
    /// There is no repository around it.
    NoRepository,
}

/// Whether the ignore files of the repository around `path` leave it out: those in the folders
/// above it, `.git/info/exclude`, and the user's own.
pub fn is_ignored_by_git(path: &Path) -> Result<GitIgnored, Error> {
    let path = absolute(path).map_err(|it| Error::io(path, it))?;
    let Some(root) = repository_of(&path) else { return Ok(GitIgnored::NoRepository) };
    let outermost = [GitignoreBuilder::new(&root).build_global().0, exclude_file(&root)];
    let mut files: Vec<Gitignore> = outermost.into();
    let inner = path.strip_prefix(&root).unwrap_or(&path);
    let n_parts = inner.components().count();
    let mut at = root.clone();
    for (index, part) in inner.components().enumerate() {
        files.push(Gitignore::new(at.join(".gitignore")).0);
        at.push(part);
        let is_folder = index + 1 < n_parts || at.is_dir();
        // Git does not look into an ignored folder, so nothing in there can be taken back in.
        if is_ignored(&files, &at, is_folder) {
            return Ok(GitIgnored::Ignored);
        }
    }
    Ok(GitIgnored::NotIgnored)
}

/// The file nearest to the path has the first word.
fn is_ignored(files: &[Gitignore], path: &Path, is_folder: bool) -> bool {
    for file in files.iter().rev() {
        match file.matched(path, is_folder) {
            Match::Ignore(_) => return true,
            Match::Whitelist(_) => return false,
            Match::None => (),
        }
    }
    false
}

fn exclude_file(root: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(root);
    // A file that is not there, or a line that cannot be read, ignores nothing.
    let _ = builder.add(root.join(".git/info/exclude"));
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn repository_of(path: &Path) -> Option<PathBuf> {
    let folders = path.ancestors().skip(1);
    folders.into_iter().find(|it| it.join(".git").exists()).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{GitIgnored, is_ignored_by_git};
    use std::fs;

    #[test]
    fn the_nearest_file_decides_and_an_ignored_folder_holds_all() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert_eq!(is_ignored_by_git(&at(".env")).unwrap(), GitIgnored::NoRepository);
        fs::create_dir_all(at(".git/info")).unwrap();
        fs::create_dir_all(at("a/out")).unwrap();
        fs::write(at(".gitignore"), ".env*\n!.env.example\n/a/out/\n").unwrap();
        fs::write(at("a/.gitignore"), "!.env\n!out/x\n").unwrap();
        fs::write(at(".git/info/exclude"), "notes\n").unwrap();
        let cases = [
            (".env", GitIgnored::Ignored),
            (".env.example", GitIgnored::NotIgnored),
            ("b/.env.prod", GitIgnored::Ignored),
            ("a/.env", GitIgnored::NotIgnored),
            ("a/out/x", GitIgnored::Ignored),
            ("a/notes", GitIgnored::Ignored),
            ("a/other", GitIgnored::NotIgnored),
        ];
        for (path, expected) in cases {
            assert_eq!(is_ignored_by_git(&at(path)).unwrap(), expected, "{path}");
        }
    }
}
