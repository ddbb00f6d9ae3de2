//! What is wrong in a file of ours, where, and what to do about it.

use std::{error, fmt, sync::Arc};

use plimsoll_text::{Location, Source, Span};

/// A fault of a settings or baseline file. The run must not start with it: what the writer wanted
/// is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// Where.
    pub location: Location,
    /// What is wrong, in one phrase, without a final dot.
    pub message: String,
    /// What to do; empty where the message says it all.
    pub hint: String,
}

impl PolicyError {
    /// A fault at `span` of `source`.
    pub fn new(source: &Arc<Source>, span: Span, message: impl Into<String>) -> Self {
        let hint = String::new();
        Self { location: Location::new(source, span), message: message.into(), hint }
    }

    /// The same with a hint.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.location, self.message)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, " ({})", self.hint) }
    }
}

impl error::Error for PolicyError {}
