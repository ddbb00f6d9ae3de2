//! Writes a file that is ours to write: new, or in the place of the old one.

use std::path::Path;

use plimsoll_fs::{Error, exists, read_bytes, write_atomic, write_new};

/// Puts `text` at `path`: atomically, never through a link.
pub fn write_file(path: &Path, text: &str) -> Result<(), Error> {
    if exists(path) {
        let before = read_bytes(path, MAX_REPLACED)?;
        return write_atomic(path, text, &before);
    }
    write_new(path, text)
}

/// A file larger than this was not written by us.
const MAX_REPLACED: u64 = 1 << 30;
