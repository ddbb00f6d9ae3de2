//! What was looked at.

/// The kind of thing that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// A file, or a service that files describe.
    File,
}

impl TargetKind {
    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
        }
    }
}

/// A thing that was looked at, by kind and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// Its name; for a file its path as it was given.
    pub name: String,
}
