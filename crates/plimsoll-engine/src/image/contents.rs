//! A target, understood: what reading it gave, and what its layers come to together.

use plimsoll_inventory::{Bill, FoundPackage, Inventory};

use super::{merged::Merged, record::LayerRecord, source::Opened};

/// A target, understood.
pub(crate) struct Contents {
    /// What reading gave; the records of its layers are moved to what they come to together.
    pub(crate) opened: Opened,
    /// What the layers come to together.
    pub(crate) merged: Merged,
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
        let merged = Merged { inventory, ..Merged::default() };
        Self { opened, merged, n_base_layers: 0 }
    }

    /// Puts the layers together, unless an earlier run did.
    pub(crate) fn of(mut opened: Opened) -> Self {
        let merged = opened.merged.take().unwrap_or_else(|| {
            let layers = opened.layers.iter_mut();
            let records: Vec<LayerRecord> =
                layers.map(|it| std::mem::take(&mut it.record)).collect();
            Merged::of(records)
        });
        let n_base_layers = n_base_layers(&opened);
        Self { opened, merged, n_base_layers }
    }

    /// The packages.
    pub(crate) fn inventory(&self) -> &Inventory {
        &self.merged.inventory
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
