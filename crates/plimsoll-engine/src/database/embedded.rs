//! The snapshot of advisories that the program carries, so that the very first scan needs nothing.

/// A packed store, made by the command in `data/NOTICE.md`. A reader unpacks only what it uses.
pub(crate) static EMBEDDED: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/advisories.bin"));
