//! The file of a snapshot.

use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use plimsoll_host::{Collected, Hide};
use tempfile::NamedTempFile;

use crate::error::Error;

/// Writes `collected` to the file at `path`, readable by its owner alone, with its secrets hidden
/// by `hide`. Whoever looks meanwhile sees the file that was there before, or the whole new one.
pub fn save(path: &Path, collected: &Collected, hide: Hide) -> Result<(), Error> {
    let io = |it| Error::io(path, it);
    let text = collected
        .masked(hide)
        .write()
        .map_err(|source| Error::Snapshot { path: path.to_owned(), source })?;
    if path.symlink_metadata().is_ok_and(|it| !it.is_file()) {
        return Err(Error::NotAFile { path: path.to_owned() });
    }
    let folder = match path.parent() {
        Some(it) if !it.as_os_str().is_empty() => it,
        _ => Path::new("."),
    };
    // Made with O_EXCL and mode 0600, and removed again on every failure.
    let mut file = NamedTempFile::with_prefix_in(".plimsoll-", folder).map_err(io)?;
    file.write_all(text.as_bytes()).map_err(io)?;
    file.as_file().sync_all().map_err(io)?;
    file.persist(path).map_err(|it| Error::io(path, it.error))?;
    File::open(folder).and_then(|it| it.sync_all()).map_err(io)
}

/// Reads the snapshot in the file at `path`. One of a newer format is refused.
pub fn load(path: &Path) -> Result<Collected, Error> {
    let io = |it| Error::io(path, it);
    let mut text = String::new();
    // Opened without waiting for the other end of a pipe.
    let file =
        OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(io)?;
    file.take(MAX_SNAPSHOT + 1).read_to_string(&mut text).map_err(io)?;
    if text.len() as u64 > MAX_SNAPSHOT {
        return Err(Error::TooLarge { path: path.to_owned(), limit: MAX_SNAPSHOT });
    }
    Collected::read(&text).map_err(|source| Error::Snapshot { path: path.to_owned(), source })
}

/// A snapshot has fewer bytes.
const MAX_SNAPSHOT: u64 = 512 << 20;
