//! The entries of one layer, kept small until they are merged with those of other layers.
//!
//! Knows nothing of other layers.

use crate::{
    entry::{Entry, EntryKind},
    gap::{GapKind, Gaps},
    path::shortened,
};

/// What a layer holds, in the order of its archive.
#[derive(Debug, Default)]
pub struct LayerEntries {
    pub(crate) texts: String,
    pub(crate) list: Vec<Compact>,
    /// Paths of renamed folders, and where lower layers have them.
    pub(crate) redirects: Vec<(String, String)>,
    pub(crate) gaps: Gaps,
}

/// An entry without its path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compact {
    pub(crate) path: Text,
    pub(crate) kind: CompactKind,
    pub(crate) metadata: Metadata,
}

/// [`EntryKind`] with its texts elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CompactKind {
    File,
    Directory,
    HardLink(Text),
    SymbolicLink(Text),
    CharacterDevice(u32, u32),
    BlockDevice(u32, u32),
    Fifo,
    Whiteout,
    Opaque,
    /// One whose name could not be kept.
    Unplaced,
}

/// A piece of a text that holds many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    start: u32,
    len: u32,
}

/// What else is known of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) size: u64,
    pub(crate) modified: i64,
    pub(crate) user: u32,
    pub(crate) group: u32,
    pub(crate) mode: u16,
    pub(crate) has_capabilities: bool,
}

impl Text {
    /// Appends `text` to `texts`; `None` if they would become too long.
    pub(crate) fn add(texts: &mut String, text: &str) -> Option<Self> {
        let start = u32::try_from(texts.len()).ok()?;
        let len = u32::try_from(text.len()).ok()?;
        if texts.len() + text.len() > MAX_TEXT {
            return None;
        }
        texts.push_str(text);
        Some(Self { start, len })
    }

    pub(crate) fn of(self, texts: &str) -> &str {
        let start = self.start as usize;
        texts.get(start..start + self.len as usize).unwrap_or_default()
    }
}

impl LayerEntries {
    /// None so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next entry and returns its number, which counts from 0.
    pub fn push(&mut self, entry: &Entry) -> u32 {
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let compact = self.compact(entry).unwrap_or_else(|| {
            let message =
                "the names in this layer are too long together; it is left out of the view";
            self.gaps.add(&shortened(&entry.path), GapKind::Limit, message);
            let metadata = Metadata::default();
            Compact { path: Text::default(), kind: CompactKind::Unplaced, metadata }
        });
        self.list.push(compact);
        number
    }

    /// Says that the folder at `path` shows what lower layers have at `from`, as overlay2 does with
    /// renamed folders.
    pub fn push_redirect(&mut self, path: &str, from: &str) {
        if self.redirects.len() >= MAX_REDIRECTS {
            self.gaps.add(
                &shortened(path),
                GapKind::Limit,
                "too many renamed folders in this layer",
            );
            return;
        }
        self.redirects.push((path.to_owned(), from.to_owned()));
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn compact(&mut self, entry: &Entry) -> Option<Compact> {
        let path = Text::add(&mut self.texts, &entry.path)?;
        let kind = match &entry.kind {
            EntryKind::File => CompactKind::File,
            EntryKind::Directory => CompactKind::Directory,
            EntryKind::HardLink(to) => CompactKind::HardLink(Text::add(&mut self.texts, to)?),
            EntryKind::SymbolicLink(to) => {
                CompactKind::SymbolicLink(Text::add(&mut self.texts, to)?)
            }
            EntryKind::CharacterDevice(major, minor) => {
                CompactKind::CharacterDevice(*major, *minor)
            }
            EntryKind::BlockDevice(major, minor) => CompactKind::BlockDevice(*major, *minor),
            EntryKind::Fifo => CompactKind::Fifo,
            EntryKind::Whiteout => CompactKind::Whiteout,
            EntryKind::Opaque => CompactKind::Opaque,
        };
        let metadata = Metadata {
            size: entry.size,
            modified: entry.modified,
            user: entry.user,
            group: entry.group,
            mode: u16::try_from(entry.mode & 0o7777).unwrap_or(0),
            has_capabilities: entry.has_capabilities,
        };
        Some(Compact { path, kind, metadata })
    }
}

/// All names of a layer, or all names of an image, in bytes.
const MAX_TEXT: usize = 512 << 20;

const MAX_REDIRECTS: usize = 10_000;
