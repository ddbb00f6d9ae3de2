//! Which package owns which file, in little memory.
//!
//! It must not know how databases write it.

use std::fmt;

use crate::{
    bytes::{hex, unhex},
    facts::OwnedFile,
};

/// The files that packages own, to be looked up by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnedPaths {
    /// All paths, one behind the other.
    paths: String,
    /// All digests, one behind the other.
    digests: Vec<u8>,
    /// Sorted by path.
    entries: Vec<Entry>,
    /// Folders below `/` that are links to those of the same name below `/usr`.
    merged: Vec<&'static str>,
}

/// A file that a package owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnedPath<'a> {
    /// The package's place in [`crate::Inventory::packages`].
    pub package: usize,
    /// What the file's content must hash to, where the package says it.
    pub digest: Option<FileDigest<'a>>,
}

/// What a file's content must hash to. Shown as `md5:hex`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileDigest<'a> {
    /// `md5`, `sha1` or `sha256`.
    pub algorithm: &'static str,
    /// The hash.
    pub bytes: &'a [u8],
}

impl fmt::Display for FileDigest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm, hex(self.bytes))
    }
}

impl OwnedPaths {
    /// The package that owns the file at `path` (no leading slash), if one does.
    pub fn get(&self, path: &str) -> Option<OwnedPath<'_>> {
        let below_usr = self.below_usr(path);
        let (first, second) = match below_usr {
            Some(_) => ("usr/", path),
            None => ("", path),
        };
        let wanted = || first.bytes().chain(second.bytes());
        let idx = self.entries.binary_search_by(|it| self.path(it).bytes().cmp(wanted())).ok()?;
        let entry = self.entries.get(idx)?;
        Some(OwnedPath { package: entry.package as usize, digest: self.digest(entry) })
    }

    /// How many files are owned.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no file is owned.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// An empty map of a system in which these folders are links into `/usr`.
    pub(crate) fn new(merged: Vec<&'static str>) -> Self {
        Self { merged, ..Self::default() }
    }

    /// Adds a file; call [`Self::finish`] before the first lookup. What does not fit into four
    /// gigabytes is left out, and `false` given.
    pub(crate) fn add(&mut self, package: usize, file: &OwnedFile) -> bool {
        let start = self.paths.len();
        let prefix = if self.below_usr(&file.path).is_some() { "usr/" } else { "" };
        let digest = parse_digest(&file.digest);
        let entry = (|| {
            Some(Entry {
                start: u32::try_from(start).ok()?,
                len: u16::try_from(prefix.len() + file.path.len()).ok()?,
                algorithm: digest.as_ref().map_or(Algorithm::None, |it| it.0),
                digest: u32::try_from(self.digests.len()).ok()?,
                package: u32::try_from(package).ok()?,
            })
        })();
        let Some(entry) = entry else { return false };
        self.paths.push_str(prefix);
        self.paths.push_str(&file.path);
        self.digests.extend(digest.map(|it| it.1).unwrap_or_default());
        self.entries.push(entry);
        true
    }

    /// Sorts what was added. Of a file that was added twice, the entry with a digest stays.
    pub(crate) fn finish(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by(|a, b| {
            let by_digest = (a.algorithm == Algorithm::None).cmp(&(b.algorithm == Algorithm::None));
            self.path(a).cmp(self.path(b)).then(by_digest)
        });
        entries.dedup_by(|b, a| self.path(a) == self.path(b));
        entries.shrink_to_fit();
        self.entries = entries;
    }

    /// Gives the packages their places after some were taken out.
    pub(crate) fn renumber(&mut self, place: impl Fn(usize) -> usize) {
        for entry in &mut self.entries {
            let package = u32::try_from(place(entry.package as usize));
            entry.package = package.unwrap_or(entry.package);
        }
    }

    /// The merged folder in which the path lies by its short name.
    fn below_usr(&self, path: &str) -> Option<&'static str> {
        let is_in = |it: &&&str| path.strip_prefix(**it).is_some_and(|it| it.starts_with('/'));
        self.merged.iter().find(is_in).copied()
    }

    fn path(&self, entry: &Entry) -> &str {
        let start = entry.start as usize;
        self.paths.get(start..start + usize::from(entry.len)).unwrap_or_default()
    }

    fn digest(&self, entry: &Entry) -> Option<FileDigest<'_>> {
        let (algorithm, len) = entry.algorithm.form()?;
        let start = entry.digest as usize;
        Some(FileDigest { algorithm, bytes: self.digests.get(start..start + len)? })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    start: u32,
    digest: u32,
    package: u32,
    len: u16,
    algorithm: Algorithm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    None,
    Md5,
    Sha1,
    Sha256,
}

impl Algorithm {
    /// Its name, and how many bytes it gives.
    fn form(self) -> Option<(&'static str, usize)> {
        match self {
            Self::None => None,
            Self::Md5 => Some(("md5", 16)),
            Self::Sha1 => Some(("sha1", 20)),
            Self::Sha256 => Some(("sha256", 32)),
        }
    }
}

fn parse_digest(text: &str) -> Option<(Algorithm, Vec<u8>)> {
    let (name, digits) = text.split_once(':')?;
    let all = [Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256];
    all.into_iter().find_map(|algorithm| {
        let (known, len) = algorithm.form()?;
        if known != name {
            return None;
        }
        unhex(digits).filter(|it| it.len() == len).map(|it| (algorithm, it))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, digest: &str) -> OwnedFile {
        OwnedFile { path: path.to_owned(), digest: digest.to_owned() }
    }

    #[test]
    fn lookups() {
        let sum = "md5:d41d8cd98f00b204e9800998ecf8427e";
        let mut owned = OwnedPaths::new(vec!["bin"]);
        assert!(owned.add(7, &file("usr/share/b", "")));
        assert!(owned.add(3, &file("bin/a", "")));
        assert!(owned.add(3, &file("usr/bin/a", sum)));
        assert!(owned.add(4, &file("sbin/c", "md5:12")));
        owned.finish();
        assert_eq!(owned.len(), 3);
        assert_eq!(owned.get("usr/share/b"), Some(OwnedPath { package: 7, digest: None }));
        for path in ["bin/a", "usr/bin/a"] {
            let found = owned.get(path).unwrap();
            assert_eq!((found.package, found.digest.unwrap().to_string()), (3, sum.to_owned()));
        }
        assert_eq!(owned.get("usr/sbin/c"), None, "`sbin` is no link here");
        assert_eq!(owned.get("sbin/c"), Some(OwnedPath { package: 4, digest: None }));
        assert_eq!(owned.get("usr/share"), None);
        assert!(!owned.add(1, &file(&"x".repeat(70_000), "")));
    }
}
