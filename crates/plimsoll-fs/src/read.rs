//! Reading one file, with a limit.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::Read,
    path::Path,
};

use crate::error::Error;

/// A NUL within this many bytes makes a file a binary one.
pub const BINARY_PROBE: usize = 8 * 1_024;

/// The text of the file at `path` if it has at most `limit` bytes. Follows a link, as whoever named
/// it expects. The text is as it stands: byte order mark and line ends are kept.
pub fn read_text(path: &Path, limit: u64) -> Result<String, Error> {
    into_text(path, read_bytes(path, limit)?)
}

/// The bytes of the file at `path` if it has at most `limit`.
pub fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let file = open(path)?;
    let metadata = regular(path, &file)?;
    if metadata.len() > limit {
        return Err(Error::TooLarge { path: path.to_owned(), limit });
    }
    read_limited(path, file, metadata.len(), limit)
}

/// Whether there is anything at `path`, a broken link included.
pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether `path` is a folder, or a link to one.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// All that `reader` gives, or an error past `limit` bytes. `expected` is how much it seems to be:
/// room for more would stay empty for as long as the text is kept.
pub(crate) fn read_limited(
    path: &Path,
    reader: impl Read,
    expected: u64,
    limit: u64,
) -> Result<Vec<u8>, Error> {
    let mut res = Vec::with_capacity(usize::try_from(expected.min(limit)).unwrap_or_default());
    let n_read = reader
        .take(limit.saturating_add(1))
        .read_to_end(&mut res)
        .map_err(|it| Error::io(path, it))?;
    if n_read as u64 > limit {
        return Err(Error::TooLarge { path: path.to_owned(), limit });
    }
    Ok(res)
}

/// The bytes as a text, if they are one.
pub(crate) fn into_text(path: &Path, bytes: Vec<u8>) -> Result<String, Error> {
    if let Some(offset) = bytes.iter().take(BINARY_PROBE).position(|it| *it == 0) {
        return Err(Error::Binary { path: path.to_owned(), offset });
    }
    String::from_utf8(bytes).map_err(|it| {
        let offset = it.utf8_error().valid_up_to();
        Error::NotUtf8 { path: path.to_owned(), offset }
    })
}

/// What the system says of `file`, if it is a regular one.
pub(crate) fn regular(path: &Path, file: &File) -> Result<Metadata, Error> {
    let metadata = file.metadata().map_err(|it| Error::io(path, it))?;
    if metadata.is_dir() {
        return Err(Error::IsFolder { path: path.to_owned() });
    }
    if !metadata.is_file() {
        return Err(Error::NotAFile { path: path.to_owned() });
    }
    Ok(metadata)
}

/// Opens without waiting for the other end of a pipe.
pub(crate) fn open(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(path).map_err(|it| Error::io(path, it))
}

#[cfg(test)]
mod tests {
    use super::{read_bytes, read_text};
    use crate::error::Error;
    use std::fs;

    #[test]
    fn a_text_is_read_as_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "\u{feff}a\r\nb").unwrap();
        assert_eq!(read_text(&path, 100).unwrap(), "\u{feff}a\r\nb");
        assert_eq!(read_bytes(&path, 7).unwrap().len(), 7);
    }

    #[test]
    fn each_failure_has_its_own_name_path_and_hint() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("large"), "x".repeat(11)).unwrap();
        fs::write(at("binary"), b"ab\0c").unwrap();
        fs::write(at("latin"), b"ab\xe9c").unwrap();
        let name = |path: &str| match read_text(&at(path), 10).unwrap_err() {
            Error::TooLarge { limit: 10, .. } => "large",
            Error::Binary { offset: 2, .. } => "binary",
            Error::NotUtf8 { offset: 2, .. } => "utf-8",
            Error::NotFound { .. } => "not found",
            Error::IsFolder { .. } => "folder",
            Error::NotFolder { .. } => "not a folder",
            _ => "other",
        };
        assert_eq!(name("large"), "large");
        assert_eq!(name("binary"), "binary");
        assert_eq!(name("latin"), "utf-8");
        assert_eq!(name("missing"), "not found");
        assert_eq!(name(""), "folder");
        assert_eq!(name("binary/x"), "not a folder");
        let error = read_text(&at("large"), 10).unwrap_err();
        assert_eq!(error.path(), at("large"));
        assert!(error.to_string().contains("10 bytes") && !error.hint().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_no_file() {
        let error = read_text("/dev/null".as_ref(), 10).unwrap_err();
        assert!(matches!(error, Error::NotAFile { .. }));
    }

    #[test]
    fn a_huge_file_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huge");
        fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert!(matches!(read_text(&path, 1 << 20), Err(Error::TooLarge { .. })));
    }
}
