//! Package caches that stay in an image, told layer by layer. Knows no rule: each brings its table.

use std::collections::BTreeMap;

use plimsoll_finding::Sink;
use plimsoll_oci::EntryKind;

use crate::{image_text::bytes, notable::Cache, subject::image::ImageSubject};

/// Reports every layer in which `cache` left something.
pub(crate) fn report_cache(subject: &ImageSubject, cache: &Cache, sink: &mut Sink<'_>) {
    let mut layers: BTreeMap<usize, Left<'_>> = BTreeMap::new();
    let files = subject.files.iter().filter(|it| it.entry.kind == EntryKind::File);
    for file in files.filter(|it| cache.holds(&it.entry.path)) {
        let left = layers.entry(file.layer).or_insert(Left { n_files: 0, n_bytes: 0, first: file });
        left.n_files += 1;
        left.n_bytes = left.n_bytes.saturating_add(file.entry.size);
    }
    for (layer, left) in layers.iter().filter(|it| it.1.n_bytes >= LEAST) {
        let folder = left.first.entry.path.rsplit_once('/').map_or("", |it| it.0);
        let place = subject.path_place(folder, *layer, left.first.location.as_ref());
        let message = format!(
            "{} of {} stay in the layer; {}",
            bytes(left.n_bytes),
            cache.what,
            cache.advice
        );
        let _ = sink.report_place(place, message).evidence(format!("{} files", left.n_files));
    }
}

struct Left<'a> {
    n_files: usize,
    n_bytes: u64,
    first: &'a crate::subject::image::FileFact,
}

/// Less is not worth a line: a lock, a marker, an empty index.
const LEAST: u64 = 16 << 10;
