//! Line, column and offset of places in a text that goes by in pieces. Knows only bytes.

use plimsoll_text::LineColumn;

/// Counts up to a place. A column counts characters: bytes of UTF-8 that continue one are not
/// counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tracker {
    line: usize,
    column: usize,
    offset: usize,
    /// Whether the file is in UTF-16, which the text was decoded from.
    is_wide: bool,
}

impl Tracker {
    /// At the start of a file.
    pub(crate) fn new(is_wide: bool) -> Self {
        Self { line: 1, column: 1, offset: 0, is_wide }
    }

    /// Goes over the next `bytes`.
    pub(crate) fn advance(&mut self, bytes: &[u8]) {
        let n_lines = memchr::memchr_iter(b'\n', bytes).count();
        let last = memchr::memrchr(b'\n', bytes);
        let tail = last.and_then(|it| bytes.get(it + 1..)).unwrap_or(bytes);
        if n_lines > 0 {
            self.line += n_lines;
            self.column = 1;
        }
        self.column += n_chars(tail);
        self.offset += if self.is_wide { 2 * n_units(bytes) } else { bytes.len() };
    }

    /// Line and column.
    pub(crate) fn position(self) -> LineColumn {
        LineColumn { line: self.line, column: self.column }
    }

    /// Offset in the file.
    pub(crate) fn offset(self) -> usize {
        self.offset
    }
}

fn n_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|it| !matches!(**it, 0x80..=0xBF)).count()
}

/// How many units of UTF-16 the characters make; one beyond the first plane makes two.
fn n_units(bytes: &[u8]) -> usize {
    n_chars(bytes) + bytes.iter().filter(|it| **it >= 0xF0).count()
}

#[cfg(test)]
mod tests {
    use super::Tracker;
    use plimsoll_text::Source;

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let text = "a\u{e9}\r\nbc\n\n\u{1f600}x";
        let source = Source::new("x", text);
        for cut in 0..text.len() {
            for end in (cut..=text.len()).filter(|it| text.is_char_boundary(*it)) {
                let mut tracker = Tracker::new(false);
                tracker.advance(&text.as_bytes()[..cut]);
                tracker.advance(&text.as_bytes()[cut..end]);
                assert_eq!(tracker.position(), source.line_column(end), "{cut} {end}");
                assert_eq!(tracker.offset(), end);
            }
        }
        let mut wide = Tracker::new(true);
        wide.advance(text.as_bytes());
        assert_eq!(wide.offset(), 2 * text.encode_utf16().count());
    }
}
