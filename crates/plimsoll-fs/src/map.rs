//! The one memory map of the program: large read-only files of which a run needs a few pages.

use std::{ops::Deref, path::Path};

use crate::{
    error::Error,
    read::{open, regular},
};

/// The bytes of a file, brought into memory page by page as they are looked at.
///
/// A store of advisories is replaced by renaming a new file over it and never written in place, so
/// a map goes on showing the old one. If someone else writes into the file all the same, readers
/// may see other bytes from one look to the next: whoever reads a map checks every offset it takes
/// from it. If someone cuts the file short, the system ends the program at the next look at a page
/// that is gone; that is why only files of our own, in folders of our own, are mapped.
#[derive(Debug)]
pub struct MappedFile {
    map: memmap2::Mmap,
}

impl MappedFile {
    /// Maps the file at `path`.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = open(path)?;
        regular(path, &file)?;
        // SAFETY: the map is read-only and private; the file is one that only this program writes,
        // always by renaming a finished file over it, so its pages do not change under the map. The
        // bytes are plain `u8`, for which every value is valid, and no reader relies on two looks
        // giving the same: see the type's documentation for what happens when someone else writes.
        #[expect(unsafe_code, reason = "the one audited memory map of the program")]
        let map = unsafe { memmap2::Mmap::map(&file) };
        Ok(Self { map: map.map_err(|it| Error::io(path, it))? })
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}

#[cfg(test)]
mod tests {
    use super::MappedFile;
    use std::fs;

    #[test]
    fn a_map_shows_the_file_it_was_opened_on_after_another_took_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let (path, new) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, "old").unwrap();
        let map = MappedFile::open(&path).unwrap();
        fs::write(&new, "newer").unwrap();
        fs::rename(&new, &path).unwrap();
        assert_eq!(&*map, b"old");
        assert_eq!(&*MappedFile::open(&path).unwrap(), b"newer");
    }
}
