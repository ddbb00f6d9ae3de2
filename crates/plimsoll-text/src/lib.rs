//! Source text and everything that points into it: spans, lines, edits.
//!
//! Knows nothing of files, formats or rules. Offsets are bytes into UTF-8 text; lines and columns
//! are 1-based, and a column counts Unicode scalar values.

mod span;
mod source;
mod edit;

pub use crate::{
    edit::{Edit, EditError, apply_edits},
    source::{LineColumn, Location, Source},
    span::Span,
};
