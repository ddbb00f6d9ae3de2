//! One entry of a layer.

/// A file, folder, link or device of a layer, with a path that is safe to compare but never to
/// open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Path without leading slash, without `.` and `..` parts; empty is the root.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes of content; 0 for all but files.
    pub size: u64,
    /// Permission bits with setuid, setgid and sticky (07777).
    pub mode: u32,
    /// Numeric owner.
    pub user: u32,
    /// Numeric group.
    pub group: u32,
    /// Last change, in seconds since 1970.
    pub modified: i64,
    /// Whether it carries file capabilities (`security.capability`).
    pub has_capabilities: bool,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file with content.
    File,
    /// A folder.
    Directory,
    /// Another name of a file of the same layer or a lower one; a path like [`Entry::path`].
    HardLink(String),
    /// A symbolic link, with its target as written.
    SymbolicLink(String),
    /// A character device with major and minor number.
    CharacterDevice(u32, u32),
    /// A block device with major and minor number.
    BlockDevice(u32, u32),
    /// A named pipe.
    Fifo,
    /// A whiteout: what lower layers have at [`Entry::path`] is gone.
    Whiteout,
    /// The folder hides all that lower layers have in it.
    Opaque,
}
