//! The files of the repository, as texts. Paths are relative to its root, with `/`, sorted.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Folders that hold nothing to tidy.
const SKIPPED: &[&str] = &["target", "node_modules", "corpus", "artifacts"];

/// The texts of the repository that checks look at.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    root: PathBuf,
    files: BTreeMap<String, String>,
}

impl Tree {
    /// The tree that this chore was built from.
    pub(crate) fn of_workspace() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.parent().unwrap_or(here).to_owned();
        let mut res = Self { root: root.clone(), files: BTreeMap::new() };
        res.add(&root, "");
        res
    }

    /// A made-up tree.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
        Self { root: PathBuf::new(), files }
    }

    /// Every text whose path ends with `suffix`.
    pub(crate) fn files(&self, suffix: &str) -> impl Iterator<Item = (&str, &str)> {
        let all = self.files.iter().map(|it| (it.0.as_str(), it.1.as_str()));
        all.filter(move |it| it.0.ends_with(suffix))
    }

    /// The text at `path`.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether there is a file or a folder at `path`.
    pub(crate) fn exists(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        self.files.contains_key(path)
            || self.files.keys().any(|it| it.starts_with(&folder))
            || (!self.root.as_os_str().is_empty() && self.root.join(path).exists())
    }

    /// Writes a generated file; what to tell if that fails.
    pub(crate) fn mend(&self, path: &str, text: &str) -> Result<(), String> {
        if self.root.as_os_str().is_empty() {
            return Ok(());
        }
        fs::write(self.root.join(path), text).map_err(|it| format!("{path}: {it}"))
    }

    fn add(&mut self, folder: &Path, prefix: &str) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            let is_hidden = name.starts_with('.') && name != ".ci" && name != ".github";
            if is_hidden || SKIPPED.contains(&name.as_str()) {
                continue;
            }
            let path = format!("{prefix}{name}");
            if kind.is_dir() {
                self.add(&entry.path(), &format!("{path}/"));
            } else if [".rs", ".toml", ".md", ".txt"].iter().any(|it| name.ends_with(it))
                && let Ok(text) = fs::read_to_string(entry.path())
            {
                self.files.insert(path, text);
            }
        }
    }
}
