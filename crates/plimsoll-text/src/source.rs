//! A named text with its line index.

use std::{fmt, sync::Arc};

use crate::span::Span;

/// A text under judgement: its name as the user knows it, its content, and where its lines start.
#[derive(PartialEq, Eq)]
pub struct Source {
    name: Box<str>,
    text: Box<str>,
    line_starts: Box<[usize]>,
    /// Whether every character is one byte, so that columns need no counting.
    is_ascii: bool,
}

impl Source {
    /// A source called `name` (a path as it was given, `-` for standard input).
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        // A run keeps all its sources, so no room is left in them.
        let text = text.into().into_boxed_str();
        let n_lines = text.bytes().filter(|it| *it == b'\n').count() + 1;
        let mut line_starts = Vec::with_capacity(n_lines);
        line_starts.push(0);
        line_starts.extend(text.bytes().enumerate().filter(|it| it.1 == b'\n').map(|it| it.0 + 1));
        let is_ascii = text.is_ascii();
        let (name, line_starts) = (name.into().into_boxed_str(), line_starts.into_boxed_slice());
        Arc::new(Self { name, text, line_starts, is_ascii })
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of `span`; empty where the span is not inside the text or splits a character.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// How many lines there are; a text that ends in a line feed does not count the empty rest.
    pub fn line_count(&self) -> usize {
        let n_starts = self.line_starts.len();
        if self.text.ends_with('\n') || self.text.is_empty() { n_starts - 1 } else { n_starts }
    }

    /// The 1-based line that holds `offset`; offsets past the end count as the end.
    pub fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset.min(self.text.len()))
    }

    /// Line and column of `offset`.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let offset = offset.min(self.text.len());
        let line = self.line(offset);
        let start = self.line_starts.get(line - 1).copied().unwrap_or_default();
        if self.is_ascii {
            return LineColumn { line, column: offset - start + 1 };
        }
        let before = self.text.as_bytes().get(start..offset).unwrap_or_default();
        // Continuation bytes of UTF-8 are not counted, so a column is a number of characters.
        let column = before.iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1;
        LineColumn { line, column }
    }

    /// The span of a 1-based line, without its line ending; `None` past the last line.
    pub fn line_span(&self, line: usize) -> Option<Span> {
        let start = *self.line_starts.get(line.checked_sub(1)?)?;
        let end = self.line_starts.get(line).map_or(self.text.len(), |next| next - 1);
        let end = if self.text.get(start..end)?.ends_with('\r') { end - 1 } else { end };
        Some(Span::new(start, end))
    }

    /// The byte offset of a 1-based line and column, as [`Source::line_column`] counts them.
    pub fn offset(&self, position: LineColumn) -> Option<usize> {
        let line = self.line_span(position.line)?;
        let text = self.slice(line);
        let steps = position.column.checked_sub(1)?;
        let inside = text.char_indices().nth(steps).map_or(text.len(), |it| it.0);
        Some(line.start + inside)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text may hold a secret; its name says enough.
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A 1-based line and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: usize,
    /// The column in Unicode scalar values, from 1.
    pub column: usize,
}

/// A span of a certain source.
#[derive(Clone, PartialEq, Eq)]
pub struct Location {
    /// The text that the span points into.
    pub source: Arc<Source>,
    /// The bytes meant.
    pub span: Span,
}

impl Location {
    /// The place `span` in `source`.
    pub fn new(source: &Arc<Source>, span: Span) -> Self {
        Self { source: Arc::clone(source), span }
    }

    /// The bytes meant.
    pub fn text(&self) -> &str {
        self.source.slice(self.span)
    }

    /// Where it starts.
    pub fn start(&self) -> LineColumn {
        self.source.line_column(self.span.start)
    }

    /// Where it ends (the column after the last character).
    pub fn end(&self) -> LineColumn {
        self.source.line_column(self.span.end)
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.start();
        write!(f, "{}:{}:{}", self.source.name(), start.line, start.column)
    }
}

#[cfg(test)]
mod tests {
    use super::{LineColumn, Source};
    use crate::span::Span;

    #[test]
    fn columns_count_characters_and_lines_end_where_they_end() {
        let source = Source::new("x", "aé\r\nb\n");
        assert_eq!(source.line_column(3), LineColumn { line: 1, column: 3 });
        assert_eq!(source.line_column(5), LineColumn { line: 2, column: 1 });
        assert_eq!(source.line_span(1), Some(Span::new(0, 3)));
        assert_eq!(source.line_count(), 2);
        assert_eq!(source.line_column(99), source.line_column(source.text().len()));
    }

    #[test]
    fn a_position_leads_back_to_its_offset() {
        let source = Source::new("x", "aé\nbü c\n");
        for (offset, _) in source.text().char_indices() {
            assert_eq!(source.offset(source.line_column(offset)), Some(offset));
        }
    }
}
