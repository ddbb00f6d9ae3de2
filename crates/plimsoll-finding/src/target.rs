//! What was looked at.

/// The kind of thing that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// A file, or a service that files describe.
    File,
    /// An image.
    Image,
    /// A container, running or not.
    Container,
    /// A host as a whole.
    Host,
    /// The engine's daemon.
    Daemon,
    /// A network of the engine.
    Network,
    /// A swarm, or a service of one.
    Swarm,
}

impl TargetKind {
    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Image => "image",
            Self::Container => "container",
            Self::Host => "host",
            Self::Daemon => "daemon",
            Self::Network => "network",
            Self::Swarm => "swarm",
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
