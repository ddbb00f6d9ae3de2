//! A store with each section packed by itself, small enough to carry along; and back again.

use plimsoll_package::Ecosystem;

use crate::{
    builder::{BuildError, NewSection, write},
    store::{
        Store,
        format::{Encoding, Entry, SectionKind},
    },
};

/// The same store with every section as one zstd frame. A reader unpacks only what it uses.
pub fn compress(store: &Store<'_>) -> Result<Vec<u8>, BuildError> {
    rewrite(store, |_, bytes| pack(bytes))
}

/// The same store with only these partitions packed, by ecosystem and release: those that are
/// seldom asked for. All else is read in place.
pub fn compress_partitions(
    store: &Store<'_>,
    is_wanted: &dyn Fn(Ecosystem, &str) -> bool,
) -> Result<Vec<u8>, BuildError> {
    let wanted: Vec<(u8, &str)> = store
        .partitions()
        .filter(|it| is_wanted(it.ecosystem, it.release))
        .map(|it| (it.ecosystem as u8, it.release))
        .collect();
    rewrite(store, |entry, bytes| {
        let is_partition = entry.kind == SectionKind::Partition;
        if is_partition && wanted.contains(&(entry.ecosystem, entry.name)) {
            pack(bytes)
        } else {
            (Encoding::Raw, bytes.to_vec())
        }
    })
}

/// The same store with every section as it is, to be mapped and read in place.
pub fn decompress(store: &Store<'_>) -> Result<Vec<u8>, BuildError> {
    rewrite(store, |_, bytes| (Encoding::Raw, bytes.to_vec()))
}

fn pack(bytes: &[u8]) -> (Encoding, Vec<u8>) {
    match zstd::bulk::compress(bytes, LEVEL) {
        Ok(packed) if packed.len() < bytes.len() => (Encoding::Zstd, packed),
        _ => (Encoding::Raw, bytes.to_vec()),
    }
}

fn rewrite(
    store: &Store<'_>,
    mut encode: impl FnMut(&Entry<'_>, &[u8]) -> (Encoding, Vec<u8>),
) -> Result<Vec<u8>, BuildError> {
    let mut sections = Vec::new();
    for (index, entry) in store.entries().iter().enumerate() {
        let unpacked = store.section(index)?;
        let (encoding, bytes) = encode(entry, unpacked);
        sections.push(NewSection {
            kind: entry.kind,
            encoding,
            ecosystem: entry.ecosystem,
            number: entry.number,
            name: entry.name.to_owned(),
            bytes,
            unpacked_length: unpacked.len() as u64,
        });
    }
    let mut res = Vec::new();
    write(store.built_at(), sections, &mut res)?;
    Ok(res)
}

/// The level beyond which packing takes much more time and memory for little.
const LEVEL: i32 = 19;
