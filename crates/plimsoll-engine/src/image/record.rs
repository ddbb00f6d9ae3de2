//! What one layer said when it was read, in a form that can be kept and taken up again.

use plimsoll_finding::Confidence;
use plimsoll_inventory::FileFacts;
use plimsoll_oci::Entry;

/// All that is kept of one layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LayerRecord {
    /// Its entries, in the order of the archive; the index of one is its number in the view.
    pub(crate) entries: Vec<Entry>,
    /// What extractors found, by entry.
    pub(crate) facts: Vec<(u32, FileFacts)>,
    /// Small files that rules look into, by entry.
    pub(crate) contents: Vec<(u32, Vec<u8>)>,
    /// Secrets, by entry.
    pub(crate) secrets: Vec<FileSecrets>,
    /// What could not be read: path, and why.
    pub(crate) gaps: Vec<(String, String)>,
    /// Bytes of all files.
    pub(crate) n_bytes: u64,
    /// Whether it was read to its end.
    pub(crate) is_complete: bool,
}

/// The secrets of one file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FileSecrets {
    /// The file.
    pub(crate) entry: u32,
    /// The secrets.
    pub(crate) hits: Vec<SecretFact>,
    /// What the content hashes to, as `md5:…`, `sha1:…` and `sha256:…`; empty where the file is too
    /// large to be hashed on the way.
    pub(crate) digests: Vec<String>,
}

/// One secret, of which only what may be shown is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SecretFact {
    /// The id of what knew it.
    pub(crate) detector: String,
    /// Its line, from 1.
    pub(crate) line: usize,
    /// What may be shown of it.
    pub(crate) masked: String,
    /// How sure it is.
    pub(crate) confidence: Confidence,
    /// What is wrong, in one phrase.
    pub(crate) message: String,
}
