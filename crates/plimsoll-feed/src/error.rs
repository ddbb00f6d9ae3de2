//! What can be wrong with a record.

/// A record, a line or a document of a feed that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct FeedError {
    /// Which one: its id, its file name or its line.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

impl FeedError {
    pub(crate) fn new(place: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self { place: place.into(), why: why.to_string() }
    }
}
