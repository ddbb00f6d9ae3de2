//! What is to be seen of several layers together, as an overlay of them would show it.
//!
//! Knows nothing of content; entries are told apart by layer and number. How the view comes about
//! stands in `merge.rs`.

use crate::{
    entry::{Entry, EntryKind},
    gap::Gap,
    layer_entries::{CompactKind, Metadata, Text},
    route::{Detour, Route, Step, TooLong},
    tree::{NONE, NodeId, Presence, ROOT, Tree},
};

/// An entry of one of the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    /// Number of the layer; the lowest is 0.
    pub layer: u16,
    /// Number of the entry in its layer, as [`crate::LayerEntries::push`] gave it.
    pub index: u32,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is to be seen.
    Visible,
    /// Its own name is gone, but this hard link still shows its content.
    Linked(EntryId),
    /// A later entry stands in its place, maybe in the same layer.
    Overwritten {
        /// Number of the layer of that entry.
        by: u16,
    },
    /// A whiteout or an opaque folder hides it.
    Deleted {
        /// Number of the layer that hides it.
        by: u16,
    },
    /// It is a whiteout itself, or says that a folder is opaque.
    Marker,
}

/// The layers of an image merged into one file system.
#[derive(Debug)]
pub struct View {
    pub(crate) tree: Tree,
    pub(crate) records: Vec<Record>,
    /// Where the records of each layer begin.
    pub(crate) starts: Vec<u32>,
    /// Targets of all links.
    pub(crate) targets: String,
    /// Of hard links, by record: the record whose content they show.
    pub(crate) contents: Vec<(u32, u32)>,
    /// Of hidden records whose content a visible hard link shows: that link.
    pub(crate) linked: Vec<(u32, u32)>,
    pub(crate) gaps: Vec<Gap>,
}

/// An entry in the view.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) metadata: Metadata,
    pub(crate) kind: CompactKind,
    /// Where it is or was; [`NONE`] if there was no place for it.
    pub(crate) node: NodeId,
    /// The layer that hid it, counted from 1; 0 if it is not hidden.
    pub(crate) hidden_by: u16,
    pub(crate) cause: Cause,
}

/// How an entry was hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Overwritten,
    Deleted,
}

/// Whether the last part of a path is followed if it is a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    Follow,
    Keep,
}

impl View {
    /// How many layers there are.
    pub fn n_layers(&self) -> usize {
        self.starts.len()
    }

    /// What could not be merged as it stands.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// All entries of all layers, lower layers first.
    pub fn entries(&self) -> impl Iterator<Item = EntryId> + '_ {
        (0_u32..).take(self.records.len()).filter_map(|it| self.id(it))
    }

    /// The entries that are to be seen, lower layers first.
    pub fn visible(&self) -> impl Iterator<Item = EntryId> + '_ {
        self.entries().filter(|it| self.fate(*it) == Fate::Visible)
    }

    /// The entries whose content is in the image and that nobody can see any more.
    pub fn hidden(&self) -> impl Iterator<Item = (EntryId, Fate)> + '_ {
        self.entries()
            .map(|it| (it, self.fate(it)))
            .filter(|(_, fate)| matches!(fate, Fate::Overwritten { .. } | Fate::Deleted { .. }))
    }

    /// Bytes of the files in a layer that nobody can see any more.
    pub fn wasted_bytes(&self, layer: u16) -> u64 {
        let Some(range) = self.range(layer) else { return 0 };
        let ids = range.filter_map(|it| self.id(it));
        let hidden = ids
            .filter(|it| matches!(self.fate(*it), Fate::Overwritten { .. } | Fate::Deleted { .. }));
        hidden.filter_map(|it| self.record(it)).fold(0, |sum, it| {
            if it.kind == CompactKind::File { sum.saturating_add(it.metadata.size) } else { sum }
        })
    }

    /// What became of an entry. One that had no place in the view, of which a gap tells, counts as
    /// visible, since nothing shows that it is not.
    pub fn fate(&self, id: EntryId) -> Fate {
        let Some(record) = self.record(id) else { return Fate::Marker };
        if matches!(record.kind, CompactKind::Whiteout | CompactKind::Opaque) {
            return Fate::Marker;
        }
        let Some(by) = record.hidden_by.checked_sub(1) else { return Fate::Visible };
        let number = self.number(id).unwrap_or(NONE);
        if let Some(link) = second_of(&self.linked, number).and_then(|it| self.id(it)) {
            return Fate::Linked(link);
        }
        match record.cause {
            Cause::Overwritten => Fate::Overwritten { by },
            Cause::Deleted => Fate::Deleted { by },
        }
    }

    /// The path at which an entry is or was to be seen, in which links of folders are resolved.
    pub fn path(&self, id: EntryId) -> Option<String> {
        let record = self.record(id)?;
        (record.node != NONE).then(|| self.tree.path(record.node))
    }

    /// The entry itself, with its path in the view; `None` if there was no room for its name.
    pub fn entry(&self, id: EntryId) -> Option<Entry> {
        let record = self.record(id)?;
        let text = |it: Text| it.of(&self.targets).to_owned();
        let kind = match record.kind {
            CompactKind::File => EntryKind::File,
            CompactKind::Directory => EntryKind::Directory,
            CompactKind::HardLink(target) => EntryKind::HardLink(text(target)),
            CompactKind::SymbolicLink(target) => EntryKind::SymbolicLink(text(target)),
            CompactKind::CharacterDevice(major, minor) => EntryKind::CharacterDevice(major, minor),
            CompactKind::BlockDevice(major, minor) => EntryKind::BlockDevice(major, minor),
            CompactKind::Fifo => EntryKind::Fifo,
            CompactKind::Whiteout => EntryKind::Whiteout,
            CompactKind::Opaque => EntryKind::Opaque,
            CompactKind::Unplaced => return None,
        };
        let Metadata { size, modified, user, group, mode, has_capabilities } = record.metadata;
        let path = self.path(id).unwrap_or_default();
        let mode = u32::from(mode);
        Some(Entry { path, kind, size, mode, user, group, modified, has_capabilities })
    }

    /// For a hard link: the entry whose content it shows.
    pub fn content(&self, id: EntryId) -> Option<EntryId> {
        second_of(&self.contents, self.number(id)?).and_then(|it| self.id(it))
    }

    /// The entry to be seen at exactly this path, no link followed. A folder may have none, if no
    /// layer says more of it than that something is in it.
    pub fn at(&self, path: &str) -> Option<EntryId> {
        let mut node = ROOT;
        for name in path.split('/').filter(|it| !it.is_empty()) {
            node = self.tree.child(node, name)?;
        }
        let node = self.tree.node(node).filter(|it| it.presence != Presence::Absent)?;
        self.id(node.occupant)
    }

    /// The path that a process in the image would reach by `path`: all links followed, none of them
    /// out of the root. `None` if nothing is there or the links go in a circle.
    pub fn resolve(&self, path: &str) -> Option<String> {
        self.find(path, Last::Follow).ok().flatten().map(|it| self.tree.path(it))
    }

    /// The entry that a process in the image would open by `path`.
    pub fn open(&self, path: &str) -> Option<EntryId> {
        let node = self.find(path, Last::Follow).ok().flatten()?;
        self.id(self.tree.node(node)?.occupant)
    }

    /// The names in a folder, in order. Links are followed.
    pub fn names(&self, path: &str) -> Vec<String> {
        let Some(node) = self.find(path, Last::Follow).ok().flatten() else { return Vec::new() };
        let children = self.tree.children(node);
        let mut res: Vec<String> = children.map(|it| self.tree.name(it).to_owned()).collect();
        res.sort_unstable();
        res
    }

    /// Walks a path as a process in the image would.
    fn find(&self, path: &str, last: Last) -> Result<Option<NodeId>, TooLong> {
        self.find_counted(path, last).0
    }

    /// The same, with how many steps it took if there were links.
    pub(crate) fn find_counted(
        &self,
        path: &str,
        last: Last,
    ) -> (Result<Option<NodeId>, TooLong>, u32) {
        let mut route = Route::new(path);
        let res = self.walk(&mut route, last);
        (res, if route.has_links() { route.n_steps() } else { 0 })
    }

    fn walk(&self, route: &mut Route<'_>, last: Last) -> Result<Option<NodeId>, TooLong> {
        let mut node = ROOT;
        loop {
            let name = match route.next()? {
                None => return Ok(Some(node)),
                Some(Step::Up) => {
                    node = self.tree.parent(node);
                    continue;
                }
                Some(Step::Down(name)) => name,
            };
            let Some(child) = self.tree.child(node, name) else { return Ok(None) };
            match self.tree.presence(child) {
                Presence::Absent => return Ok(None),
                Presence::Folder => node = child,
                Presence::Other => return Ok(route.is_at_end().then_some(child)),
                Presence::Link if last == Last::Keep && route.is_at_end() => {
                    return Ok(Some(child));
                }
                Presence::Link => {
                    if route.detour(self.target(child))? == Detour::FromRoot {
                        node = ROOT;
                    }
                }
            }
        }
    }

    /// The target of the link at a node.
    pub(crate) fn target(&self, node: NodeId) -> &str {
        let number = self.tree.node(node).map_or(NONE, |it| it.occupant);
        let number = second_of(&self.contents, number).unwrap_or(number);
        match self.records.get(number as usize).map(|it| it.kind) {
            Some(CompactKind::SymbolicLink(target)) => target.of(&self.targets),
            _ => "",
        }
    }

    pub(crate) fn id(&self, number: u32) -> Option<EntryId> {
        if number as usize >= self.records.len() {
            return None;
        }
        let layer = self.starts.partition_point(|it| *it <= number).checked_sub(1)?;
        let index = number - self.starts.get(layer)?;
        Some(EntryId { layer: u16::try_from(layer).ok()?, index })
    }

    /// Bytes of memory, roughly.
    #[cfg(test)]
    pub(crate) fn n_bytes(&self) -> usize {
        self.tree.n_bytes()
            + self.records.capacity() * size_of::<Record>()
            + self.targets.capacity()
            + (self.contents.capacity() + self.linked.capacity()) * 8
    }

    fn range(&self, layer: u16) -> Option<std::ops::Range<u32>> {
        let start = *self.starts.get(usize::from(layer))?;
        let all = u32::try_from(self.records.len()).ok()?;
        Some(start..self.starts.get(usize::from(layer) + 1).copied().unwrap_or(all))
    }

    fn number(&self, id: EntryId) -> Option<u32> {
        let range = self.range(id.layer)?;
        range.start.checked_add(id.index).filter(|it| range.contains(it))
    }

    fn record(&self, id: EntryId) -> Option<&Record> {
        self.records.get(self.number(id)? as usize)
    }
}

/// Of pairs in the order of their first: the second that belongs to one.
pub(crate) fn second_of(pairs: &[(u32, u32)], first: u32) -> Option<u32> {
    let index = pairs.binary_search_by_key(&first, |it| it.0).ok()?;
    pairs.get(index).map(|it| it.1)
}
