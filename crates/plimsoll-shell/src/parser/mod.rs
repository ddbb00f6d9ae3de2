//! Reading shell text: the cursor, its limits, and what all parts of the grammar share.
//!
//! The reader goes once from front to back. It never goes back over text but for the look ahead
//! that tells `((` from two parentheses, whose total cost is limited.

mod list;
mod simple;
mod compound;
mod word;
mod expansion;
mod document;
mod class;

use std::{borrow::Cow, mem, ops::Range, sync::Arc};

use plimsoll_text::Span;

use crate::{
    context::contexts_of,
    dialect::Dialect,
    few::Few,
    parser::document::PendingDocument,
    position::PositionMap,
    script::{Coverage, ErrorKind, List, Script, SyntaxError},
    text::Text,
    word::{Word, WordPart, WordPartKind},
};

/// The longest text that is read, in bytes.
pub const MAX_TEXT: usize = 1 << 20;
/// How deep constructs may stand in each other.
pub const MAX_DEPTH: usize = 64;
/// How much a tree may hold: a piece of a word counts 1, a command 4.
pub const MAX_NODES: usize = 400_000;
/// How many errors are told.
pub const MAX_ERRORS: usize = 64;

/// Parses the logical text `text`, whose bytes stand in the file where `map` says, as `dialect`
/// reads it. Never fails; see [`Script::errors`] and [`Script::coverage`]. The text of a dialect
/// outside of the POSIX family gives an empty script with [`Coverage::Unparsed`].
pub fn parse(text: &str, map: &PositionMap, dialect: Dialect) -> Script {
    if !dialect.is_posix_family() {
        return script_of(Parser::new(Arc::from(""), map, dialect), Coverage::Unparsed);
    }
    let mut len = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(len) {
        len -= 1;
    }
    let mut parser = Parser::new(Arc::from(text.get(..len).unwrap_or_default()), map, dialect);
    parser.list = parser.list(Closers::NONE);
    // The text may end before the line feed after which a here-document is looked for.
    parser.read_documents();
    if len < text.len() {
        parser.limit(len, "the text is too long: the rest is not read");
    }
    let coverage = if parser.aborted { Coverage::Limited } else { Coverage::Whole };
    script_of(parser, coverage)
}

fn script_of(parser: Parser<'_>, coverage: Coverage) -> Script {
    Script {
        commands: contexts_of(&parser.list, parser.n_commands),
        list: parser.list,
        errors: parser.errors,
        comments: parser.comments,
        dialect: parser.dialect,
        coverage,
        text: parser.source,
        map: parser.map.clone(),
    }
}

/// The reader of one text.
struct Parser<'a> {
    source: Arc<str>,
    map: &'a PositionMap,
    /// The segment of the map that the last place was in, and where it is in the file.
    segment: Range<usize>,
    segment_file: usize,
    dialect: Dialect,
    pos: usize,
    /// Where the text ends for the construct that is being read.
    end: usize,
    /// What may end a list here.
    closers: Closers,
    depth: usize,
    n_nodes: usize,
    n_commands: usize,
    /// How many bytes may still be looked at twice.
    lookahead: usize,
    /// A limit was hit; the text ends here.
    aborted: bool,
    /// Here-documents whose body begins after the next line feed.
    pending: Vec<PendingDocument>,
    list: List,
    errors: Vec<SyntaxError>,
    comments: Vec<Span>,
}

impl<'a> Parser<'a> {
    fn new(source: Arc<str>, map: &'a PositionMap, dialect: Dialect) -> Self {
        let end = source.len();
        Self {
            source,
            map,
            segment: 0..0,
            segment_file: 0,
            dialect,
            pos: 0,
            end,
            closers: Closers::NONE,
            depth: 0,
            n_nodes: 0,
            n_commands: 0,
            lookahead: end.saturating_mul(16),
            aborted: false,
            pending: Vec::new(),
            list: List::default(),
            errors: Vec::new(),
            comments: Vec::new(),
        }
    }

    /// The byte at `pos`; 0 past the end, and for a NUL in the text, which no construct asks for.
    fn byte(&self, pos: usize) -> u8 {
        if pos < self.end { self.source.as_bytes().get(pos).copied().unwrap_or(0) } else { 0 }
    }

    fn current(&self) -> u8 {
        self.byte(self.pos)
    }

    fn at_end(&self) -> bool {
        self.pos >= self.end
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.source.get(start..end).unwrap_or_default()
    }

    fn bytes(&self, start: usize, end: usize) -> &[u8] {
        self.source.as_bytes().get(start..end).unwrap_or_default()
    }

    fn looks_at(&self, text: &str) -> bool {
        self.bytes(self.pos, self.end).starts_with(text.as_bytes())
    }

    fn text(&self, start: usize, end: usize) -> Text {
        Text::new(&self.source, start, end)
    }

    fn span(&mut self, start: usize, end: usize) -> Span {
        if !self.segment.contains(&start) || end > self.segment.end {
            (self.segment, self.segment_file) = self.map.segment(start);
            if start < self.segment.start || end > self.segment.end {
                return self.map.span(start, end);
            }
        }
        let file = self.segment_file + (start - self.segment.start);
        Span::new(file, file + end.saturating_sub(start))
    }

    fn part(&mut self, start: usize, end: usize, kind: WordPartKind) -> WordPart {
        self.count(start, 1);
        let span = self.span(start, end);
        let offset = |it: usize| u32::try_from(it).unwrap_or_default();
        WordPart { span, kind, start: offset(start), end: offset(end) }
    }

    /// The word `start..self.pos`.
    fn word_from(&mut self, start: usize, parts: impl Into<Few<WordPart>>) -> Word {
        let parts = parts.into();
        Word { span: self.span(start, self.pos), parts, raw: self.text(start, self.pos) }
    }

    /// Appends the plain text `start..end`, if there is any.
    fn push_literal(&mut self, parts: &mut impl Row, start: usize, end: usize) {
        if start < end {
            let kind = WordPartKind::Literal(self.text(start, end));
            let part = self.part(start, end, kind);
            parts.add(part);
        }
    }

    /// One past the character at `pos`.
    fn after_character(&self, pos: usize) -> usize {
        let rest = self.slice(pos, self.end);
        pos + rest.chars().next().map_or(0, char::len_utf8)
    }

    fn error(&mut self, start: usize, end: usize, message: impl Into<Cow<'static, str>>) {
        let span = self.span(start, end);
        self.error_at(span, message);
    }

    fn error_at(&mut self, span: Span, message: impl Into<Cow<'static, str>>) {
        if self.aborted || self.errors.len() > MAX_ERRORS {
            return;
        }
        let error = if self.errors.len() == MAX_ERRORS {
            let message = Cow::Borrowed("too many errors: the others are not told");
            SyntaxError { span, message, kind: ErrorKind::Limit }
        } else {
            SyntaxError { span, message: message.into(), kind: ErrorKind::Syntax }
        };
        self.errors.push(error);
    }

    /// Gives up at `start`: every construct sees the end of the text from here on.
    fn limit(&mut self, start: usize, message: &'static str) {
        if !self.aborted {
            let span = self.span(start, start);
            let message = Cow::Borrowed(message);
            self.errors.push(SyntaxError { span, message, kind: ErrorKind::Limit });
        }
        self.aborted = true;
        self.end = self.pos.min(self.end);
    }

    fn count(&mut self, start: usize, weight: usize) {
        self.n_nodes += weight;
        if self.n_nodes > MAX_NODES {
            self.limit(start, "the text is too large: the rest is not read");
        }
    }

    /// Reads a construct one level deeper; `None` at the depth limit.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            self.limit(self.pos, "constructs are nested too deep: the rest is not read");
            return None;
        }
        self.depth += 1;
        let res = read(self);
        self.depth -= 1;
        Some(res)
    }

    /// Reads with the text ending at `end`, and goes there.
    fn up_to<T>(&mut self, end: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer_end = self.end;
        self.end = end.min(outer_end);
        let res = read(self);
        if !self.aborted {
            self.pos = self.end;
            self.end = outer_end;
        }
        res
    }

    /// Reads the list of a substitution, which sees nothing of what stands around it.
    fn substituted_list(&mut self, closers: Closers) -> List {
        let outer_closers = mem::replace(&mut self.closers, Closers::NONE);
        let outer_pending = mem::take(&mut self.pending);
        let list = self.list(closers);
        // A body that did not fit in the substitution follows on the line after it.
        let inner_pending = mem::replace(&mut self.pending, outer_pending);
        self.pending.extend(inner_pending);
        self.closers = outer_closers;
        list
    }

    /// Goes over blanks, continued lines and a comment.
    fn skip_blanks(&mut self) {
        loop {
            match self.current() {
                b' ' | b'\t' => self.pos += 1,
                b'\\' if self.is_newline(self.pos + 1) => {
                    self.pos += 1 + self.newline_len(self.pos + 1);
                }
                b'#' => {
                    let start = self.pos;
                    let rest = self.bytes(start, self.end);
                    let len = rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len());
                    let line = rest.get(..len).unwrap_or_default();
                    self.pos += line.len() - usize::from(line.ends_with(b"\r"));
                    let comment = self.span(start, self.pos);
                    self.comments.push(comment);
                }
                _ => return,
            }
        }
    }

    /// Goes over blanks, comments and line feeds, and reads the here-documents that are due.
    fn skip_newlines(&mut self) {
        loop {
            self.skip_blanks();
            if !self.is_newline(self.pos) {
                return;
            }
            self.newline();
        }
    }

    /// Goes over a line feed and reads the here-documents that are due.
    fn newline(&mut self) {
        self.pos += self.newline_len(self.pos);
        self.read_documents();
    }

    fn is_newline(&self, pos: usize) -> bool {
        self.newline_len(pos) > 0
    }

    /// The bytes of the line ending at `pos`; 0 if there is none.
    fn newline_len(&self, pos: usize) -> usize {
        match self.byte(pos) {
            b'\n' => 1,
            b'\r' if self.byte(pos + 1) == b'\n' => 2,
            _ => 0,
        }
    }

    /// The word at the cursor if it may be a reserved one: plain, short, and ended by a blank, a
    /// line feed, an operator or the end.
    fn reserved(&self) -> &str {
        let mut end = self.pos;
        while end < self.end && !class::ends_word(self.byte(end)) {
            end += 1;
            if end - self.pos > LONGEST_RESERVED {
                return "";
            }
        }
        self.slice(self.pos, end)
    }
}

/// Where pieces of a word are gathered.
trait Row {
    fn add(&mut self, part: WordPart);
}

impl Row for Vec<WordPart> {
    fn add(&mut self, part: WordPart) {
        self.push(part);
    }
}

impl Row for Few<WordPart> {
    fn add(&mut self, part: WordPart) {
        self.push(part);
    }
}

/// A set of the tokens that end a list.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Closers(u16);

impl Closers {
    const NONE: Self = Self(0);
    const THEN: Self = Self(1);
    const ELSE: Self = Self(2);
    const FI: Self = Self(4);
    const DO: Self = Self(8);
    const DONE: Self = Self(16);
    const ESAC: Self = Self(32);
    const ARM: Self = Self(64);
    const BRACE: Self = Self(128);
    const PARENTHESIS: Self = Self(256);

    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The bytes of `function`, the longest reserved word.
const LONGEST_RESERVED: usize = 8;
