//! How layers say that something is gone: names in archives, devices and attributes in folders.
//!
//! Knows nothing of the merged view that follows from it.

use crate::{
    entry::{Entry, EntryKind},
    gap::{Gap, GapKind},
    path::confine,
};

/// What overlay2 wrote beside a file or folder of one of its layers, as extended attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OverlayMarks<'a> {
    /// `trusted.overlay.opaque` or `user.overlay.opaque`: `y` for a folder that hides the lower
    /// ones.
    pub opaque: Option<&'a [u8]>,
    /// `trusted.overlay.redirect` or `user.overlay.redirect`: where a renamed folder was.
    pub redirect: Option<&'a [u8]>,
    /// `trusted.overlay.metacopy` or `user.overlay.metacopy`: only the metadata are in this layer.
    pub metacopy: Option<&'a [u8]>,
    /// `trusted.overlay.whiteout` or `user.overlay.whiteout` on an empty file: a whiteout.
    pub whiteout: Option<&'a [u8]>,
}

/// What an entry of an overlay2 folder means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlayEntry {
    /// The entry itself, which is a whiteout if the folder says so.
    pub entry: Entry,
    /// Beside a folder: that it hides what lower layers have in it.
    pub opaque: Option<Entry>,
    /// For a renamed folder: the path in lower layers that it shows.
    pub redirect: Option<String>,
    /// What cannot be shown as it is.
    pub gap: Option<Gap>,
}

/// Reads an entry of an overlay2 folder with its marks.
pub fn overlay_entry(entry: Entry, marks: &OverlayMarks<'_>) -> OverlayEntry {
    let is_marked_file =
        entry.kind == EntryKind::File && entry.size == 0 && marks.whiteout.is_some();
    if is_marked_file || entry.kind == EntryKind::CharacterDevice(0, 0) {
        let entry = Entry { kind: EntryKind::Whiteout, size: 0, ..entry };
        return OverlayEntry { entry, opaque: None, redirect: None, gap: None };
    }
    let mut gap = None;
    if marks.metacopy.is_some() && entry.kind == EntryKind::File {
        let message = "only its metadata are in this layer; its content is in a lower one";
        gap = Some(Gap {
            path: entry.path.clone(),
            kind: GapKind::Unsupported,
            message: message.to_owned(),
        });
    }
    let is_folder = entry.kind == EntryKind::Directory;
    let is_opaque = is_folder && marks.opaque == Some(b"y");
    let opaque = is_opaque.then(|| Entry { kind: EntryKind::Opaque, ..entry.clone() });
    let redirect = marks.redirect.filter(|_| is_folder).map(|it| redirected(&entry.path, it));
    OverlayEntry { entry, opaque, redirect, gap }
}

/// An absolute redirect is a path from the root, any other a name beside the folder.
fn redirected(path: &str, redirect: &[u8]) -> String {
    let redirect = String::from_utf8_lossy(redirect);
    if redirect.starts_with('/') {
        return confine(&redirect).path;
    }
    let parent = path.rsplit_once('/').map_or("", |it| it.0);
    confine(&format!("{parent}/{redirect}")).path
}

/// What an entry of a layer's archive means; `None` for the plumbing of aufs, which no engine
/// shows.
pub(crate) fn layer_entry(mut entry: Entry) -> Option<Entry> {
    if entry.path.starts_with(PLUMBING) {
        return (entry.path == OPAQUE).then(|| opaque(&entry, ""));
    }
    let name_at = entry.path.rfind('/').map_or(0, |it| it + 1);
    let name = entry.path.get(name_at..).unwrap_or_default();
    let Some(hidden) = name.strip_prefix(WHITEOUT) else {
        if entry.kind == EntryKind::CharacterDevice(0, 0) {
            entry.kind = EntryKind::Whiteout;
        }
        return Some(entry);
    };
    let parent = entry.path.get(..name_at.saturating_sub(1)).unwrap_or_default();
    if name == OPAQUE {
        return Some(opaque(&entry, parent));
    }
    // Nothing can be called so, and the folder itself is not meant.
    if name.starts_with(PLUMBING) || matches!(hidden, "" | "." | "..") {
        return None;
    }
    let path = if parent.is_empty() { hidden.to_owned() } else { format!("{parent}/{hidden}") };
    Some(Entry { path, kind: EntryKind::Whiteout, size: 0, ..entry })
}

fn opaque(entry: &Entry, folder: &str) -> Entry {
    Entry { path: folder.to_owned(), kind: EntryKind::Opaque, size: 0, ..entry.clone() }
}

const WHITEOUT: &str = ".wh.";
const PLUMBING: &str = ".wh..wh.";
const OPAQUE: &str = ".wh..wh..opq";
