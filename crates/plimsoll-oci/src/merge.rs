//! How layers become one view: entry by entry, as an engine extracts them one over the other.
//!
//! Knows nothing of content. Each node is hidden as often as it was shown and swept once in each
//! layer, so that no order of entries makes this slower than their number.

use crate::{
    gap::{GapKind, Gaps},
    layer_entries::{Compact, CompactKind, LayerEntries, Text},
    path::shortened,
    route::{Detour, Route, Step, TooLong},
    tree::{NONE, NodeId, Presence, ROOT, Tree},
    view::{Cause, Last, Record, View, second_of},
};

impl View {
    /// Merges layers, the lowest first.
    ///
    /// A whiteout hides what lower layers have, never what its own layer puts there, whatever their
    /// order. A folder in a path that is a link in the layers so far is followed within the root,
    /// as an engine does that extracts into the merged file system.
    pub fn merge(layers: impl IntoIterator<Item = LayerEntries>) -> Self {
        let mut merge = Merge::new();
        for layer in layers {
            merge.add_layer(layer);
        }
        merge.finish()
    }
}

struct Merge {
    view: View,
    gaps: Gaps,
    /// Number of the layer that is being added, counted from 1.
    layer: u16,
    /// The folder of the last entry as it was written, and where it is.
    last_folder: Option<(String, NodeId)>,
    /// Steps that were taken because of links.
    n_link_steps: u64,
}

/// Of what is below a folder, what is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// What lower layers have.
    LowerLayers,
    /// All.
    All,
}

impl Merge {
    fn new() -> Self {
        let view = View {
            tree: Tree::new(),
            records: Vec::new(),
            starts: Vec::new(),
            targets: String::new(),
            contents: Vec::new(),
            linked: Vec::new(),
            gaps: Vec::new(),
        };
        Self { view, gaps: Gaps::default(), layer: 0, last_folder: None, n_link_steps: 0 }
    }

    fn add_layer(&mut self, entries: LayerEntries) {
        if self.layer >= MAX_LAYERS {
            self.gaps.add("", GapKind::Limit, format!("a layer beyond {MAX_LAYERS} is not merged"));
            return;
        }
        self.layer += 1;
        self.last_folder = None;
        self.view.starts.push(u32::try_from(self.view.records.len()).unwrap_or(NONE));
        for gap in entries.gaps.finish() {
            self.gaps.add(&gap.path, gap.kind, gap.message);
        }
        for (path, from) in &entries.redirects {
            self.redirect(path, from);
        }
        self.view.records.reserve_exact(entries.list.len());
        for compact in &entries.list {
            self.add(&entries.texts, compact);
        }
    }

    fn finish(mut self) -> View {
        let view = &mut self.view;
        for id in 0..u32::try_from(view.tree.len()).unwrap_or(NONE) {
            let Some(node) = view.tree.node(id) else { continue };
            // A record may have been hidden in one place and shown in another by a renamed folder.
            if let Some(record) = view.records.get_mut(node.occupant as usize) {
                record.node = id;
                record.hidden_by = 0;
            }
        }
        let is_hidden = |number: u32| {
            view.records.get(number as usize).is_some_and(|record| record.hidden_by > 0)
        };
        let pairs = view.contents.iter().filter(|it| !is_hidden(it.0) && is_hidden(it.1));
        let mut linked: Vec<(u32, u32)> = pairs.map(|it| (it.1, it.0)).collect();
        linked.sort_unstable();
        linked.dedup_by_key(|it| it.0);
        view.linked = linked;
        view.tree.shrink();
        view.targets.shrink_to_fit();
        view.contents.shrink_to_fit();
        self.view.gaps = self.gaps.finish();
        self.view
    }

    fn add(&mut self, texts: &str, compact: &Compact) {
        let number = u32::try_from(self.view.records.len()).unwrap_or(NONE);
        let path = compact.path.of(texts);
        let kind = self.kept_kind(texts, compact.kind);
        self.view.records.push(Record {
            metadata: compact.metadata,
            kind,
            node: NONE,
            hidden_by: 0,
            cause: Cause::Deleted,
        });
        let placed = match kind {
            CompactKind::Whiteout => self.white_out(path, number),
            CompactKind::Opaque => {
                self.make_opaque(path, number);
                Some(())
            }
            CompactKind::Unplaced => Some(()),
            CompactKind::HardLink(target) => self.link(path, number, target),
            CompactKind::Directory => self.place(path, number, Presence::Folder),
            CompactKind::SymbolicLink(_) => self.place(path, number, Presence::Link),
            _ => self.place(path, number, Presence::Other),
        };
        if placed.is_none() {
            let message = "there are too many names; it has no place in the view";
            self.gaps.add(&shortened(path), GapKind::Limit, message);
        }
    }

    /// The kind with its target among those of the view.
    fn kept_kind(&mut self, texts: &str, kind: CompactKind) -> CompactKind {
        let mut keep = |it: Text| Text::add(&mut self.view.targets, it.of(texts));
        match kind {
            CompactKind::HardLink(target) => {
                CompactKind::HardLink(keep(target).unwrap_or_default())
            }
            CompactKind::SymbolicLink(target) => {
                CompactKind::SymbolicLink(keep(target).unwrap_or_default())
            }
            kind => kind,
        }
    }

    fn place(&mut self, path: &str, number: u32, presence: Presence) -> Option<()> {
        let id = if path.is_empty() {
            // Nothing but a folder can be the root.
            if presence != Presence::Folder {
                self.gaps.add(
                    "",
                    GapKind::Corrupt,
                    "an entry that is no folder is named as the root",
                );
                return Some(());
            }
            ROOT
        } else {
            let (parent, name) = split(path);
            let parent = self.folder(parent)?;
            self.view.tree.child_or_new(parent, name)?
        };
        let node = *self.view.tree.node(id)?;
        if node.presence != Presence::Absent && node.presence != presence {
            self.last_folder = None;
        }
        if node.presence == Presence::Folder && presence != Presence::Folder {
            self.hide_below(id, Reach::All, Cause::Overwritten);
        }
        self.bury(node.occupant, Cause::Overwritten);
        self.view.tree.show(id, presence, number);
        self.set_node(number, id);
        self.touch(id);
        Some(())
    }

    fn link(&mut self, path: &str, number: u32, target: Text) -> Option<()> {
        let text = target.of(&self.view.targets).to_owned();
        let found = self.find(&text).and_then(|it| self.view.tree.node(it)).copied();
        let Some(found) = found.filter(|it| it.presence != Presence::Folder) else {
            let message = "a hard link to something that is not there, or to a folder";
            self.gaps.add(&shortened(path), GapKind::Missing, message);
            return self.place(path, number, Presence::Other);
        };
        let content = second_of(&self.view.contents, found.occupant).unwrap_or(found.occupant);
        self.view.contents.push((number, content));
        self.place(path, number, found.presence)
    }

    fn white_out(&mut self, path: &str, number: u32) -> Option<()> {
        if path.is_empty() {
            self.make_opaque(path, number);
            return Some(());
        }
        let (parent, name) = split(path);
        let parent = self.existing_folder(parent);
        let child = parent.and_then(|it| self.view.tree.child(it, name));
        let Some(id) = child else { return Some(()) };
        self.set_node(number, id);
        let node = *self.view.tree.node(id)?;
        if node.presence == Presence::Absent {
            return Some(());
        }
        self.last_folder = None;
        if node.touched_by == self.layer {
            self.keep_own(id);
            self.hide_below(id, Reach::LowerLayers, Cause::Deleted);
        } else {
            self.hide_below(id, Reach::All, Cause::Deleted);
            self.bury(node.occupant, Cause::Deleted);
            self.view.tree.hide(id);
        }
        Some(())
    }

    fn make_opaque(&mut self, path: &str, number: u32) {
        if let Some(id) = self.existing_folder(path) {
            self.set_node(number, id);
            self.last_folder = None;
            self.hide_below(id, Reach::LowerLayers, Cause::Deleted);
        }
    }

    /// Shows at `path` what lower layers have at `from`, instead of what they have at `path`.
    fn redirect(&mut self, path: &str, from: &str) {
        let source = self.find(from).filter(|it| self.view.tree.presence(*it) == Presence::Folder);
        let Some(source) = source else {
            let message = "a renamed folder whose old name no lower layer has";
            self.gaps.add(&shortened(path), GapKind::Missing, message);
            return;
        };
        // All is listed before anything is made, since one may be inside of the other.
        let mut copies = vec![(source, NONE)];
        let mut next = 0;
        while let Some((id, _)) = copies.get(next).copied() {
            let parent = u32::try_from(next).unwrap_or(NONE);
            copies.extend(self.view.tree.children(id).map(|it| (it, parent)));
            next += 1;
        }
        if self.copy(path, &copies).is_none() {
            let message = "there are too many names; the renamed folder is not shown whole";
            self.gaps.add(&shortened(path), GapKind::Limit, message);
        }
    }

    /// Lays copies of nodes below `path`; the first of them is the folder itself, and each names
    /// its parent by its place in the list.
    fn copy(&mut self, path: &str, copies: &[(NodeId, u32)]) -> Option<()> {
        let top = self.force_folders(path)?;
        let old = self.view.tree.node(top)?.occupant;
        self.hide_below(top, Reach::All, Cause::Overwritten);
        let mut made: Vec<NodeId> = Vec::with_capacity(copies.len());
        for (source, parent) in copies {
            let node = *self.view.tree.node(*source)?;
            let Some(parent) = made.get(*parent as usize).copied() else {
                self.view.tree.show(top, Presence::Folder, old);
                made.push(top);
                continue;
            };
            let name = self.view.tree.name(*source).to_owned();
            let id = self.view.tree.child_or_new(parent, &name)?;
            self.view.tree.show(id, node.presence, node.occupant);
            made.push(id);
        }
        Some(())
    }

    /// The folder at a path, made if it is not there.
    fn folder(&mut self, path: &str) -> Option<NodeId> {
        if let Some((last, id)) = &self.last_folder
            && last == path
        {
            return Some(*id);
        }
        let id = if let Ok(id) = self.make_folders(path) {
            id?
        } else {
            let message = "links on the way to it cannot be followed; it is shown as it is named";
            self.gaps.add(&shortened(path), GapKind::Unsupported, message);
            self.force_folders(path)?
        };
        self.last_folder = Some((path.to_owned(), id));
        Some(id)
    }

    /// Makes the folders of a path and follows its links. The inner `None` is a tree that is full.
    fn make_folders(&mut self, path: &str) -> Result<Option<NodeId>, TooLong> {
        let mut route = Route::new(path);
        let mut id = ROOT;
        let mut is_detour = false;
        loop {
            let name = match route.next()? {
                None => break,
                Some(Step::Up) => {
                    id = self.view.tree.parent(id);
                    continue;
                }
                Some(Step::Down(name)) => name,
            };
            let Some(child) = self.view.tree.child_or_new(id, name) else { return Ok(None) };
            match self.view.tree.presence(child) {
                Presence::Folder => id = child,
                Presence::Link => {
                    is_detour = true;
                    self.check_link_steps()?;
                    if route.detour(self.view.target(child))? == Detour::FromRoot {
                        id = ROOT;
                    }
                }
                // A link must not take away a file that it points to.
                Presence::Other if is_detour => return Err(TooLong),
                Presence::Other | Presence::Absent => {
                    self.replace_by_folder(child);
                    id = child;
                }
            }
        }
        if is_detour {
            self.n_link_steps += u64::from(route.n_steps());
        }
        Ok(Some(id))
    }

    /// Makes the folders of a path instead of whatever is there.
    fn force_folders(&mut self, path: &str) -> Option<NodeId> {
        let mut id = ROOT;
        for name in path.split('/').filter(|it| !it.is_empty()) {
            id = self.view.tree.child_or_new(id, name)?;
            if self.view.tree.presence(id) != Presence::Folder {
                self.replace_by_folder(id);
            }
        }
        Some(id)
    }

    fn replace_by_folder(&mut self, id: NodeId) {
        let occupant = self.view.tree.node(id).map_or(NONE, |it| it.occupant);
        self.bury(occupant, Cause::Overwritten);
        self.view.tree.show(id, Presence::Folder, NONE);
        self.last_folder = None;
    }

    /// The folder at a path, links on the way followed, if it is there.
    fn existing_folder(&mut self, path: &str) -> Option<NodeId> {
        if let Some((last, id)) = &self.last_folder
            && last == path
        {
            return Some(*id);
        }
        let slashed = format!("{path}/.");
        let id = self.find(&slashed)?;
        (self.view.tree.presence(id) == Presence::Folder).then_some(id)
    }

    /// What is at a path, links on the way followed, but not the last one.
    fn find(&mut self, path: &str) -> Option<NodeId> {
        self.check_link_steps().ok()?;
        let (res, n_steps) = self.view.find_counted(path, Last::Keep);
        self.n_link_steps += u64::from(n_steps);
        res.ok().flatten()
    }

    fn check_link_steps(&self) -> Result<(), TooLong> {
        if self.n_link_steps > MAX_LINK_STEPS { Err(TooLong) } else { Ok(()) }
    }

    /// Hides what is below a folder, but not the folder.
    fn hide_below(&mut self, top: NodeId, reach: Reach, cause: Cause) {
        let mut stack = vec![(top, reach)];
        while let Some((id, reach)) = stack.pop() {
            if reach == Reach::LowerLayers {
                let Some(node) = self.view.tree.node_mut(id) else { continue };
                if std::mem::replace(&mut node.swept_by, self.layer) == self.layer {
                    continue;
                }
            }
            for child in self.view.tree.take_children(id) {
                let Some(node) = self.view.tree.node(child).copied() else { continue };
                let is_folder = node.presence == Presence::Folder;
                if reach == Reach::LowerLayers && node.touched_by == self.layer {
                    self.view.tree.show(child, node.presence, node.occupant);
                    self.keep_own(child);
                    if is_folder {
                        stack.push((child, Reach::LowerLayers));
                    }
                } else {
                    self.bury(node.occupant, cause);
                    self.view.tree.hide(child);
                    if is_folder {
                        stack.push((child, Reach::All));
                    }
                }
            }
        }
    }

    /// Of a node that this layer put something at or below: hides its own entry if a lower layer
    /// put that, and leaves a folder.
    fn keep_own(&mut self, id: NodeId) {
        let start = self.view.starts.last().copied().unwrap_or(0);
        let Some(node) = self.view.tree.node(id).copied() else { return };
        if node.occupant < start && node.presence == Presence::Folder {
            self.bury(node.occupant, Cause::Deleted);
            self.view.tree.show(id, Presence::Folder, NONE);
        }
    }

    fn bury(&mut self, number: u32, cause: Cause) {
        if let Some(record) = self.view.records.get_mut(number as usize) {
            record.hidden_by = self.layer;
            record.cause = cause;
        }
    }

    fn set_node(&mut self, number: u32, id: NodeId) {
        if let Some(record) = self.view.records.get_mut(number as usize) {
            record.node = id;
        }
    }

    /// Notes that this layer put something at a node, for all folders above.
    fn touch(&mut self, mut id: NodeId) {
        while let Some(node) = self.view.tree.node_mut(id)
            && std::mem::replace(&mut node.touched_by, self.layer) != self.layer
        {
            id = node.parent;
        }
    }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Engines allow 127.
const MAX_LAYERS: u16 = 1_000;

/// Layers that people make take a few thousand; a hostile one could take a thousand for each entry.
const MAX_LINK_STEPS: u64 = 5_000_000;
