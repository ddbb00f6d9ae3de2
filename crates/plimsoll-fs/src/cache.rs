//! A folder of results that can be made again: bounded in size, safe to lose, safe to share
//! between runs.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::{error::Error, read::read_bytes};

/// A folder of entries by key. Each entry is one file that holds a checksum of its content, so that
/// a torn or foreign file is no answer but a miss.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    max_bytes: u64,
}

impl Cache {
    /// A cache in `folder`, made when first written, that holds at most `max_bytes`.
    pub fn new(folder: PathBuf, max_bytes: u64) -> Self {
        Self { folder, max_bytes }
    }

    /// The content kept under `key`, if it is there whole.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        let path = self.path(key);
        let mut bytes = read_bytes(&path, self.max_bytes).ok()?;
        let content = bytes.get(CHECKSUM..)?;
        if checksum(key, content).as_slice() != bytes.get(..CHECKSUM)? {
            return None;
        }
        bytes.drain(..CHECKSUM);
        // The time of the last use decides what goes first when the cache is full; it is a hint, so
        // a failure to set it does no harm.
        let used = File::options().append(true).open(&path);
        let _ = used.and_then(|it| it.set_modified(SystemTime::now()));
        Some(bytes)
    }

    /// Keeps `content` under `key`. Whoever reads meanwhile sees the old content or the new. What
    /// was used longest ago goes when the cache is full; content larger than a quarter of the cache
    /// is not kept.
    pub fn put(&self, key: &str, content: &[u8]) -> Result<(), Error> {
        if content.len() as u64 > self.max_bytes / 4 {
            return Ok(());
        }
        let io = |it| Error::io(&self.folder, it);
        fs::create_dir_all(&self.folder).map_err(io)?;
        let mut file = NamedTempFile::with_prefix_in(NEW, &self.folder).map_err(io)?;
        file.write_all(&checksum(key, content)).map_err(io)?;
        file.write_all(content).map_err(io)?;
        file.persist(self.path(key)).map_err(|it| io(it.error))?;
        self.shrink();
        Ok(())
    }

    /// Takes away what was used longest ago until the rest fits, and what a killed run left behind.
    fn shrink(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .flatten()
            .take(MAX_ENTRIES)
            .filter_map(|it| {
                let metadata = it.metadata().ok().filter(fs::Metadata::is_file)?;
                let modified = metadata.modified().ok()?;
                Some((modified, metadata.len(), it.path()))
            })
            .collect();
        let now = SystemTime::now();
        files.retain(|(modified, _, path)| {
            let is_new = path.file_name().is_some_and(|it| it.to_string_lossy().starts_with(NEW));
            let is_left =
                is_new && now.duration_since(*modified).is_ok_and(|it| it.as_secs() > LEFT);
            if is_left {
                let _ = fs::remove_file(path);
            }
            !is_new
        });
        let mut n_bytes: u64 = files.iter().map(|it| it.1).sum();
        if n_bytes <= self.max_bytes {
            return;
        }
        files.sort();
        for (_, size, path) in files {
            if n_bytes <= self.max_bytes / 4 * 3 {
                break;
            }
            if fs::remove_file(path).is_ok() {
                n_bytes -= size;
            }
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        let digits = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
        let name: String = Sha256::digest(key.as_bytes())
            .iter()
            .flat_map(|it| [digits(it >> 4), digits(it & 15)])
            .collect();
        self.folder.join(name)
    }
}

/// The folder in which this user's programs keep what can be made again, by the environment that is
/// handed in (`XDG_CACHE_HOME`, else `HOME`).
pub fn cache_folder(environment: &std::collections::BTreeMap<String, String>) -> Option<PathBuf> {
    let absolute = |name: &str| {
        environment.get(name).map(Path::new).filter(|it| it.is_absolute()).map(Path::to_owned)
    };
    let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(base.join("plimsoll"))
}

/// The key is part of the checksum, so that an entry renamed by hand is no answer to another key.
fn checksum(key: &str, content: &[u8]) -> [u8; CHECKSUM] {
    let mut hash = Sha256::new();
    hash.update(key.as_bytes());
    hash.update([0]);
    hash.update(content);
    hash.finalize().into()
}

/// Bytes of a SHA-256.
const CHECKSUM: usize = 32;

/// How files begin that are not finished yet.
const NEW: &str = ".new-";

/// Seconds after which an unfinished file is one that a killed run left.
const LEFT: u64 = 3_600;

/// More files than this are not looked at when room is made.
const MAX_ENTRIES: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::Cache;
    use std::fs;

    #[test]
    fn what_was_put_is_got_back_and_a_torn_entry_is_a_miss() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("c"), 1 << 20);
        assert_eq!(cache.get("a"), None);
        cache.put("a", b"one").unwrap();
        cache.put("b", b"two").unwrap();
        assert_eq!(cache.get("a").as_deref(), Some(&b"one"[..]));
        let (a, b) = (cache.path("a"), cache.path("b"));
        fs::copy(&b, &a).unwrap();
        assert_eq!(cache.get("a"), None, "an entry of another key");
        let whole = fs::read(&b).unwrap();
        for len in 0..whole.len() {
            fs::write(&b, &whole[..len]).unwrap();
            assert_eq!(cache.get("b"), None, "cut at {len}");
        }
    }

    #[test]
    fn the_oldest_goes_when_it_is_full() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().to_owned(), 4_000);
        for n in 0..20 {
            cache.put(&n.to_string(), &[0; 500]).unwrap();
        }
        let held: u64 = fs::read_dir(folder.path())
            .unwrap()
            .map(|it| it.unwrap().metadata().unwrap().len())
            .sum();
        assert!(held <= 4_000, "{held}");
        assert!(cache.get("19").is_some());
        cache.put("large", &[0; 1_001]).unwrap();
        assert_eq!(cache.get("large"), None, "too large to be worth its room");
    }
}
