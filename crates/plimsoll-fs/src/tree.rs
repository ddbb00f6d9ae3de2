//! A folder that is the root of a file system (a container's, an unpacked image's), walked without
//! ever following a link out of it.

use std::{
    collections::{
        HashMap,
        hash_map::Entry::{Occupied, Vacant},
    },
    ffi::OsString,
    fs::{self, File, Metadata, OpenOptions},
    io,
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use plimsoll_oci::{Entry, EntryKind, ReadAt};

use crate::error::Error;

/// How much of a tree is walked.
#[derive(Clone, Copy, Debug)]
pub struct TreeLimits {
    /// Entries.
    pub entries: usize,
    /// Folders within folders.
    pub depth: usize,
}

impl Default for TreeLimits {
    fn default() -> Self {
        Self { entries: 5_000_000, depth: 200 }
    }
}

/// One entry of a tree, which can be opened while it is looked at.
#[derive(Debug)]
pub struct TreeEntry {
    /// What it is; its path counts from the root of the tree. A file that came before under another
    /// name is a hard link to that name.
    pub entry: Entry,
    /// For a hard link: the entry of the name that came first.
    pub first: Option<Entry>,
    path: PathBuf,
}

/// What overlay2 wrote beside an entry of one of its folders, as extended attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeMarks {
    /// `overlay.opaque`.
    pub opaque: Option<Vec<u8>>,
    /// `overlay.redirect`.
    pub redirect: Option<Vec<u8>>,
    /// `overlay.metacopy`.
    pub metacopy: Option<Vec<u8>>,
    /// `overlay.whiteout`.
    pub whiteout: Option<Vec<u8>>,
}

impl TreeEntry {
    /// The marks of overlay2, those for root's own layers before those for a user's.
    pub fn marks(&self) -> TreeMarks {
        let attribute = |name: &str| {
            ["trusted.overlay.", "user.overlay."].iter().find_map(|prefix| {
                let mut value = vec![0; MAX_MARK];
                let name = format!("{prefix}{name}");
                let len = rustix::fs::lgetxattr(&self.path, name, &mut value[..]).ok()?;
                value.truncate(len);
                Some(value)
            })
        };
        let is_folder = self.entry.kind == EntryKind::Directory;
        let is_empty = self.entry.kind == EntryKind::File && self.entry.size == 0;
        let is_file = self.entry.kind == EntryKind::File;
        let when = |is_asked: bool, name: &str| if is_asked { attribute(name) } else { None };
        TreeMarks {
            opaque: when(is_folder, "opaque"),
            redirect: when(is_folder, "redirect"),
            metacopy: when(is_file, "metacopy"),
            whiteout: when(is_empty, "whiteout"),
        }
    }

    /// The content of a file, under whichever of its names. A link that has taken the place of the
    /// file meanwhile is refused.
    pub fn open(&self) -> io::Result<impl ReadAt + use<>> {
        let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(&self.path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("no longer a regular file"));
        }
        Ok(Content { file, len: metadata.len() })
    }
}

struct Content {
    file: File,
    len: u64,
}

impl ReadAt for Content {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }
}

/// Calls `visit` for everything below `root`, in the order in which engines archive it: by name,
/// and right behind a folder what is in it. So the first name of a file is the same as in their
/// archives. File systems mounted below `root` are not entered, as an image has none. Gives what
/// could not be looked at.
pub fn walk_tree(
    root: &Path,
    limits: TreeLimits,
    visit: &mut dyn FnMut(&TreeEntry),
) -> Result<Vec<Error>, Error> {
    let metadata = fs::metadata(root).map_err(|it| Error::io(root, it))?;
    if !metadata.is_dir() {
        return Err(Error::NotFolder { path: root.to_owned() });
    }
    let mut walk = Walk {
        limits,
        device: metadata.dev(),
        n_entries: 0,
        first_names: HashMap::new(),
        gaps: Vec::new(),
    };
    let mut open = vec![walk.names(root, String::new(), 0)];
    while let Some(folder) = open.last_mut() {
        let Some(name) = folder.names.pop() else {
            open.pop();
            continue;
        };
        walk.n_entries += 1;
        let path = folder.path.join(&name);
        if walk.n_entries > limits.entries {
            walk.gaps.push(Error::TooMany { path, limit: limits.entries });
            break;
        }
        let separator = if folder.inside.is_empty() { "" } else { "/" };
        let inside = format!("{}{separator}{}", folder.inside, name.to_string_lossy());
        let depth = folder.depth + 1;
        if walk.entry(&path, &inside, visit) {
            open.push(walk.names(&path, inside, depth));
        }
    }
    Ok(walk.gaps)
}

/// A folder in which the walk is.
struct Folder {
    path: PathBuf,
    inside: String,
    depth: usize,
    /// What is still to be looked at, the next last.
    names: Vec<OsString>,
}

struct Walk {
    limits: TreeLimits,
    device: u64,
    n_entries: usize,
    /// Files with several names, by device and inode.
    first_names: HashMap<(u64, u64), Entry>,
    gaps: Vec<Error>,
}

impl Walk {
    fn names(&mut self, path: &Path, inside: String, depth: usize) -> Folder {
        let mut res = Folder { path: path.to_owned(), inside, depth, names: Vec::new() };
        if depth > self.limits.depth {
            let limit = self.limits.depth;
            self.gaps.push(Error::TooDeep { path: path.to_owned(), limit });
            return res;
        }
        let names = fs::read_dir(path).and_then(|it| {
            it.map(|entry| entry.map(|it| it.file_name())).collect::<io::Result<Vec<_>>>()
        });
        match names {
            Ok(names) => res.names = names,
            Err(error) => self.gaps.push(Error::io(path, error)),
        }
        res.names.sort_unstable_by(|one, other| other.cmp(one));
        res
    }

    /// Shows one entry, and says whether it is a folder to be entered.
    fn entry(&mut self, path: &Path, inside: &str, visit: &mut dyn FnMut(&TreeEntry)) -> bool {
        let metadata = match path.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) => {
                self.gaps.push(Error::io(path, error));
                return false;
            }
        };
        let Some(kind) = kind(path, &metadata) else { return false };
        let is_entered = kind == EntryKind::Directory && metadata.dev() == self.device;
        let mut entry = entry(inside.to_owned(), kind, &metadata, path);
        let mut first = None;
        // Empty files have nothing to share, and overlay2 marks what is gone by some.
        if entry.kind == EntryKind::File && entry.size > 0 && metadata.nlink() > 1 {
            match self.first_names.entry((metadata.dev(), metadata.ino())) {
                Occupied(found) => {
                    let found = found.get();
                    entry.kind = EntryKind::HardLink(found.path.clone());
                    entry.size = 0;
                    first = Some(found.clone());
                }
                Vacant(place) => {
                    place.insert(entry.clone());
                }
            }
        }
        visit(&TreeEntry { entry, first, path: path.to_owned() });
        is_entered
    }
}

fn entry(path: String, kind: EntryKind, metadata: &Metadata, at: &Path) -> Entry {
    let is_file = kind == EntryKind::File;
    Entry {
        path,
        size: if is_file { metadata.len() } else { 0 },
        mode: metadata.mode() & 0o7777,
        user: metadata.uid(),
        group: metadata.gid(),
        modified: metadata.mtime(),
        has_capabilities: is_file
            && metadata.mode() & 0o111 != 0
            && rustix::fs::lgetxattr(at, "security.capability", &mut [0_u8; 64]).is_ok(),
        kind,
    }
}

/// What it is; `None` for a socket, which no image holds.
fn kind(path: &Path, metadata: &Metadata) -> Option<EntryKind> {
    let kind = metadata.file_type();
    let device = || {
        let number = metadata.rdev();
        (rustix::fs::major(number), rustix::fs::minor(number))
    };
    if kind.is_dir() {
        Some(EntryKind::Directory)
    } else if kind.is_symlink() {
        let target = fs::read_link(path).map(|it| it.to_string_lossy().into_owned());
        Some(EntryKind::SymbolicLink(target.unwrap_or_default()))
    } else if kind.is_char_device() {
        Some(EntryKind::CharacterDevice(device().0, device().1))
    } else if kind.is_block_device() {
        Some(EntryKind::BlockDevice(device().0, device().1))
    } else if kind.is_fifo() {
        Some(EntryKind::Fifo)
    } else if kind.is_file() {
        Some(EntryKind::File)
    } else {
        None
    }
}

/// Marks are shorter than this; the longest is a path.
const MAX_MARK: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::{TreeLimits, walk_tree};
    use plimsoll_oci::{EntryKind, ReadAt as _};
    use std::fs;

    #[test]
    fn a_tree_is_walked_in_order_and_links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("etc/ssl")).unwrap();
        fs::write(root.join("etc/os-release"), "ID=debian\n").unwrap();
        fs::write(root.join("etc/ssl/a"), "a").unwrap();
        std::os::unix::fs::symlink("/", root.join("out")).unwrap();
        let mut seen = Vec::new();
        let gaps = walk_tree(root, TreeLimits::default(), &mut |it| {
            let content = match it.entry.kind {
                EntryKind::File => it.open().unwrap().len(),
                _ => 0,
            };
            seen.push((it.entry.path.clone(), content));
        });
        assert!(gaps.unwrap().is_empty());
        let paths: Vec<(&str, u64)> = seen.iter().map(|it| (it.0.as_str(), it.1)).collect();
        assert_eq!(
            paths,
            [("etc", 0), ("etc/os-release", 10), ("etc/ssl", 0), ("etc/ssl/a", 1), ("out", 0)]
        );
    }

    #[test]
    fn a_second_name_of_a_file_is_a_hard_link_that_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("a")).unwrap();
        fs::write(root.join("a/first"), "abc").unwrap();
        fs::hard_link(root.join("a/first"), root.join("b")).unwrap();
        let mut seen = Vec::new();
        let gaps = walk_tree(root, TreeLimits::default(), &mut |it| {
            if it.entry.kind != EntryKind::Directory {
                let first = it.first.as_ref().map(|it| (it.path.clone(), it.size));
                seen.push((it.entry.path.clone(), first, it.open().unwrap().len()));
            }
        });
        assert!(gaps.unwrap().is_empty());
        let first = Some(("a/first".to_owned(), 3));
        assert_eq!(seen, [("a/first".to_owned(), None, 3), ("b".to_owned(), first, 3)]);
    }

    #[test]
    fn what_is_too_deep_or_too_much_is_a_gap() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b/c/d")).unwrap();
        let limits = TreeLimits { entries: 100, depth: 2 };
        let gaps = walk_tree(folder.path(), limits, &mut |_| {}).unwrap();
        assert!(gaps[0].path().ends_with("a/b/c"), "{gaps:?}");
        let limits = TreeLimits { entries: 2, depth: 20 };
        let mut n_seen = 0;
        let gaps = walk_tree(folder.path(), limits, &mut |_| n_seen += 1).unwrap();
        assert_eq!((n_seen, gaps.len()), (2, 1));
    }
}
