//! Looks at files: owner, mode, links, names in folders, and the text of those that checks read.
//!
//! Links are followed one by one inside the root that was asked for, and are never entered while a
//! folder is listed.

use std::{
    borrow::Cow,
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Read as _},
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Component, Path, PathBuf},
    sync::mpsc::Sender,
};

use plimsoll_host::{
    FileFacts, FileKind, Known,
    wanted::{Take, WantedFile},
};
use serde_json::Value;

use crate::request::Limits;

/// What comes of looking.
pub(crate) enum Seen {
    /// What stands at a path.
    File(String, Known<FileFacts>),
    /// Something that was cut.
    Gap(String),
}

/// Looks at one path after another.
pub(crate) struct Looker<'a> {
    root: &'a Path,
    limits: &'a Limits,
    sender: &'a Sender<Seen>,
    n_left: usize,
}

impl<'a> Looker<'a> {
    /// Looks below `root` and sends what it sees to `sender`.
    pub(crate) fn new(root: &'a Path, limits: &'a Limits, sender: &'a Sender<Seen>) -> Self {
        Self { root, limits, sender, n_left: limits.files }
    }

    /// Looks at `wanted`.
    pub(crate) fn look(&mut self, wanted: &WantedFile) {
        match wanted.take {
            Take::Facts => drop(self.file(&wanted.path, false)),
            Take::Text => drop(self.file(&wanted.path, true)),
            Take::Entries => drop(self.folder(&wanted.path)),
            Take::Tree => self.tree(&wanted.path),
            Take::Texts(ending) => {
                for name in self.folder(&wanted.path) {
                    self.file(&format!("{}/{name}", wanted.path), name.ends_with(ending));
                }
            }
            Take::Context => {
                for name in self.folder(&wanted.path) {
                    self.context(&format!("{}/{name}/meta.json", wanted.path));
                }
            }
        }
    }

    fn file(&mut self, path: &str, has_text: bool) -> Option<FileKind> {
        if self.is_full(path) {
            return None;
        }
        let known = self.facts(path, has_text);
        let kind = known.had().map(|it| it.kind);
        self.send(path, known);
        kind
    }

    /// The names in the folder at `path`, if it is one.
    fn folder(&mut self, path: &str) -> Vec<String> {
        if self.is_full(path) {
            return Vec::new();
        }
        let mut known = self.facts(path, false);
        let mut names = Vec::new();
        if let Known::Had(facts) = &mut known
            && facts.kind == FileKind::Folder
        {
            match self.names(path) {
                Ok(it) => {
                    names.clone_from(&it);
                    facts.entries = Known::Had(it);
                }
                Err(error) => facts.entries = unknown(&error),
            }
        }
        self.send(path, known);
        names
    }

    fn tree(&mut self, path: &str) {
        let mut left = vec![(path.to_owned(), 0)];
        while let Some((path, depth)) = left.pop() {
            let names = self.folder(&path);
            if depth == MAX_DEPTH && !names.is_empty() {
                self.gap(format!("`{path}` was not entered, since it lies too deep"));
                continue;
            }
            for name in names {
                let path = format!("{path}/{name}");
                let host = self.root.join(path.trim_start_matches('/'));
                let is_folder = host.symlink_metadata().is_ok_and(|it| it.is_dir());
                if is_folder {
                    left.push((path, depth + 1));
                } else {
                    self.file(&path, false);
                }
            }
        }
    }

    /// Name and address in the file of a Docker context; the rest of it may be secret.
    fn context(&mut self, path: &str) {
        if self.is_full(path) {
            return;
        }
        let mut known = self.facts(path, true);
        if let Known::Had(facts) = &mut known
            && let Known::Had(text) = &facts.text
        {
            let document: Value = serde_json::from_str(text).unwrap_or_default();
            let host = document.pointer("/Endpoints/docker/Host");
            let reduced = serde_json::json!({"Name": document.get("Name"), "Host": host});
            facts.text = Known::Had(reduced.to_string());
        }
        self.send(path, known);
    }

    fn facts(&self, path: &str, has_text: bool) -> Known<FileFacts> {
        let walk = match walk(self.root, &self.seen_from_here(path)) {
            Ok(it) => it,
            Err(error) if is_absence(&error) => return Known::Absent,
            Err(error) => return unknown(&error),
        };
        let metadata = &walk.metadata;
        let mut res = FileFacts {
            kind: kind(metadata),
            owner: metadata.uid(),
            group: metadata.gid(),
            mode: metadata.mode() & 0o7777,
            size: metadata.size(),
            modified: metadata.mtime(),
            link: walk.link.as_ref().map(|it| it.to_string_lossy().into_owned()),
            text: Known::Absent,
            entries: Known::Absent,
        };
        if has_text && res.kind == FileKind::File {
            // A user's link must not make root read what only root may.
            let is_trusted = walk.owner == 0 || walk.owner == metadata.uid();
            res.text = if is_trusted {
                self.text(path, &walk.path)
            } else {
                let why = format!("`{path}` is a link of a user to a file of someone else");
                Known::unknown(why, "see where the link leads, and why")
            };
        }
        Known::Had(res)
    }

    /// Of a host's `/proc` that is mounted elsewhere, nothing is this process's own.
    fn seen_from_here<'p>(&self, path: &'p str) -> Cow<'p, str> {
        if self.root == Path::new("/") {
            return path.into();
        }
        let own = path.strip_prefix("/proc/self/");
        let own = own.or_else(|| path.strip_prefix("/proc/").filter(|it| it.starts_with("net/")));
        own.map_or(path.into(), |it| format!("/proc/1/{it}").into())
    }

    fn text(&self, path: &str, host_path: &Path) -> Known<String> {
        let is_kernels = path.starts_with("/proc/") || path.starts_with("/sys/");
        let limit = if is_kernels { self.limits.text * 16 } else { self.limits.text };
        let read = || -> io::Result<Vec<u8>> {
            let file =
                OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(host_path)?;
            read_limited(file, limit)
        };
        match read() {
            Ok(bytes) if bytes.len() as u64 > limit => {
                let why = format!("`{path}` is longer than {limit} bytes");
                self.gap(format!("{why}; its text was left out"));
                Known::unknown(why, "see whether a file of this kind can be as long")
            }
            Ok(bytes) => Known::Had(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) => unknown(&error),
        }
    }

    fn names(&self, path: &str) -> io::Result<Vec<String>> {
        let folder = walk(self.root, &self.seen_from_here(path))?.path;
        let mut res = Vec::new();
        for entry in fs::read_dir(folder)? {
            if res.len() == self.limits.entries {
                self.gap(format!("only {} names in `{path}` were looked at", res.len()));
                break;
            }
            res.push(entry?.file_name().to_string_lossy().into_owned());
        }
        res.sort_unstable();
        Ok(res)
    }

    /// Whether no more files are looked at.
    fn is_full(&mut self, path: &str) -> bool {
        if self.n_left == 1 {
            self.gap(format!("from `{path}` on no more files were looked at"));
        }
        self.n_left = self.n_left.saturating_sub(1);
        self.n_left == 0
    }

    fn gap(&self, text: String) {
        let _ = self.sender.send(Seen::Gap(text));
    }

    fn send(&self, path: &str, known: Known<FileFacts>) {
        let _ = self.sender.send(Seen::File(path.to_owned(), known));
    }
}

/// Where a path leads.
struct Walk {
    /// Without links.
    path: PathBuf,
    metadata: Metadata,
    /// What the path itself holds, if it is a link.
    link: Option<PathBuf>,
    /// Whose the last link on the way is that does not belong to root; else root.
    owner: u32,
}

/// Follows `path` below `root` link by link, so that no link leads out of it. A link that leads
/// nowhere, or that only the kernel understands, stands for itself.
fn walk(root: &Path, path: &str) -> io::Result<Walk> {
    let mut left = parts(Path::new(path));
    let mut at = root.to_owned();
    let mut itself: Option<Walk> = None;
    let (mut owner, mut n_links) = (0, 0);
    while let Some(part) = left.pop() {
        if part.as_os_str() == ".." {
            if at != root {
                at.pop();
            }
            continue;
        }
        at.push(&part);
        let metadata = match (at.symlink_metadata(), itself.take()) {
            (Ok(it), link) => {
                itself = link;
                it
            }
            (Err(error), Some(link)) if is_absence(&error) => return Ok(link),
            (Err(error), _) => return Err(error),
        };
        if !metadata.is_symlink() {
            continue;
        }
        n_links += 1;
        if n_links > MAX_LINKS {
            return Err(io::Error::other("too many links follow each other"));
        }
        owner = if metadata.uid() == 0 { owner } else { metadata.uid() };
        let target = fs::read_link(&at)?;
        if left.is_empty() && itself.is_none() {
            itself = Some(Walk { path: at.clone(), metadata, link: Some(target.clone()), owner });
        }
        at = if target.is_absolute() { root.to_owned() } else { parent(&at) };
        left.append(&mut parts(&target));
    }
    let metadata = at.symlink_metadata()?;
    Ok(Walk { path: at, metadata, link: itself.and_then(|it| it.link), owner })
}

/// The parts of a path, the last one first.
fn parts(path: &Path) -> Vec<PathBuf> {
    let mut res: Vec<PathBuf> = path
        .components()
        .filter_map(|it| match it {
            Component::Normal(name) => Some(PathBuf::from(name)),
            Component::ParentDir => Some(PathBuf::from("..")),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
        })
        .collect();
    res.reverse();
    res
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_owned()
}

fn kind(metadata: &Metadata) -> FileKind {
    let kind = metadata.file_type();
    if kind.is_file() {
        FileKind::File
    } else if kind.is_dir() {
        FileKind::Folder
    } else if kind.is_socket() {
        FileKind::Socket
    } else {
        FileKind::Other
    }
}

/// At most `limit` bytes, and one more if there are more.
pub(crate) fn read_limited(file: File, limit: u64) -> io::Result<Vec<u8>> {
    let mut res = Vec::new();
    file.take(limit + 1).read_to_end(&mut res)?;
    Ok(res)
}

/// Whether there is nothing at all, rather than something that cannot be seen.
pub(crate) fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// What is known where the system said no.
pub(crate) fn unknown<T>(error: &io::Error) -> Known<T> {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            Known::unknown("this user may not look at it", "run as root")
        }
        _ => Known::unknown(format!("it could not be read: {error}"), "see what the system says"),
    }
}

/// Folders nested deeper are not entered.
const MAX_DEPTH: usize = 4;
/// As many links follow each other in the kernel.
const MAX_LINKS: usize = 40;

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink, path::Path, sync::mpsc::channel};

    use plimsoll_host::{
        FileFacts, FileKind, Known,
        wanted::{Take, WantedFile},
    };

    use super::{Looker, Seen};
    use crate::request::Limits;

    /// What stands at `path` below `root`, and the gaps.
    fn look(root: &Path, path: &str, take: Take) -> (Vec<(String, Known<FileFacts>)>, Vec<String>) {
        let (sender, receiver) = channel();
        let limits = Limits { text: 10, entries: 3, ..Limits::default() };
        Looker::new(root, &limits, &sender).look(&WantedFile { path: path.to_owned(), take });
        drop(sender);
        let (mut files, mut gaps) = (Vec::new(), Vec::new());
        for seen in receiver {
            match seen {
                Seen::File(path, known) => files.push((path, known)),
                Seen::Gap(text) => gaps.push(text),
            }
        }
        (files, gaps)
    }

    fn only(root: &Path, path: &str, take: Take) -> FileFacts {
        let (mut files, _) = look(root, path, take);
        match files.swap_remove(0).1 {
            Known::Had(it) => it,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn links_stay_inside_the_root() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("etc/docker")).unwrap();
        fs::write(root.join("etc/passwd"), "mine").unwrap();
        fs::write(root.join("etc/docker/real"), "{}").unwrap();
        symlink("/etc/passwd", root.join("etc/docker/daemon.json")).unwrap();
        symlink("../../../../../etc/passwd", root.join("etc/docker/up")).unwrap();
        symlink("/nowhere", root.join("etc/docker/broken")).unwrap();
        symlink("loop", root.join("etc/docker/loop")).unwrap();
        symlink("/etc/docker", root.join("etc/linked")).unwrap();
        for path in ["/etc/docker/daemon.json", "/etc/docker/up", "/etc/linked/up"] {
            let facts = only(root, path, Take::Text);
            assert_eq!(facts.text, Known::Had("mine".to_owned()), "{path}");
            assert!(facts.link.is_some_and(|it| it.ends_with("etc/passwd")), "{path}");
        }
        assert_eq!(only(root, "/etc/linked/real", Take::Text).link, None);
        let broken = only(root, "/etc/docker/broken", Take::Text);
        assert_eq!((broken.kind, broken.text), (FileKind::Other, Known::Absent));
        assert!(matches!(
            look(root, "/etc/docker/loop", Take::Facts).0[0].1,
            Known::Unknown { .. }
        ));
        assert_eq!(look(root, "/etc/none", Take::Text).0[0].1, Known::Absent);
        assert_eq!(look(root, "/etc/passwd/x", Take::Text).0[0].1, Known::Absent);
    }

    #[test]
    fn what_is_too_much_is_a_gap() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("long"), "x".repeat(11)).unwrap();
        fs::create_dir_all(root.join("a/b/c/d/e/f")).unwrap();
        fs::create_dir(root.join("many")).unwrap();
        for name in ["1", "2", "3", "4"] {
            fs::write(root.join("many").join(name), name).unwrap();
        }
        let (files, gaps) = look(root, "/long", Take::Text);
        let facts = files[0].1.had().unwrap();
        assert!(matches!(facts.text, Known::Unknown { .. }) && facts.size == 11);
        assert!(gaps[0].contains("longer than 10 bytes"));
        assert!(look(root, "/a", Take::Tree).1[0].contains("too deep"));
        let (files, gaps) = look(root, "/many", Take::Texts(""));
        assert_eq!((files.len(), gaps.len()), (4, 1));
    }

    #[test]
    fn a_context_keeps_its_name_and_address_only() {
        let folder = tempfile::tempdir().unwrap();
        let meta = folder.path().join("meta/ab");
        fs::create_dir_all(&meta).unwrap();
        let text = r#"{"Name": "far", "Metadata": {"X": "secret"},
            "Endpoints": {"docker": {"Host": "ssh://far"}}}"#;
        fs::write(meta.join("meta.json"), text).unwrap();
        let name = "/meta/ab/meta.json";
        let (sender, receiver) = channel();
        let limits = Limits::default();
        let wanted = WantedFile { path: "/meta".to_owned(), take: Take::Context };
        Looker::new(folder.path(), &limits, &sender).look(&wanted);
        drop(sender);
        let texts: Vec<Known<String>> = receiver
            .iter()
            .filter_map(|it| match it {
                Seen::File(path, Known::Had(facts)) if path == name => Some(facts.text),
                _ => None,
            })
            .collect();
        assert_eq!(texts, [Known::Had(r#"{"Host":"ssh://far","Name":"far"}"#.to_owned())]);
    }
}
