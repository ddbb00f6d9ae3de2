//! One file given to one extractor, as tests need it.

use plimsoll_oci::{Entry, EntryKind};

use crate::{
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
};

/// An executable file of that path and size.
pub(crate) fn entry(path: &str, size: usize) -> Entry {
    Entry {
        path: path.to_owned(),
        kind: EntryKind::File,
        size: size as u64,
        mode: 0o755,
        user: 0,
        group: 0,
        modified: 0,
        has_capabilities: false,
    }
}

/// What the extractor finds in a file that it must want.
pub(crate) fn extract(extractor: &dyn Extractor, path: &str, content: &[u8]) -> FileFacts {
    let entry = entry(path, content.len());
    assert_ne!(extractor.wants(&entry), Want::No, "{} wants {path}", extractor.name());
    let mut res = FileFacts::default();
    let content = content.to_vec();
    extractor.extract(&InputFile { entry: &entry, content: &content }, &mut res);
    res
}

/// Whether the extractor wants a file of that path.
pub(crate) fn wants(extractor: &dyn Extractor, path: &str) -> bool {
    extractor.wants(&entry(path, 100_000)) != Want::No
}

/// Packages as `name version`, in order.
pub(crate) fn names(facts: &FileFacts) -> Vec<String> {
    facts.packages.iter().map(|it| format!("{} {}", it.name, it.version)).collect()
}

/// Gaps as their words.
pub(crate) fn gaps(facts: &FileFacts) -> Vec<&str> {
    facts.gaps.iter().map(|it| it.why.as_str()).collect()
}
