//! What the layers of a target come to together, in a form that can be kept and taken up again.
//!
//! All that is asked of the files once the layers are merged is answered here, so that a second
//! look at the same archive merges nothing.

use std::collections::BTreeMap;

use plimsoll_inventory::{Inventory, LayerFacts, OwnedPaths, assemble};
use plimsoll_lint::subject::image::{FileFact, HiddenFact, is_notable, is_notable_hidden};
use plimsoll_oci::{Entry, EntryId, EntryKind, Fate, LayerEntries, View};

use super::record::{FileSecrets, LayerRecord, SecretFact};

/// One file system out of many layers.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Merged {
    /// The layers, lowest first.
    pub(crate) layers: Vec<LayerTotals>,
    /// Bytes of all files that are to be seen.
    pub(crate) size: u64,
    /// Files that rules want to see, lower layers first.
    pub(crate) files: Vec<FileFact>,
    /// Files that rules want to know of though nobody can see them any more.
    pub(crate) hidden: Vec<HiddenFact>,
    /// Files with secrets, lower layers first.
    pub(crate) secrets: Vec<PlacedSecrets>,
    /// What could not be merged: path, and why.
    pub(crate) gaps: Vec<(String, String)>,
    /// The packages. Which files they own is left out: what asks for it is answered above.
    pub(crate) inventory: Inventory,
}

/// What is told of one layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LayerTotals {
    /// How many files it holds.
    pub(crate) n_files: usize,
    /// Bytes of all its files.
    pub(crate) n_bytes: u64,
    /// Bytes of those that nobody can see any more.
    pub(crate) wasted: u64,
    /// Whether it was read to its end.
    pub(crate) is_complete: bool,
    /// What could not be read: path, and why.
    pub(crate) gaps: Vec<(String, String)>,
}

/// The secrets of one file, and where it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlacedSecrets {
    /// Its layer.
    pub(crate) layer: usize,
    /// Its path in the merged file system.
    pub(crate) path: String,
    /// What hides it, if anything does.
    pub(crate) hidden: Option<Hidden>,
    /// Whether a package owns it, and its content is what the package's database says.
    pub(crate) is_owned_unchanged: bool,
    /// The secrets.
    pub(crate) hits: Vec<SecretFact>,
}

/// What hides a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hidden {
    /// The layer that does.
    pub(crate) by: usize,
    /// Whether it deletes the file, rather than writing it anew.
    pub(crate) is_deleted: bool,
}

impl Merged {
    /// Puts the layers together, the lowest first.
    pub(crate) fn of(mut records: Vec<LayerRecord>) -> Self {
        let n_files: Vec<usize> = records.iter().map(n_files).collect();
        let view = View::merge(records.iter_mut().map(taken_entries));
        let facts = layer_facts(&mut records, &view);
        let visible = |path: &str| view.at(path).map(|it| usize::from(it.layer));
        let mut res = Self { inventory: assemble(&facts, &visible), ..Self::default() };
        drop(facts);
        let found = view.gaps().iter();
        res.gaps = found.map(|it| (it.path.clone(), it.message.clone())).collect();
        res.add_files(&records, &view);
        for (number, record) in records.into_iter().enumerate() {
            for file in record.secrets {
                res.add_secrets(number, file, &view);
            }
            res.layers.push(LayerTotals {
                n_files: n_files.get(number).copied().unwrap_or_default(),
                n_bytes: record.n_bytes,
                wasted: u16::try_from(number).map_or(0, |it| view.wasted_bytes(it)),
                is_complete: record.is_complete,
                gaps: record.gaps,
            });
        }
        res.inventory.owned = OwnedPaths::default();
        res
    }

    /// Whether every layer was read to its end.
    pub(crate) fn is_complete(&self) -> bool {
        self.layers.iter().all(|it| it.is_complete)
    }

    fn add_files(&mut self, records: &[LayerRecord], view: &View) {
        let contents = small_contents(records);
        for id in view.entries() {
            let Some(entry) = view.entry(id) else { continue };
            let layer = usize::from(id.layer);
            let content = || contents.get(&(layer, id.index)).map(|it| it.to_vec());
            match view.fate(id) {
                Fate::Visible | Fate::Linked(_) => {
                    if entry.kind == EntryKind::File {
                        self.size = self.size.saturating_add(entry.size);
                    }
                    if is_notable(&entry) {
                        let (content, package) = (content(), self.owner(&entry));
                        let fact = FileFact { entry, layer, content, package, location: None };
                        self.files.push(fact);
                    }
                }
                fate @ (Fate::Overwritten { by } | Fate::Deleted { by }) => {
                    if is_notable_hidden(&entry) {
                        self.hidden.push(HiddenFact {
                            content: content(),
                            entry,
                            layer,
                            by: usize::from(by),
                            is_deleted: matches!(fate, Fate::Deleted { .. }),
                            location: None,
                        });
                    }
                }
                Fate::Marker => {}
            }
        }
    }

    /// The name of the package that owns the file.
    fn owner(&self, entry: &Entry) -> Option<String> {
        let owned = self.inventory.owned.get(&entry.path)?;
        self.inventory.packages.get(owned.package).map(|it| it.package.name.clone())
    }

    fn add_secrets(&mut self, layer: usize, file: FileSecrets, view: &View) {
        let id = entry_id(layer, file.entry);
        let path = id.and_then(|it| view.path(it)).unwrap_or_default();
        let hidden = match id.map(|it| view.fate(it)) {
            Some(Fate::Deleted { by }) => Some(Hidden { by: usize::from(by), is_deleted: true }),
            Some(Fate::Overwritten { by }) => {
                Some(Hidden { by: usize::from(by), is_deleted: false })
            }
            _ => None,
        };
        let owned = self.inventory.owned.get(&path);
        let is_owned_unchanged = owned
            .and_then(|it| it.digest)
            .is_some_and(|digest| file.digests.contains(&digest.to_string()));
        let hits = file.hits;
        self.secrets.push(PlacedSecrets { layer, path, hidden, is_owned_unchanged, hits });
    }
}

fn n_files(record: &LayerRecord) -> usize {
    record.entries.iter().filter(|it| it.kind == EntryKind::File).count()
}

/// The entries of a record, which it holds no more.
fn taken_entries(record: &mut LayerRecord) -> LayerEntries {
    let mut res = LayerEntries::new();
    for entry in std::mem::take(&mut record.entries) {
        res.push(&entry);
    }
    res
}

/// The facts of the records, which they hold no more, by the paths that the files have together.
fn layer_facts(records: &mut [LayerRecord], view: &View) -> Vec<LayerFacts> {
    let mut res = Vec::with_capacity(records.len());
    let mut renamed = Vec::new();
    for (number, record) in records.iter_mut().enumerate() {
        let mut files = LayerFacts::default();
        for (index, found) in std::mem::take(&mut record.facts) {
            let Some(id) = entry_id(number, index) else { continue };
            let path = view.path(id).unwrap_or_default();
            match view.fate(id) {
                // A later entry of the same layer stands in its place.
                Fate::Overwritten { by } if by == id.layer => {}
                // Its content shows under another name, which was not read for it.
                Fate::Linked(link) => {
                    renamed.push((link, path.clone(), found.clone()));
                    files.files.insert(path, found);
                }
                _ => {
                    files.files.insert(path, found);
                }
            }
        }
        res.push(files);
    }
    for (link, path, found) in renamed {
        let to = view.path(link).unwrap_or_default();
        if let Some(files) = res.get_mut(usize::from(link.layer)) {
            files.files.entry(to.clone()).or_insert_with(|| found.at(&path, &to));
        }
    }
    res
}

/// The small files that were kept, by layer and entry.
fn small_contents(records: &[LayerRecord]) -> BTreeMap<(usize, u32), &[u8]> {
    let mut res = BTreeMap::new();
    for (number, record) in records.iter().enumerate() {
        for (index, bytes) in &record.contents {
            res.insert((number, *index), bytes.as_slice());
        }
    }
    res
}

fn entry_id(layer: usize, index: u32) -> Option<EntryId> {
    Some(EntryId { layer: u16::try_from(layer).ok()?, index })
}
