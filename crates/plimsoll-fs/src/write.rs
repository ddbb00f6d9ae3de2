//! Writing one file: all of it or nothing, never through a link, never over someone else's change.

use std::{
    fs::{self, File, Metadata, OpenOptions, Permissions},
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use tempfile::NamedTempFile;

use crate::{error::Error, read::read_limited};

/// Puts `text` in the place of the file at `path`, which must be a regular file (no link) that
/// still holds `expected`, the bytes it was read as. Mode and owner are kept; if the owner cannot
/// be kept, nothing is written. Whoever reads meanwhile sees the old text or the new, never a part.
pub fn write_atomic(path: &Path, text: &str, expected: &[u8]) -> Result<(), Error> {
    let io = |it| Error::io(path, it);
    let before = check(path, expected)?;
    let folder = match path.parent() {
        Some(it) if !it.as_os_str().is_empty() => it,
        _ => Path::new("."),
    };
    // The new file is made with O_EXCL, readable by us alone, and removed again on every failure.
    let mut new = NamedTempFile::with_prefix_in(".plimsoll-", folder).map_err(io)?;
    new.write_all(text.as_bytes()).map_err(io)?;
    keep_owner(path, &before, new.as_file())?;
    new.as_file().set_permissions(before.permissions()).map_err(io)?;
    new.as_file().sync_all().map_err(io)?;
    // The second look makes the moment in which a change could be lost as short as it can be.
    let after = check(path, expected)?;
    if !is_same_file(&before, &after) {
        return Err(Error::Changed { path: path.to_owned() });
    }
    new.persist(path).map_err(|it| Error::io(path, it.error))?;
    sync_folder(folder).map_err(io)
}

/// Makes the file at `path`, which must not be there yet, with `text`. Folders above it are made
/// too. Whoever reads meanwhile sees nothing or all of it.
pub fn write_new(path: &Path, text: &str) -> Result<(), Error> {
    let io = |it| Error::io(path, it);
    let folder = match path.parent() {
        Some(it) if !it.as_os_str().is_empty() => it,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(io)?;
    let mut new = NamedTempFile::with_prefix_in(".plimsoll-", folder).map_err(io)?;
    new.write_all(text.as_bytes()).map_err(io)?;
    new.as_file().set_permissions(Permissions::from_mode(0o644)).map_err(io)?;
    new.as_file().sync_all().map_err(io)?;
    new.persist_noclobber(path).map_err(|it| Error::io(path, it.error))?;
    sync_folder(folder).map_err(io)
}

/// What the file is, if it may be written and holds `expected`.
fn check(path: &Path, expected: &[u8]) -> Result<Metadata, Error> {
    let named = path.symlink_metadata().map_err(|it| Error::io(path, it))?;
    if named.is_symlink() {
        return Err(Error::Link { path: path.to_owned() });
    }
    if named.is_dir() {
        return Err(Error::IsFolder { path: path.to_owned() });
    }
    if !named.is_file() {
        return Err(Error::NotAFile { path: path.to_owned() });
    }
    let file = open_no_link(path)?;
    let opened = file.metadata().map_err(|it| Error::io(path, it))?;
    let n_bytes = expected.len() as u64;
    let held = read_limited(path, file, n_bytes, n_bytes);
    let is_changed = match held {
        Ok(it) => it != expected,
        Err(Error::TooLarge { .. }) => true,
        Err(it) => return Err(it),
    };
    if is_changed || !is_same_file(&named, &opened) {
        return Err(Error::Changed { path: path.to_owned() });
    }
    Ok(opened)
}

#[cfg(unix)]
fn open_no_link(path: &Path) -> Result<File, Error> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(|it| {
        // The system says so when the file became a link after it was looked at.
        if it.raw_os_error() == Some(libc::ELOOP) {
            Error::Link { path: path.to_owned() }
        } else {
            Error::io(path, it)
        }
    })
}

#[cfg(not(unix))]
fn open_no_link(path: &Path) -> Result<File, Error> {
    OpenOptions::new().read(true).open(path).map_err(|it| Error::io(path, it))
}

#[cfg(unix)]
pub(crate) fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
pub(crate) fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    one.len() == other.len()
}

#[cfg(unix)]
fn keep_owner(path: &Path, before: &Metadata, new: &File) -> Result<(), Error> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let made = new.metadata().map_err(|it| Error::io(path, it))?;
    if (made.uid(), made.gid()) == (before.uid(), before.gid()) {
        return Ok(());
    }
    fchown(new, Some(before.uid()), Some(before.gid()))
        .map_err(|_| Error::Owner { path: path.to_owned() })
}

#[cfg(not(unix))]
fn keep_owner(_path: &Path, _before: &Metadata, _new: &File) -> Result<(), Error> {
    Ok(())
}

/// Makes the new name last through a loss of power.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::write_atomic;
    use crate::error::Error;
    use std::fs;

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "one\r\n").unwrap();
        write_atomic(&path, "two\r\n\n", b"one\r\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two\r\n\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_changed_missing_or_wrong_target_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "one").unwrap();
        for expected in ["two", "on", "one!", ""] {
            let error = write_atomic(&path, "new", expected.as_bytes()).unwrap_err();
            assert!(matches!(error, Error::Changed { .. }), "{expected}");
        }
        assert_eq!(fs::read(&path).unwrap(), b"one");
        let missing = write_atomic(&folder.path().join("b"), "new", b"").unwrap_err();
        assert!(matches!(missing, Error::NotFound { .. }));
        let directory = write_atomic(folder.path(), "new", b"").unwrap_err();
        assert!(matches!(directory, Error::IsFolder { .. }));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&file, "one").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let error = write_atomic(&link, "new", b"one").unwrap_err();
        assert!(matches!(error, Error::Link { .. }));
        assert_eq!(fs::read(&file).unwrap(), b"one");
        assert!(link.is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn the_mode_is_kept() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for mode in [0o600, 0o644, 0o755, 0o664] {
            fs::write(&path, "one").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            write_atomic(&path, "two", b"one").unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, mode);
        }
    }
}
