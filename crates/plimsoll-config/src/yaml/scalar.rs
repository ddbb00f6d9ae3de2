//! Scalars: plain, quoted and block ones, with the folding of their lines.

use plimsoll_text::Span;

use crate::{
    tree::{NodeDraft, NodeKind, ScalarStyle},
    yaml::{Parser, is_blank, is_blank_or_end},
};

impl Parser<'_> {
    /// A plain scalar; in block surroundings its further lines stand right of `indent`.
    pub(super) fn plain(&mut self, indent: isize) -> NodeDraft {
        let start = self.pos;
        if !self.plain_may_start() {
            self.fail_here(self.bad_start_message());
            return NodeDraft::new(Span::empty(start), NodeKind::Null);
        }
        let mut value = String::new();
        let mut end = start;
        loop {
            let piece_end = self.plain_piece_end();
            value.push_str(self.text.get(self.pos..piece_end).unwrap_or_default());
            end = end.max(piece_end);
            self.pos = piece_end;
            let Some(n_breaks) = self.plain_goes_on(indent) else { break };
            push_fold(&mut value, n_breaks);
        }
        self.last_end = end;
        NodeDraft::scalar(Span::new(start, end), value, ScalarStyle::Plain)
    }

    fn plain_may_start(&self) -> bool {
        let next = self.byte(self.pos + 1);
        let flow_sign = matches!(next, Some(b',' | b'[' | b']' | b'{' | b'}')) && self.in_flow();
        match self.peek() {
            None => false,
            Some(b'-' | b'?' | b':') => !is_blank_or_end(next) && !flow_sign,
            Some(byte) => !b",[]{}#&*!|>'\"%@`".contains(&byte),
        }
    }

    fn bad_start_message(&self) -> &'static str {
        match self.peek() {
            Some(b'@' | b'`' | b'%') => "a value cannot start with this character unless quoted",
            Some(b']' | b'}') => "a closing bracket without an opening one",
            Some(b'\t') => "a tab cannot indent YAML, use spaces",
            Some(b'-' | b'?') => "a list item or an explicit key is not expected here",
            Some(b':') => "a key is missing before this `:`",
            _ => "a value is expected here",
        }
    }

    /// The end of the part of a plain scalar on this line, blanks at its end left out.
    fn plain_piece_end(&self) -> usize {
        let flow = self.in_flow();
        let (mut at, mut end) = (self.pos, self.pos);
        while let Some(byte) = self.byte(at) {
            let next = self.byte(at + 1);
            let stops = match byte {
                b'\n' | b'\r' => true,
                b':' => {
                    is_blank_or_end(next)
                        || (flow && matches!(next, Some(b',' | b'[' | b']' | b'{' | b'}')))
                }
                b'#' => at > self.pos && is_blank(self.byte(at - 1)),
                b',' | b'[' | b']' | b'{' | b'}' => flow,
                _ => false,
            };
            if stops {
                break;
            }
            at += 1;
            if !is_blank(Some(byte)) {
                end = at;
            }
        }
        end
    }

    /// Goes to the scalar's next line if it has one, and tells how many line breaks lie between.
    fn plain_goes_on(&mut self, indent: isize) -> Option<usize> {
        let back = (self.pos, self.line_start, self.first);
        let mut n_breaks = 0;
        loop {
            self.skip_blanks();
            if !matches!(self.peek(), Some(b'\n' | b'\r')) {
                break;
            }
            self.skip_break();
            n_breaks += 1;
            let tab = !self.in_flow() && self.byte(self.first) == Some(b'\t');
            if tab && self.column_of(self.first) <= indent {
                (self.pos, self.line_start, self.first) = back;
                return None;
            }
        }
        let indented = self.in_flow() || self.column_of(self.first) > indent;
        let content = match self.peek() {
            None | Some(b'#') => false,
            Some(b':') if self.in_flow() => {
                !is_blank_or_end(self.byte(self.pos + 1))
                    && !matches!(self.byte(self.pos + 1), Some(b',' | b']' | b'}'))
            }
            Some(b':') => !is_blank_or_end(self.byte(self.pos + 1)),
            Some(b',' | b'[' | b']' | b'{' | b'}') => !self.in_flow(),
            Some(_) => true,
        };
        if n_breaks == 0 {
            (self.pos, self.line_start, self.first) = back;
            return None;
        }
        if !indented || !content || self.at_document_edge() {
            // Blank lines between may hold tabs that are refused elsewhere, so they stay read.
            self.pos = self.line_start;
            return None;
        }
        Some(n_breaks)
    }

    pub(super) fn single_quoted(&mut self) -> NodeDraft {
        let start = self.pos;
        self.pos += 1;
        let mut value = String::new();
        loop {
            let from = self.pos;
            let rest = self.bytes.get(from..).unwrap_or_default();
            let stop = rest.iter().position(|it| matches!(it, b'\'' | b'\n' | b'\r'));
            self.pos = from + stop.unwrap_or(rest.len());
            value.push_str(self.text.get(from..self.pos).unwrap_or_default());
            match self.peek() {
                Some(b'\'') if self.byte(self.pos + 1) == Some(b'\'') => {
                    value.push('\'');
                    self.pos += 2;
                }
                Some(b'\'') => break,
                Some(_) if self.fold_quoted(&mut value, 0) => {}
                _ => return self.unclosed(start, value, ScalarStyle::SingleQuoted),
            }
        }
        self.pos += 1;
        self.last_end = self.pos;
        NodeDraft::scalar(Span::new(start, self.pos), value, ScalarStyle::SingleQuoted)
    }

    pub(super) fn double_quoted(&mut self) -> NodeDraft {
        let start = self.pos;
        self.pos += 1;
        let mut value = String::new();
        // Blanks that an escape made are kept when a line is folded.
        let mut kept = 0;
        loop {
            let from = self.pos;
            let rest = self.bytes.get(from..).unwrap_or_default();
            let stop = rest.iter().position(|it| matches!(it, b'"' | b'\\' | b'\n' | b'\r'));
            self.pos = from + stop.unwrap_or(rest.len());
            value.push_str(self.text.get(from..self.pos).unwrap_or_default());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    if !self.escape(&mut value) {
                        return NodeDraft::scalar(
                            Span::new(start, start + 1),
                            value,
                            ScalarStyle::DoubleQuoted,
                        );
                    }
                    kept = value.len();
                }
                Some(_) if self.fold_quoted(&mut value, kept) => kept = value.len(),
                _ => return self.unclosed(start, value, ScalarStyle::DoubleQuoted),
            }
        }
        self.pos += 1;
        self.last_end = self.pos;
        NodeDraft::scalar(Span::new(start, self.pos), value, ScalarStyle::DoubleQuoted)
    }

    fn unclosed(&mut self, start: usize, value: String, style: ScalarStyle) -> NodeDraft {
        self.fail(Span::new(start, start + 1), "the quote that opens here is not closed");
        NodeDraft::scalar(Span::new(start, start + 1), value, style)
    }

    /// Folds a line break inside quotes; `false` where the document ends.
    fn fold_quoted(&mut self, value: &mut String, kept: usize) -> bool {
        let trimmed = value.trim_end_matches([' ', '\t']).len().max(kept);
        value.truncate(trimmed);
        let mut n_breaks = 0;
        while matches!(self.peek(), Some(b'\n' | b'\r')) {
            self.skip_break();
            n_breaks += 1;
            if self.at_document_edge() {
                return false;
            }
            self.skip_blanks();
        }
        push_fold(value, n_breaks);
        self.pos < self.bytes.len()
    }

    /// Undoes one escape; `false` and an error where it is none.
    fn escape(&mut self, value: &mut String) -> bool {
        let start = self.pos;
        let Some(sign) = self.byte(start + 1) else {
            self.pos += 1;
            return true;
        };
        // What follows may be a character of several bytes.
        let rest = self.text.get(start + 1..).unwrap_or_default();
        self.pos += 1 + rest.chars().next().map_or(1, char::len_utf8);
        let plain = match sign {
            b'0' => '\0',
            b'a' => '\u{7}',
            b'b' => '\u{8}',
            b't' | b'\t' => '\t',
            b'n' => '\n',
            b'v' => '\u{B}',
            b'f' => '\u{C}',
            b'r' => '\r',
            b'e' => '\u{1B}',
            b' ' => ' ',
            b'"' => '"',
            b'/' => '/',
            b'\\' => '\\',
            b'N' => '\u{85}',
            b'_' => '\u{A0}',
            b'L' => '\u{2028}',
            b'P' => '\u{2029}',
            b'x' => return self.hex_escape(value, start, 2),
            b'u' => return self.hex_escape(value, start, 4),
            b'U' => return self.hex_escape(value, start, 8),
            b'\n' | b'\r' => {
                self.pos -= 1;
                self.skip_break();
                self.skip_blanks();
                // The escaped break says nothing, but blank lines behind it do.
                while matches!(self.peek(), Some(b'\n' | b'\r')) {
                    self.skip_break();
                    self.skip_blanks();
                    value.push('\n');
                }
                return true;
            }
            _ => {
                let width = self.text.get(start + 1..).and_then(|it| it.chars().next());
                let end = start + 1 + width.map_or(0, char::len_utf8);
                self.fail(Span::new(start, end), "this is no escape in a double-quoted text");
                return false;
            }
        };
        value.push(plain);
        true
    }

    fn hex_escape(&mut self, value: &mut String, start: usize, n_digits: usize) -> bool {
        let digits = self.text.get(self.pos..self.pos + n_digits).unwrap_or_default();
        let valid = digits.len() == n_digits && digits.bytes().all(|it| it.is_ascii_hexdigit());
        let code = if valid { u32::from_str_radix(digits, 16).ok() } else { None };
        let Some(character) = code.and_then(char::from_u32) else {
            self.fail(Span::new(start, start + 2), "this escape names no character");
            return false;
        };
        value.push(character);
        self.pos += n_digits;
        true
    }

    /// A `|` or `>` block.
    pub(super) fn block_scalar(&mut self, indent: isize) -> NodeDraft {
        let start = self.pos;
        let style =
            if self.peek() == Some(b'|') { ScalarStyle::Literal } else { ScalarStyle::Folded };
        self.pos += 1;
        let Some(header) = self.block_header() else {
            return NodeDraft::new(Span::new(start, start + 1), NodeKind::Null);
        };
        let mut end = self.last_end;
        let least = usize::try_from(indent.max(-1) + 1).unwrap_or(0);
        let width = match header.indent {
            Some(step) => step + usize::try_from(indent.max(0)).unwrap_or(0),
            None => self.detect_indent().max(least),
        };
        let mut lines = BlockLines::new(style == ScalarStyle::Literal);
        while self.pos < self.bytes.len() && !self.at_document_edge() {
            let line_end = self.line_end(self.pos);
            let content = (self.line_start + width).min(line_end);
            let at_end = line_end >= self.bytes.len();
            if self.first >= line_end && content >= line_end {
                lines.n_blank += usize::from(!at_end);
            } else if self.first < self.line_start + width {
                break;
            } else {
                lines.line(self.text.get(content..line_end).unwrap_or_default());
                end = line_end;
            }
            self.pos = line_end;
            if at_end {
                break;
            }
            self.skip_break();
            lines.ended = true;
        }
        self.last_end = end;
        NodeDraft::scalar(Span::new(start, end), lines.finish(header.chomping), style)
    }

    /// The signs after `|` or `>`, up to and over the line break.
    fn block_header(&mut self) -> Option<BlockHeader> {
        let mut header = BlockHeader { indent: None, chomping: Chomping::Clip };
        while let Some(byte) = self.peek() {
            match byte {
                b'+' => header.chomping = Chomping::Keep,
                b'-' => header.chomping = Chomping::Strip,
                b'1'..=b'9' => header.indent = Some(usize::from(byte - b'0')),
                _ => break,
            }
            self.pos += 1;
        }
        self.last_end = self.pos;
        self.skip_blanks();
        if self.peek() == Some(b'#') {
            self.read_comment();
        }
        match self.peek() {
            Some(b'\n' | b'\r') => self.skip_break(),
            None => {}
            Some(_) => {
                self.fail_here("nothing but a comment may follow the sign of a block of text");
                return None;
            }
        }
        Some(header)
    }

    /// The indentation of the first line that is not blank; blank lines before it may not be wider.
    fn detect_indent(&self) -> usize {
        let mut line = self.pos;
        let mut widest = 0;
        loop {
            let rest = self.bytes.get(line..).unwrap_or_default();
            let width = rest.iter().take_while(|it| **it == b' ').count();
            widest = widest.max(width);
            match self.byte(line + width) {
                Some(b'\n' | b'\r') => line += width + 1,
                _ => return widest,
            }
        }
    }
}

struct BlockHeader {
    indent: Option<usize>,
    chomping: Chomping,
}

#[derive(Clone, Copy)]
enum Chomping {
    Clip,
    Strip,
    Keep,
}

/// The lines of a block scalar, folded as they come.
struct BlockLines {
    literal: bool,
    value: String,
    /// Whether a content line has come, and whether it started with a blank.
    before: Option<bool>,
    n_blank: usize,
    /// Whether the last line ended in a line break.
    ended: bool,
}

impl BlockLines {
    fn new(literal: bool) -> Self {
        Self { literal, value: String::new(), before: None, n_blank: 0, ended: false }
    }

    fn line(&mut self, text: &str) {
        let indented = text.starts_with([' ', '\t']);
        if let Some(before) = self.before {
            let folds = !self.literal && !before && !indented;
            match (folds, self.n_blank) {
                (true, 0) => self.value.push(' '),
                (true, _) => {}
                (false, _) => self.value.push('\n'),
            }
        }
        self.value.extend(std::iter::repeat_n('\n', self.n_blank));
        self.n_blank = 0;
        self.before = Some(indented);
        self.ended = false;
        self.value.push_str(text);
    }

    fn finish(mut self, chomping: Chomping) -> String {
        let clip = self.before.is_some() && self.ended;
        match chomping {
            Chomping::Strip => {}
            Chomping::Clip => self.value.extend(clip.then_some('\n')),
            Chomping::Keep => {
                let n_breaks = self.n_blank + usize::from(clip);
                self.value.extend(std::iter::repeat_n('\n', n_breaks));
            }
        }
        self.value
    }
}

/// One line break becomes a space, each further one stays.
fn push_fold(value: &mut String, n_breaks: usize) {
    if n_breaks == 1 {
        value.push(' ');
    }
    value.extend(std::iter::repeat_n('\n', n_breaks.saturating_sub(1)));
}
