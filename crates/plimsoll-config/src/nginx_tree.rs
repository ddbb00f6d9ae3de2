//! nginx configuration as a tree of directives, with error recovery.
//!
//! Knows how nginx writes and nothing of what directives mean; [`crate::nginx`] does.

use std::{error, fmt, mem};

use plimsoll_text::Span;

/// Blocks nested deeper than this are passed over.
pub const MAX_DEPTH: usize = 32;

/// Directives after this many are not read.
pub const MAX_DIRECTIVES: usize = 100_000;

/// Errors after this many are not told.
pub const MAX_ERRORS: usize = 100;

/// Reads a configuration into the directives that stand in no block. nginx refuses a file at its
/// first error; here reading goes on.
pub fn parse(text: &str) -> (Vec<Directive>, Vec<NginxError>) {
    let mut parser = Parser::new(text);
    let directives = parser.run();
    (directives, parser.errors)
}

/// A directive: a name, arguments, and either `;` or a block.
#[derive(Debug)]
pub struct Directive {
    /// Its name.
    pub name: Word,
    /// Its arguments.
    pub args: Vec<Word>,
    /// Its block, if it has one.
    pub block: Option<Block>,
    /// From the name to the `;` or `}`, both included.
    pub span: Span,
}

impl Directive {
    /// The text of the argument at `index`, from 0.
    pub fn arg(&self, index: usize) -> Option<&str> {
        self.args.get(index).map(|it| it.text.as_str())
    }

    /// From the name to the last argument.
    pub fn head(&self) -> Span {
        self.args.last().map_or(self.name.span, |it| self.name.span.cover(it.span))
    }

    /// The directives in its block.
    pub fn directives(&self) -> &[Directive] {
        self.block.as_ref().map(|it| it.directives.as_slice()).unwrap_or_default()
    }
}

/// A name or an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// It without quotes, escapes undone.
    pub text: String,
    /// Where it stands, with quotes.
    pub span: Span,
    /// Whether it is quoted.
    pub is_quoted: bool,
}

/// What stands between `{` and `}`.
#[derive(Debug)]
pub struct Block {
    /// What it holds; nothing where it is foreign code.
    pub directives: Vec<Directive>,
    /// With both braces.
    pub span: Span,
    /// Whether it is Lua code, which was passed over.
    pub is_code: bool,
}

/// Something wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NginxError {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: NginxErrorKind,
}

/// What can be wrong with a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NginxErrorKind {
    /// A directive that neither `;` nor `{` ends.
    NoEnd,
    /// A `{` that is not closed.
    UnclosedBlock,
    /// A `}` without a `{`.
    StrayBrace,
    /// A quote that is not closed.
    UnclosedQuote,
    /// A `;` or `{` without a name before it.
    NoName,
    /// Deeper than [`MAX_DEPTH`]; what is in there was passed over.
    TooDeep,
    /// More than [`MAX_DIRECTIVES`]; from here on nothing was read.
    TooMany,
}

impl fmt::Display for NginxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            NginxErrorKind::NoEnd => "this directive is not ended by `;` or a block",
            NginxErrorKind::UnclosedBlock => "this block is not closed",
            NginxErrorKind::StrayBrace => "this `}` closes nothing",
            NginxErrorKind::UnclosedQuote => "this quote is not closed",
            NginxErrorKind::NoName => "a directive needs a name",
            NginxErrorKind::TooDeep => "blocks are nested too deep: this one was passed over",
            NginxErrorKind::TooMany => "too many directives: from here on nothing was read",
        })
    }
}

impl error::Error for NginxError {}

/// A block that is being read: the directive before its `{`, and what stands around it.
struct Open {
    name: Word,
    args: Vec<Word>,
    brace: usize,
    around: Vec<Directive>,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    errors: Vec<NginxError>,
    n_directives: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, errors: Vec::new(), n_directives: 0 }
    }

    /// Keeps its own stack, so that depth is a limit and not a crash.
    fn run(&mut self) -> Vec<Directive> {
        let mut level = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        while let Some(byte) = self.skip_blank() {
            if self.n_directives >= MAX_DIRECTIVES {
                self.error(Span::empty(self.at), NginxErrorKind::TooMany);
                break;
            }
            let sign = Span::new(self.at, self.at + 1);
            match byte {
                b';' => {
                    self.at += 1;
                    self.push(&mut level, &mut words, None, sign);
                }
                b'{' => {
                    self.at += 1;
                    self.open(&mut level, &mut words, &mut open, sign);
                }
                b'}' => {
                    self.at += 1;
                    self.end_unfinished(&mut level, &mut words);
                    match open.pop() {
                        Some(it) => Self::close(&mut level, it, sign.end),
                        None => self.error(sign, NginxErrorKind::StrayBrace),
                    }
                }
                _ => words.push(self.word()),
            }
        }
        self.end_unfinished(&mut level, &mut words);
        while let Some(it) = open.pop() {
            self.error(Span::new(it.brace, it.brace + 1), NginxErrorKind::UnclosedBlock);
            Self::close(&mut level, it, self.at);
        }
        level
    }

    fn open(
        &mut self,
        level: &mut Vec<Directive>,
        words: &mut Vec<Word>,
        open: &mut Vec<Open>,
        brace: Span,
    ) {
        let is_code = words.first().is_some_and(|it| it.text.ends_with("_by_lua_block"));
        if is_code || open.len() >= MAX_DEPTH {
            if !is_code {
                self.error(brace, NginxErrorKind::TooDeep);
            }
            if !self.skip_block(is_code) {
                self.error(brace, NginxErrorKind::UnclosedBlock);
            }
            let span = Span::new(brace.start, self.at);
            let block = Block { directives: Vec::new(), span, is_code };
            self.push(level, words, Some(block), brace);
            return;
        }
        let mut words = mem::take(words).into_iter();
        let name = words.next().unwrap_or_else(|| {
            self.error(brace, NginxErrorKind::NoName);
            Word { text: String::new(), span: Span::empty(brace.start), is_quoted: false }
        });
        let around = mem::take(level);
        open.push(Open { name, args: words.collect(), brace: brace.start, around });
        self.n_directives += 1;
    }

    fn close(level: &mut Vec<Directive>, open: Open, end: usize) {
        let directives = mem::replace(level, open.around);
        let block = Block { directives, span: Span::new(open.brace, end), is_code: false };
        let span = Span::new(open.name.span.start, end);
        level.push(Directive { name: open.name, args: open.args, block: Some(block), span });
    }

    fn push(
        &mut self,
        level: &mut Vec<Directive>,
        words: &mut Vec<Word>,
        block: Option<Block>,
        sign: Span,
    ) {
        let mut words = mem::take(words).into_iter();
        let Some(name) = words.next() else {
            self.error(sign, NginxErrorKind::NoName);
            return;
        };
        self.n_directives += 1;
        let span = Span::new(name.span.start, self.at);
        level.push(Directive { name, args: words.collect(), block, span });
    }

    /// A directive that the end of its block or file cuts off is kept, so that rules see it.
    fn end_unfinished(&mut self, level: &mut Vec<Directive>, words: &mut Vec<Word>) {
        let mut words = mem::take(words).into_iter();
        if let Some(name) = words.next() {
            let args: Vec<Word> = words.collect();
            let span = args.last().map_or(name.span, |it| name.span.cover(it.span));
            self.error(span, NginxErrorKind::NoEnd);
            self.n_directives += 1;
            level.push(Directive { name, args, block: None, span });
        }
    }

    /// Passes white space and comments; the byte after it.
    fn skip_blank(&mut self) -> Option<u8> {
        loop {
            match self.peek()? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'#' => self.skip_line(),
                byte => return Some(byte),
            }
        }
    }

    fn skip_line(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    fn word(&mut self) -> Word {
        let start = self.at;
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => self.quoted_word(start, quote),
            _ => self.plain_word(start),
        }
    }

    fn plain_word(&mut self, start: usize) -> Word {
        while let Some(byte) = self.peek() {
            match byte {
                b'\\' => self.at += 1 + usize::from(self.at + 1 < self.text.len()),
                // Braces of `${name}` do not open a block.
                b'$' if self.peek_at(1) == Some(b'{') => {
                    self.at += 2;
                    while self.peek().is_some_and(|it| it.is_ascii_alphanumeric() || it == b'_') {
                        self.at += 1;
                    }
                    if self.peek() == Some(b'}') {
                        self.at += 1;
                    }
                }
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' | b'}' => break,
                _ => self.at += 1,
            }
        }
        // An escaped character of several bytes leaves the mark inside of it.
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        let span = Span::new(start, self.at);
        Word { text: unescape(self.slice(span)), span, is_quoted: false }
    }

    fn quoted_word(&mut self, start: usize, quote: u8) -> Word {
        self.at += 1;
        let closed = self.skip_quoted(quote);
        let span = Span::new(start, self.at);
        if !closed {
            self.error(Span::new(start, start + 1), NginxErrorKind::UnclosedQuote);
        }
        let inner = Span::new(start + 1, self.at - usize::from(closed));
        Word { text: unescape(self.slice(inner)), span, is_quoted: true }
    }

    /// Goes past the closing `quote`; false if there is none.
    fn skip_quoted(&mut self, quote: u8) -> bool {
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == quote {
                return true;
            }
            if byte == b'\\' && self.at < self.text.len() {
                self.at += 1;
            }
        }
        false
    }

    /// Goes past the `}` that closes the block just opened; false if there is none.
    fn skip_block(&mut self, is_lua: bool) -> bool {
        let mut depth = 1_usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'"' | b'\'' => {
                    self.skip_quoted(byte);
                }
                b'-' if is_lua && self.peek() == Some(b'-') => {
                    self.at += 1;
                    if !self.skip_long_bracket() {
                        self.skip_line();
                    }
                }
                b'[' if is_lua => {
                    self.at -= 1;
                    if !self.skip_long_bracket() {
                        self.at += 1;
                    }
                }
                b'#' if !is_lua => self.skip_line(),
                _ => (),
            }
            if depth == 0 {
                return true;
            }
        }
        false
    }

    /// Goes past Lua's `[[...]]` or `[==[...]==]` if one starts here and ends somewhere.
    fn skip_long_bracket(&mut self) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let n_signs = rest.iter().skip(1).take_while(|it| **it == b'=').count();
        if rest.first() != Some(&b'[') || rest.get(n_signs + 1) != Some(&b'[') {
            return false;
        }
        let close = format!("]{}]", "=".repeat(n_signs));
        let start = self.at + n_signs + 2;
        let end = self.text.get(start..).and_then(|it| it.find(&close));
        // Without an end all of the rest is text, as Lua has it; this also keeps the work linear.
        self.at = end.map_or(self.text.len(), |it| start + it + close.len());
        true
    }

    fn error(&mut self, span: Span, kind: NginxErrorKind) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(NginxError { span, kind });
        }
    }

    fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

/// nginx undoes `\"`, `\'`, `\\`, `\t`, `\r`, `\n`, and keeps the backslash before anything else.
fn unescape(raw: &str) -> String {
    let mut res = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            res.push(char);
            continue;
        }
        match chars.next() {
            Some(it @ ('"' | '\'' | '\\')) => res.push(it),
            Some('t') => res.push('\t'),
            Some('r') => res.push('\r'),
            Some('n') => res.push('\n'),
            Some(it) => res.extend(['\\', it]),
            None => res.push('\\'),
        }
    }
    res
}

#[cfg(test)]
mod tests {
    use super::{Directive, MAX_DEPTH, NginxErrorKind, parse};
    use std::fmt::Write as _;

    /// The tree in one line: words joined by a blank, quoted ones in quotes, blocks in braces.
    fn show(directives: &[Directive]) -> String {
        let mut res = String::new();
        for it in directives {
            let words = [&it.name].into_iter().chain(&it.args);
            let words: Vec<_> = words
                .map(|it| if it.is_quoted { format!("{:?}", it.text) } else { it.text.clone() })
                .collect();
            let _ = write!(res, "{}", words.join(" "));
            match &it.block {
                Some(block) if block.is_code => res.push_str("{CODE}"),
                Some(block) => {
                    let _ = write!(res, "{{{}}}", show(&block.directives));
                }
                None => res.push(';'),
            }
        }
        res
    }

    #[test]
    fn a_text_becomes_a_tree() {
        let cases = [
            ("a b  c;\n# d;\ne;", "a b c;e;"),
            ("http { server { listen 80; } }", "http{server{listen 80;}}"),
            ("a 'b c' \"d\\\"e\";", "a \"b c\" \"d\\\"e\";"),
            ("a b#c;", "a b#c;"),
            ("set $x ${y}z;", "set $x ${y}z;"),
            ("rewrite ^/a\\.b$ /c\\;d;", "rewrite ^/a\\.b$ /c\\;d;"),
            ("location ~ \"^/a{2}$\" {}", "location ~ \"^/a{2}$\"{}"),
            ("if ($scheme = http) { return 301; }", "if ($scheme = http){return 301;}"),
            ("a{b;}c;", "a{b;}c;"),
            ("\u{feff}a;", "a;"),
            ("a 'é' é\\é;", "a \"é\" é\\é;"),
            (
                "access_by_lua_block { if x then s = \"}\" end -- }\n t = {1} u = [[ } ]] }\nb;",
                "access_by_lua_block{CODE}b;",
            ),
        ];
        for (text, expected) in cases {
            let (directives, errors) = parse(text);
            assert_eq!(errors, [], "{text}");
            assert_eq!(show(&directives), expected, "{text}");
        }
    }

    #[test]
    fn errors_have_places_and_what_can_be_read_is_read() {
        let cases = [
            ("a b", NginxErrorKind::NoEnd, "a b", "a b;"),
            ("x { a b }", NginxErrorKind::NoEnd, "a b", "x{a b;}"),
            ("x { a;", NginxErrorKind::UnclosedBlock, "{", "x{a;}"),
            ("a; } b;", NginxErrorKind::StrayBrace, "}", "a;b;"),
            ("a; ; b;", NginxErrorKind::NoName, ";", "a;b;"),
            ("{ a; }", NginxErrorKind::NoName, "{", "{a;}"),
        ];
        for (text, kind, at, tree) in cases {
            let (directives, errors) = parse(text);
            assert_eq!(errors.len(), 1, "{text}");
            assert_eq!((errors[0].kind, &text[errors[0].span.range()]), (kind, at), "{text}");
            assert_eq!(show(&directives), tree, "{text}");
        }
        let (_, errors) = parse("a 'b;");
        assert_eq!(errors[0].kind, NginxErrorKind::UnclosedQuote);
    }

    #[test]
    fn hostile_texts_reach_limits() {
        let (_, errors) = parse(&"a{".repeat(50_000));
        assert!(errors.iter().any(|it| it.kind == NginxErrorKind::TooDeep));
        let closed = format!("{}b;{}c;", "a{".repeat(MAX_DEPTH + 1), "}".repeat(MAX_DEPTH + 1));
        let (directives, errors) = parse(&closed);
        assert_eq!(errors.len(), 1);
        assert_eq!(directives[1].name.text, "c");
        let (_, errors) = parse(&"a;".repeat(100_005));
        assert_eq!(errors.last().unwrap().kind, NginxErrorKind::TooMany);
        let lua = format!("x_by_lua_block {{{}", "[[-- \"'".repeat(10_000));
        assert!(!parse(&lua).1.is_empty());
    }
}
