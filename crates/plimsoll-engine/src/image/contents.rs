//! What the layers of a target come to together: one file system, its packages, its distribution.

use plimsoll_inventory::{Bill, FoundPackage, Inventory, LayerFacts, assemble};
use plimsoll_oci::{EntryId, Fate, LayerEntries, View};

use super::source::Opened;

/// A target, understood.
pub(crate) struct Contents {
    /// What reading gave; the facts in its records are moved to the inventory.
    pub(crate) opened: Opened,
    /// The merged file system.
    pub(crate) view: View,
    /// The packages.
    pub(crate) inventory: Inventory,
    /// So many of the lowest layers are the base image's, as far as can be told.
    pub(crate) n_base_layers: usize,
}

impl Contents {
    /// Takes a bill of materials for what it lists; there is nothing else to look at.
    pub(crate) fn of_bill(mut opened: Opened, bill: Bill) -> Self {
        opened.gaps.extend(bill.gaps.into_iter().map(|it| (String::new(), it)));
        let owners = bill.owners.into_iter().chain(std::iter::repeat(None));
        let packages = bill.packages.into_iter().zip(owners);
        let inventory = Inventory {
            distribution: bill.distribution,
            packages: packages
                .map(|(package, owner)| FoundPackage { package, layer: 0, owner })
                .collect(),
            ..Inventory::default()
        };
        let view = View::merge(Vec::new());
        Self { opened, view, inventory, n_base_layers: 0 }
    }

    /// Puts the layers together.
    pub(crate) fn of(mut opened: Opened) -> Self {
        let entries: Vec<LayerEntries> = opened
            .layers
            .iter()
            .map(|layer| {
                let mut entries = LayerEntries::new();
                for entry in &layer.record.entries {
                    entries.push(entry);
                }
                entries
            })
            .collect();
        let view = View::merge(entries);
        let mut facts = Vec::with_capacity(opened.layers.len());
        let mut renamed = Vec::new();
        for (number, layer) in opened.layers.iter_mut().enumerate() {
            let mut files = LayerFacts::default();
            for (index, found) in std::mem::take(&mut layer.record.facts) {
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
            facts.push(files);
        }
        for (link, path, found) in renamed {
            let to = view.path(link).unwrap_or_default();
            if let Some(files) = facts.get_mut(usize::from(link.layer)) {
                files.files.entry(to.clone()).or_insert_with(|| found.at(&path, &to));
            }
        }
        let visible = |path: &str| view.at(path).map(|it| usize::from(it.layer));
        let inventory = assemble(&facts, &visible);
        let n_base_layers = n_base_layers(&opened);
        Self { opened, view, inventory, n_base_layers }
    }

    /// The instruction that made a layer.
    pub(crate) fn instruction(&self, layer: usize) -> &str {
        let origins = &self.opened.origins;
        let found = origins.iter().find(|it| it.layer == Some(layer));
        match found {
            Some(origin) => &origin.instruction,
            None if self.opened.container.is_some()
                && self.opened.config.as_ref().is_some_and(|it| layer >= it.diff_ids.len()) =>
            {
                "written by the running container"
            }
            None => "",
        }
    }

    /// The digest of a layer.
    pub(crate) fn digest(&self, layer: usize) -> &str {
        self.opened.layers.get(layer).map_or("", |it| &it.digest)
    }

    /// Whether an entry of a layer is still to be seen, and if not, what hides it.
    pub(crate) fn fate(&self, layer: usize, index: u32) -> Fate {
        entry_id(layer, index).map_or(Fate::Visible, |it| self.view.fate(it))
    }

    /// The path of an entry in the merged file system.
    pub(crate) fn path(&self, layer: usize, index: u32) -> String {
        entry_id(layer, index).and_then(|it| self.view.path(it)).unwrap_or_default()
    }
}

fn entry_id(layer: usize, index: u32) -> Option<EntryId> {
    Some(EntryId { layer: u16::try_from(layer).ok()?, index })
}

/// A base image ends with the command that it starts by default; whoever builds on it goes on after
/// that. So the layers before the last such step that is followed by another layer are the base's.
fn n_base_layers(opened: &Opened) -> usize {
    let origins = &opened.origins;
    let ends = |it: &str| it.starts_with("CMD ") || it.starts_with("ENTRYPOINT ");
    let last_layer = origins.iter().rposition(|it| it.layer.is_some());
    let end = last_layer
        .and_then(|last| origins.get(..last)?.iter().rposition(|it| ends(&it.instruction)));
    let before = end.and_then(|end| origins.get(..end)).unwrap_or_default();
    before.iter().filter(|it| it.layer.is_some()).count()
}
