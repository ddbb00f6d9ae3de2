//! What the targets of extractors share: one file of a chosen path, given to all that want it.

use plimsoll_inventory::{InputFile, extract, wants};
use plimsoll_oci::{Entry, EntryKind};

/// Reads `input`, whose first byte chooses one of `paths`, as that file; its packages must be
/// named and lie there.
pub fn run(paths: &[&str], input: &[u8]) {
    let Some((choice, content)) = input.split_first() else { return };
    let path = paths[usize::from(*choice) % paths.len()];
    let entry = Entry {
        path: path.to_owned(),
        kind: EntryKind::File,
        size: content.len() as u64,
        mode: 0o755,
        user: 0,
        group: 0,
        modified: 0,
        has_capabilities: false,
    };
    wants(&entry);
    let facts = extract(&InputFile { entry: &entry, content: &content.to_vec() });
    for package in &facts.packages {
        assert!(!package.name.is_empty() && !package.version.is_empty(), "{package:?}");
        assert!(package.path.starts_with(path), "{package:?}");
    }
}
