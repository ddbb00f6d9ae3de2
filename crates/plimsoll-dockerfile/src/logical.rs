//! A text that was put together from pieces of a source, and the way back.

use std::ops::Range;

use plimsoll_text::Span;

/// Pieces of a source joined to one text. Every offset in it leads back to the source.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LogicalText {
    text: String,
    /// Offset here and offset in the source, for each piece, both rising.
    pieces: Vec<(usize, usize)>,
}

impl LogicalText {
    /// The joined text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The joined text of `range`; empty if it is not inside.
    pub fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// Where `range` of the joined text stands in the source, from its first to its last byte.
    pub fn locate(&self, range: Range<usize>) -> Span {
        let start = self.source_offset(range.start);
        if range.end <= range.start {
            return Span::empty(start);
        }
        Span::new(start, self.source_offset(range.end - 1) + 1)
    }

    /// For each piece: where it starts in the joined text, and where in the source.
    pub fn pieces(&self) -> &[(usize, usize)] {
        &self.pieces
    }

    /// No text, standing at `offset` of the source.
    pub(crate) fn empty_at(offset: usize) -> Self {
        Self { text: String::new(), pieces: vec![(0, offset)] }
    }

    /// Appends a piece that stands at `offset` of the source.
    pub(crate) fn push(&mut self, text: &str, offset: usize) {
        // A piece that goes on where the last one ended needs no entry of its own.
        let goes_on =
            self.pieces.last().is_some_and(|last| last.1 + (self.text.len() - last.0) == offset);
        if !text.is_empty() && !goes_on {
            self.pieces.push((self.text.len(), offset));
        }
        self.text.push_str(text);
    }

    /// Takes white space off its end.
    pub(crate) fn trim_end(&mut self) {
        self.text.truncate(self.text.trim_end().len());
        while self.pieces.len() > 1 && self.pieces.last().is_some_and(|it| it.0 >= self.text.len())
        {
            self.pieces.pop();
        }
    }

    /// The part `range`, as a text of its own.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        let text = self.slice(range.clone()).to_owned();
        if text.is_empty() {
            return Self { text, pieces: vec![(0, self.source_offset(range.start))] };
        }
        let first = self.pieces.partition_point(|it| it.0 <= range.start);
        let mut pieces = vec![(0, self.source_offset(range.start))];
        let rest = self.pieces.get(first..).unwrap_or_default();
        let inside = rest.iter().take_while(|it| it.0 < range.end);
        pieces.extend(inside.map(|it| (it.0 - range.start, it.1)));
        Self { text, pieces }
    }

    fn source_offset(&self, offset: usize) -> usize {
        let n_before = self.pieces.partition_point(|it| it.0 <= offset);
        let piece = n_before.checked_sub(1).and_then(|it| self.pieces.get(it));
        piece.map_or(0, |it| it.1 + (offset.min(self.text.len()) - it.0))
    }
}

impl std::fmt::Debug for LogicalText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The text may hold a secret; its size says enough.
        f.debug_struct("LogicalText").field("len", &self.text.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_text::Span;

    use super::LogicalText;

    #[test]
    fn offsets_lead_back_over_the_seams() {
        let mut text = LogicalText::default();
        text.push("ab", 10);
        text.push("cd", 20);
        assert_eq!(text.text(), "abcd");
        assert_eq!(text.locate(0..2), Span::new(10, 12));
        assert_eq!(text.locate(1..3), Span::new(11, 21));
        assert_eq!(text.locate(2..4), Span::new(20, 22));
        assert_eq!(text.locate(4..4), Span::new(22, 22));
        let part = text.part(1..4);
        assert_eq!((part.text(), part.locate(0..3)), ("bcd", Span::new(11, 22)));
        assert_eq!(text.part(2..3).locate(0..1), Span::new(20, 21));
    }
}
