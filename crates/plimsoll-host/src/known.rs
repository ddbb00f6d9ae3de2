//! A fact that may not be known.

use serde::{Deserialize, Serialize};

/// A fact: had, known to be absent, or not to be had. The third is never taken for the second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known<T> {
    /// It was read.
    Had(T),
    /// It was looked for and is not there.
    Absent,
    /// It could not be read.
    Unknown {
        /// Why not, in one phrase without a final dot.
        why: String,
        /// What makes it readable: to be root, to be in a group, to run on the host itself.
        remedy: String,
    },
}

impl<T> Known<T> {
    /// A fact that could not be had.
    pub fn unknown(why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Unknown { why: why.into(), remedy: remedy.into() }
    }

    /// The fact, if it was read.
    pub fn had(&self) -> Option<&T> {
        match self {
            Self::Had(it) => Some(it),
            Self::Absent | Self::Unknown { .. } => None,
        }
    }

    /// The same state of knowledge about something that is made of the fact.
    pub fn map<'a, U>(&'a self, change: impl FnOnce(&'a T) -> U) -> Known<U> {
        match self {
            Self::Had(it) => Known::Had(change(it)),
            Self::Absent => Known::Absent,
            Self::Unknown { why, remedy } => Known::unknown(why.clone(), remedy.clone()),
        }
    }

    /// Like [`Known::map`], where the change itself may not know.
    pub fn and_then<'a, U>(&'a self, change: impl FnOnce(&'a T) -> Known<U>) -> Known<U> {
        match self {
            Self::Had(it) => change(it),
            Self::Absent => Known::Absent,
            Self::Unknown { why, remedy } => Known::unknown(why.clone(), remedy.clone()),
        }
    }
}
