//! How much of a layer or archive is read before it counts as hostile.
//!
//! Knows nothing of what is read; each reader asks for the limit that it needs.

/// Limits on one layer or archive. Reaching one is a gap, never a silent cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that come out of the decompression of one layer.
    pub unpacked_bytes: u64,
    /// Entries of one layer, whiteouts included.
    pub entries: u64,
    /// Bytes of one path or link target.
    pub path_bytes: usize,
    /// Folders above an entry.
    pub path_depth: usize,
    /// How many bytes may come out for one that goes into the decompression.
    pub ratio: u64,
    /// The ratio is not asked before so many bytes came out: small layers of zeros are harmless.
    pub ratio_free_bytes: u64,
    /// Bytes of one file that is kept in memory, since its layer is compressed.
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked_bytes: 64 << 30,
            entries: 4_000_000,
            path_bytes: 4096,
            path_depth: 256,
            ratio: 250,
            ratio_free_bytes: 512 << 20,
            file_bytes: 128 << 20,
        }
    }
}
