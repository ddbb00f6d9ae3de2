//! A file format as an extractor: which files it is about, and how one is read.
//!
//! Which files are wanted is data, not code, so that asking about a hundred thousand paths is
//! cheap. The module must not know any single format.

use plimsoll_oci::{Entry, EntryKind};

use crate::{
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
};

/// One format of file that states packages.
pub(crate) struct Format {
    /// The extractor's name.
    pub(crate) name: &'static str,
    /// The files it is about.
    pub(crate) files: Files,
    /// Reads one of them.
    pub(crate) read: fn(&InputFile<'_>, &mut FileFacts),
}

/// Which files a format is about, by their path.
#[derive(Clone, Copy)]
pub(crate) struct Files {
    /// Whole file names.
    names: &'static [&'static str],
    /// What other file names may end with.
    endings: &'static [&'static str],
    /// What the whole path must satisfy besides.
    within: fn(&str) -> bool,
}

impl Extractor for Format {
    fn name(&self) -> &'static str {
        self.name
    }

    fn wants(&self, entry: &Entry) -> Want {
        if self.includes(entry) { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        (self.read)(file, facts);
    }
}

impl Format {
    /// Whether it is about this file.
    pub(crate) fn includes(&self, entry: &Entry) -> bool {
        // A hard link is wanted as well: package managers link their store into the tree.
        let is_content = matches!(entry.kind, EntryKind::File | EntryKind::HardLink(_));
        is_content && self.files.include(&entry.path)
    }
}

impl Files {
    /// Files with one of these names, in any folder.
    pub(crate) const fn named(names: &'static [&'static str]) -> Self {
        Self { names, endings: &[], within: anywhere }
    }

    /// Files whose name ends with one of these, in any folder.
    pub(crate) const fn ending(endings: &'static [&'static str]) -> Self {
        Self { names: &[], endings, within: anywhere }
    }

    /// Or files whose name ends with one of these.
    pub(crate) const fn or_ending(self, endings: &'static [&'static str]) -> Self {
        Self { names: self.names, endings, within: self.within }
    }

    /// Only those whose whole path satisfies `within`.
    pub(crate) const fn within(self, within: fn(&str) -> bool) -> Self {
        Self { names: self.names, endings: self.endings, within }
    }

    /// Whether the file at `path` is one.
    pub(crate) fn include(&self, path: &str) -> bool {
        let name = file_name(path);
        let is_named = self.names.contains(&name)
            || self.endings.iter().any(|it| name.ends_with(it) && name.len() > it.len());
        is_named && (self.within)(path)
    }
}

/// The last four bytes of all names that some formats are about, as a set of hashes. Fewer would
/// not tell `setup.py` from all of Python's files.
pub(crate) struct Endings {
    bits: [u64; 1024],
}

impl Endings {
    /// Those of `formats`.
    pub(crate) const fn of(formats: &[&Format]) -> Self {
        let mut res = Self { bits: [0; 1024] };
        let mut at = 0;
        while at < formats.len() {
            res.add(formats[at].files.names);
            res.add(formats[at].files.endings);
            at += 1;
        }
        res
    }

    /// Whether a format may be about `path`; `false` is certain.
    pub(crate) fn may_include(&self, path: &str) -> bool {
        let Some(last) = path.as_bytes().last_chunk() else { return false };
        let bit = Self::bit(*last);
        self.bits.get(bit / 64).is_some_and(|it| it >> (bit % 64) & 1 == 1)
    }

    const fn add(&mut self, words: &[&str]) {
        let mut at = 0;
        while at < words.len() {
            // Every name has four bytes at least, which the compiler checks here.
            let bytes = words[at].as_bytes();
            let n = bytes.len();
            let bit = Self::bit([bytes[n - 4], bytes[n - 3], bytes[n - 2], bytes[n - 1]]);
            self.bits[bit / 64] |= 1 << (bit % 64);
            at += 1;
        }
    }

    /// The upper half of a product, which all four bytes take part in.
    const fn bit(last: [u8; 4]) -> usize {
        (u32::from_le_bytes(last).wrapping_mul(0x9e37_79b1) >> 16) as usize
    }
}

/// The last part of `path`.
pub(crate) fn file_name(path: &str) -> &str {
    crate::bytes::file_name(path)
}

/// The folder of the file at `path`; empty for the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |it| it.0)
}

/// Whether one of the folders above the file at `path` is called `name`.
pub(crate) fn is_below(path: &str, name: &str) -> bool {
    folder(path).split('/').any(|it| it == name)
}

fn anywhere(_: &str) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_name_ending_and_folder() {
        let files = Files::named(&["Gemfile.lock"])
            .or_ending(&[".gemfile.lock"])
            .within(|path| !is_below(path, "vendor"));
        for (path, included) in [
            ("Gemfile.lock", true),
            ("srv/app/Gemfile.lock", true),
            ("srv/app/gemfiles/rails.gemfile.lock", true),
            ("srv/app/.gemfile.lock", false),
            ("srv/app/Gemfile.lock.old", false),
            ("srv/vendor/x/Gemfile.lock", false),
            ("srv/vendored/Gemfile.lock", true),
        ] {
            assert_eq!(files.include(path), included, "{path}");
        }
    }
}
