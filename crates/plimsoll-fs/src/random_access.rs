//! Files that are read in pieces at any place, and large streams put into such a file first.

use std::{
    fs::File,
    io::{self, Read, Write as _},
    path::Path,
};

use plimsoll_oci::ReadAt;

use crate::{
    error::Error,
    read::{open, regular},
};

/// An open file that several threads read at once. Its length is that of the moment it was opened;
/// a file that shrinks meanwhile ends earlier, which its reader sees.
#[derive(Debug)]
pub struct RandomAccessFile {
    file: File,
    len: u64,
    identity: FileIdentity,
}

/// Which file it is and which state it was in: equal for two openings if nobody wrote in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileIdentity {
    /// Device number.
    pub device: u64,
    /// Number on the device.
    pub inode: u64,
    /// Bytes.
    pub size: u64,
    /// Last change of the content, in nanoseconds since 1970.
    pub modified: i128,
    /// Last change of content or attributes, in nanoseconds since 1970; cannot be set by hand.
    pub changed: i128,
}

impl RandomAccessFile {
    /// Opens the file at `path`; follows a link, as whoever named it expects.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = open(path)?;
        let metadata = regular(path, &file)?;
        Ok(Self { file, len: metadata.len(), identity: identity(&metadata) })
    }

    /// Puts all that `reader` gives into a nameless temporary file, which is gone when the value
    /// is. Fails past `limit` bytes; `name` is what errors call it.
    pub fn spool(name: &Path, reader: &mut dyn Read, limit: u64) -> Result<Self, Error> {
        let io = |it| Error::io(name, it);
        let mut file = tempfile::tempfile().map_err(io)?;
        let n_bytes = io::copy(&mut reader.take(limit.saturating_add(1)), &mut file).map_err(io)?;
        if n_bytes > limit {
            return Err(Error::TooLarge { path: name.to_owned(), limit });
        }
        file.flush().map_err(io)?;
        let metadata = file.metadata().map_err(io)?;
        Ok(Self { file, len: n_bytes, identity: identity(&metadata) })
    }

    /// Lets `write` fill a nameless temporary file, which is gone when the value is. `name` is what
    /// errors call it.
    pub fn fill(
        name: &Path,
        write: &mut dyn FnMut(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<Self, Error> {
        let io = |it| Error::io(name, it);
        let mut file = io::BufWriter::new(tempfile::tempfile().map_err(io)?);
        write(&mut file).map_err(io)?;
        let file = file.into_inner().map_err(|it| io(it.into_error()))?;
        let metadata = file.metadata().map_err(io)?;
        Ok(Self { file, len: metadata.len(), identity: identity(&metadata) })
    }

    /// Which file it is.
    pub fn identity(&self) -> FileIdentity {
        self.identity
    }
}

impl ReadAt for RandomAccessFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }
}

fn identity(metadata: &std::fs::Metadata) -> FileIdentity {
    use std::os::unix::fs::MetadataExt as _;
    let nanoseconds =
        |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    FileIdentity {
        device: metadata.dev(),
        inode: metadata.ino(),
        size: metadata.len(),
        modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
    }
}

#[cfg(test)]
mod tests {
    use super::RandomAccessFile;
    use crate::error::Error;
    use plimsoll_oci::ReadAt as _;
    use std::{fs, path::Path};

    #[test]
    fn a_file_is_read_at_any_place_and_a_change_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "abcdef").unwrap();
        let file = RandomAccessFile::open(&path).unwrap();
        let mut buffer = [0; 4];
        assert_eq!(file.len(), 6);
        assert_eq!(file.read_at(4, &mut buffer).unwrap(), 2);
        assert_eq!(&buffer[..2], b"ef");
        assert_eq!(file.read_at(9, &mut buffer).unwrap(), 0);
        assert_eq!(RandomAccessFile::open(&path).unwrap().identity(), file.identity());
        fs::write(&path, "abcdeF!").unwrap();
        assert_ne!(RandomAccessFile::open(&path).unwrap().identity(), file.identity());
        let error = RandomAccessFile::open(folder.path()).unwrap_err();
        assert!(matches!(error, Error::IsFolder { .. }));
    }

    #[test]
    fn a_stream_is_spooled_up_to_its_limit() {
        let name = Path::new("stream");
        let file = RandomAccessFile::spool(name, &mut &b"abc"[..], 3).unwrap();
        let mut buffer = [0; 8];
        assert_eq!(file.read_at(0, &mut buffer).unwrap(), 3);
        let error = RandomAccessFile::spool(name, &mut &b"abcd"[..], 3).unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 3, .. }));
    }
}
