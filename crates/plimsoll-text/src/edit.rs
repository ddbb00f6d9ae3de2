//! Edits are data; applying them is a pure function.

use std::{error, fmt};

use crate::span::Span;

/// Replaces the bytes of `span` by `text`. An empty span inserts, an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Byte offsets into the text before any edit.
    pub span: Span,
    /// The new text.
    pub text: String,
}

impl Edit {
    /// Puts `text` in the place of `span`.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Puts `text` before the byte at `offset`.
    pub fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::empty(offset), text)
    }

    /// Takes `span` away.
    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }
}

/// Why a set of edits cannot be applied to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditError {
    /// Two edits touch the same bytes, or insert at the same offset.
    Overlap,
    /// A span leaves the text or splits a character.
    OutOfText,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EditError::Overlap => "two edits touch the same bytes",
            EditError::OutOfText => "an edit lies outside of the text",
        })
    }
}

impl error::Error for EditError {}

/// Applies all `edits` to `text` at once, or none. Their order does not matter.
pub fn apply_edits(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|it| (it.span.start, it.span.end));
    let mut res = String::with_capacity(text.len());
    let mut done = 0;
    let mut last: Option<Span> = None;
    for edit in sorted {
        if edit.span.start < done || last == Some(edit.span) {
            return Err(EditError::Overlap);
        }
        let kept = text.get(done..edit.span.start).ok_or(EditError::OutOfText)?;
        text.get(edit.span.range()).ok_or(EditError::OutOfText)?;
        res.push_str(kept);
        res.push_str(&edit.text);
        done = edit.span.end;
        last = Some(edit.span);
    }
    res.push_str(text.get(done..).ok_or(EditError::OutOfText)?);
    Ok(res)
}

#[cfg(test)]
mod tests {
    use super::{Edit, EditError, apply_edits};
    use crate::span::Span;

    #[test]
    fn edits_apply_together_or_not_at_all() {
        let replace = Edit::replace(Span::new(0, 3), "COPY");
        let insert = Edit::insert(4, "x ");
        assert_eq!(apply_edits("ADD a b", &[insert, replace.clone()]).unwrap(), "COPY x a b");
        let clash = Edit::delete(Span::new(2, 5));
        assert_eq!(apply_edits("ADD a b", &[replace, clash]), Err(EditError::Overlap));
        let outside = Edit::insert(99, "x");
        assert_eq!(apply_edits("ADD a b", &[outside]), Err(EditError::OutOfText));
        assert_eq!(apply_edits("é", &[Edit::insert(1, "x")]), Err(EditError::OutOfText));
    }
}
