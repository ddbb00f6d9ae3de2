//! A file that is written beside the one it will replace, and a lock that keeps writers apart.

use std::{
    collections::BTreeMap,
    fs::{self, File, Permissions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use tempfile::NamedTempFile;

use crate::{
    error::Error,
    map::MappedFile,
    write::{is_same_file, sync_folder},
};

/// Bytes that will replace a file at once. Gone again if they are not put in place; what a killed
/// run left is taken away by [`FileLock::take`].
#[derive(Debug)]
pub struct NewFile {
    file: NamedTempFile,
    target: PathBuf,
}

impl NewFile {
    /// A new file beside `target`, which may or may not be there. Folders above it are made.
    pub fn beside(target: &Path) -> Result<Self, Error> {
        let folder = folder_of(target);
        let io = |it| Error::io(target, it);
        fs::create_dir_all(folder).map_err(io)?;
        let file = NamedTempFile::with_prefix_in(prefix(target), folder).map_err(io)?;
        Ok(Self { file, target: target.to_owned() })
    }

    /// What was written so far, to be read.
    pub fn map(&mut self) -> Result<MappedFile, Error> {
        self.file.flush().map_err(|it| Error::io(&self.target, it))?;
        MappedFile::open(self.file.path())
    }

    /// Makes it last through a loss of power and gives it the name of its target, in one step.
    /// Whoever has the old file open goes on seeing that one.
    pub fn put_in_place(self) -> Result<(), Error> {
        let io = |it| Error::io(&self.target, it);
        if self.target.symlink_metadata().is_ok_and(|it| it.is_symlink()) {
            return Err(Error::Link { path: self.target.clone() });
        }
        self.file.as_file().set_permissions(readable_by_all()).map_err(io)?;
        self.file.as_file().sync_all().map_err(io)?;
        self.file.persist(&self.target).map_err(|it| Error::io(&self.target, it.error))?;
        sync_folder(folder_of(&self.target)).map_err(|it| Error::io(&self.target, it))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Keeps other runs from writing a file, for as long as it lives. The system frees it when the
/// program ends, however it ends; its file goes with it, save where the program was killed.
#[derive(Debug)]
pub struct FileLock {
    /// Holds the lock.
    _file: File,
    path: PathBuf,
}

impl FileLock {
    /// Takes the lock of `target`, which is a file beside it; `None` if another run has it. Takes
    /// away what killed runs left beside `target`.
    pub fn take(target: &Path) -> Result<Option<Self>, Error> {
        let folder = folder_of(target);
        let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path = folder.join(format!("{name}.lock"));
        let io = |it| Error::io(&path, it);
        fs::create_dir_all(folder).map_err(io)?;
        let file =
            File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        // Another run may have taken its file away between our opening and our locking it; that
        // run was at work a moment ago, and a third one may have the file that is there.
        let held = file.metadata().map_err(io)?;
        if !fs::symlink_metadata(&path).is_ok_and(|it| is_same_file(&it, &held)) {
            return Ok(None);
        }
        let lock = Self { _file: file, path };
        lock.remove_unfinished(target)?;
        Ok(Some(lock))
    }

    /// Takes away what killed runs left beside `target`, a file that is written by none but who has
    /// this lock.
    pub fn remove_unfinished(&self, target: &Path) -> Result<(), Error> {
        let folder = folder_of(target);
        let entries = fs::read_dir(folder).map_err(|it| Error::io(folder, it))?;
        for entry in entries.flatten().take(MAX_ENTRIES) {
            if entry.file_name().to_string_lossy().starts_with(&prefix(target)) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // The lock is still held, so that the file is ours. One that stays does no harm.
        let _ = fs::remove_file(&self.path);
    }
}

/// The folder in which this user's programs keep what is to stay, by the environment that is handed
/// in (`XDG_DATA_HOME`, else `HOME`).
pub fn data_folder(environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    let absolute = |name: &str| {
        environment.get(name).map(Path::new).filter(|it| it.is_absolute()).map(Path::to_owned)
    };
    let base =
        absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")))?;
    Some(base.join("plimsoll"))
}

/// The time, in seconds since 1970; 0 for a clock before that.
pub fn seconds_now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |it| i64::try_from(it.as_secs()).unwrap_or(i64::MAX))
}

fn prefix(target: &Path) -> String {
    format!(".{}.new-", target.file_name().unwrap_or_default().to_string_lossy())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(it) if !it.as_os_str().is_empty() => it,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn readable_by_all() -> Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    Permissions::from_mode(0o644)
}

/// More files than this beside the target are not looked at.
const MAX_ENTRIES: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::{FileLock, NewFile};
    use std::{
        fs,
        io::Write as _,
        sync::atomic::{AtomicUsize, Ordering},
    };

    #[test]
    fn a_file_is_replaced_at_once_and_a_failure_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f/a");
        let mut file = NewFile::beside(&path).unwrap();
        file.write_all(b"one").unwrap();
        assert_eq!(&*file.map().unwrap(), b"one");
        assert!(!path.exists());
        file.put_in_place().unwrap();
        drop(NewFile::beside(&path).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, "one").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(NewFile::beside(&link).unwrap().put_in_place().is_err());
        assert!(link.is_symlink());
    }

    #[test]
    fn only_one_has_the_lock_and_it_tidies_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(folder.path().join(".a.new-xyz"), "left by a killed run").unwrap();
        let lock = FileLock::take(&path).unwrap();
        assert!(lock.is_some());
        assert!(FileLock::take(&path).unwrap().is_none());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        drop(lock);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(FileLock::take(&path).unwrap().is_some());
    }

    #[test]
    fn many_runs_at_once_never_have_the_lock_together() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let (holders, n_taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        let Some(lock) = FileLock::take(&path).unwrap() else { continue };
                        assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0);
                        n_taken.fetch_add(1, Ordering::SeqCst);
                        std::thread::yield_now();
                        holders.fetch_sub(1, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        assert!(n_taken.into_inner() > 0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
