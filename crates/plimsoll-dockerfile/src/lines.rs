//! Physical lines to logical ones: continuations, the comments and blank lines inside them.

use plimsoll_text::Span;

use crate::logical::LogicalText;

/// What stands at the start of a line.
pub(crate) enum Item {
    /// A comment line, from its `#`.
    Comment(Span),
    /// An instruction with its continuation lines.
    Instruction(LogicalLine),
}

/// An instruction with its continuation lines, heredoc bodies not included.
pub(crate) struct LogicalLine {
    pub(crate) text: LogicalText,
    /// Where the last line ends, without its line ending.
    pub(crate) end: usize,
    pub(crate) comments: Vec<Span>,
    pub(crate) blanks: Vec<Span>,
}

/// A physical line: its content without the line ending, and where the next one starts.
#[derive(Clone, Copy)]
pub(crate) struct PhysicalLine<'a> {
    pub(crate) start: usize,
    pub(crate) content: &'a str,
    pub(crate) next: usize,
}

impl PhysicalLine<'_> {
    pub(crate) fn end(&self) -> usize {
        self.start + self.content.len()
    }

    fn span(&self) -> Span {
        Span::new(self.start, self.end())
    }
}

/// The line that starts at `at`; `None` at the end of the text.
pub(crate) fn line_at(text: &str, at: usize) -> Option<PhysicalLine<'_>> {
    let rest = text.get(at..).filter(|it| !it.is_empty())?;
    let len = rest.find('\n').map_or(rest.len(), |it| it + 1);
    let content = rest.get(..len).unwrap_or_default().trim_end_matches(['\r', '\n']);
    Some(PhysicalLine { start: at, content, next: at + len })
}

/// The next comment or instruction from `at` on, and moves `at` behind it.
pub(crate) fn next_item(text: &str, at: &mut usize, escape: char) -> Option<Item> {
    while let Some(line) = line_at(text, *at) {
        *at = line.next;
        let content = line.content.trim_start();
        let start = line.end() - content.len();
        if content.starts_with('#') {
            return Some(Item::Comment(Span::new(start, line.end())));
        }
        if !content.is_empty() {
            return Some(Item::Instruction(logical_line(text, at, line, escape)));
        }
    }
    None
}

fn logical_line(text: &str, at: &mut usize, first: PhysicalLine<'_>, escape: char) -> LogicalLine {
    let (mut comments, mut blanks) = (Vec::new(), Vec::new());
    let mut logical = LogicalText::default();
    let content = first.content.trim_start();
    let start = first.end() - content.len();
    let kept = before_continuation(content, escape);
    let mut goes_on = kept.is_some();
    // The last line keeps its trailing white space out of the text.
    logical.push(kept.unwrap_or_else(|| content.trim_end()), start);
    let mut end = start + content.trim_end().len();
    while goes_on && let Some(line) = line_at(text, *at) {
        *at = line.next;
        let trimmed = line.content.trim_start();
        if trimmed.starts_with('#') {
            comments.push(Span::new(line.end() - trimmed.len(), line.end()));
        } else if trimmed.is_empty() {
            blanks.push(line.span());
        } else {
            let kept = before_continuation(line.content, escape);
            goes_on = kept.is_some();
            logical.push(kept.unwrap_or_else(|| line.content.trim_end()), line.start);
            end = line.start + line.content.trim_end().len();
        }
    }
    logical.trim_end();
    LogicalLine { text: logical, end, comments, blanks }
}

/// What stands before the continuation character, if the line ends with one. Two of them in a row
/// are an escaped character rather than a continuation.
fn before_continuation(content: &str, escape: char) -> Option<&str> {
    let before = content.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!before.ends_with(escape)).then_some(before)
}
