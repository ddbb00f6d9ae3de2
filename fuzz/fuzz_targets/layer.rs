//! Any bytes read as layers, plain or compressed, within the limits: the same entries whether they
//! are jumped in or streamed, and the merged view answers for every path.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_oci::{
    Entry, Hashing, LayerEntries, LayerInput, LayerVisitor, Limits, ReadAt, View, Want, read_layer,
};

fuzz_target!(|input: (&[u8], &[u8])| {
    let layers = [input.0, input.1].map(|bytes| {
        let (at, jumped) = read(LayerInput::At(&bytes.to_vec()));
        let (stream, streamed) = read(LayerInput::Stream(Box::new(bytes)));
        if jumped && streamed {
            assert_eq!(at.paths, stream.paths, "jumped in and streamed");
        }
        at.entries
    });
    let view = View::merge(layers);
    for id in view.entries() {
        view.fate(id);
        view.content(id);
        if let Some(path) = view.path(id) {
            assert!(path.split('/').all(|it| it != ".." && it != "."), "{path}");
            view.open(&path);
            view.names(&path);
        }
    }
});

/// What was seen, and whether the end was reached.
fn read(input: LayerInput<'_>) -> (Keeper, bool) {
    let limits = Limits {
        unpacked_bytes: 8 << 20,
        ratio_free_bytes: 1 << 20,
        file_bytes: 1 << 20,
        ..Limits::default()
    };
    let mut res = Keeper::default();
    let summary = read_layer(input, &limits, Hashing::DiffId, &mut res);
    assert!(summary.is_complete || !summary.gaps.is_empty(), "a cut without a gap");
    (res, summary.is_complete)
}

#[derive(Default)]
struct Keeper {
    entries: LayerEntries,
    paths: Vec<String>,
}

impl LayerVisitor for Keeper {
    fn entry(&mut self, entry: &Entry) -> Want {
        self.entries.push(entry);
        self.paths.push(entry.path.clone());
        Want::Yes
    }

    fn content(&mut self, entry: &Entry, content: &dyn ReadAt) {
        assert_eq!(content.len(), entry.size);
        let mut buffer = [0; 512];
        let _ = content.read_at(entry.size / 2, &mut buffer);
    }
}
