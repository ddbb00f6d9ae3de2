//! A way to mend a finding.

use std::sync::Arc;

use plimsoll_text::{Edit, Source};

/// May this fix be applied without a human looking?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// Shown only.
    Display,
    /// Applied on request; the behaviour may change.
    Unsafe,
    /// Applied by default; the meaning is kept.
    Safe,
}

impl Safety {
    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Display => "display",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// A titled set of edits of one file that stand or fall together.
#[derive(Clone, Debug)]
pub struct Fix {
    /// Imperative, without a final dot.
    pub title: String,
    /// See [`Safety`].
    pub safety: Safety,
    /// The text that the edits are for.
    pub source: Arc<Source>,
    /// Never empty, never overlapping.
    pub edits: Vec<Edit>,
}
