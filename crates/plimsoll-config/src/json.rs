//! Reads strict JSON into a [`Tree`].
//!
//! Readers of JSON files are strict, so comments, trailing commas and double keys are errors here;
//! all but the grossest are read past, so that the rest of the file is judged too.

use std::{collections::HashSet, sync::Arc};

use plimsoll_text::{Source, Span};

use crate::{
    tree::{
        Comment, Document, Entry, ErrorKind, Format, Layout, MAX_DEPTH, MAX_ERRORS, MAX_NODES,
        MAX_TEXT_BYTES, Node, NodeDraft, NodeKind, ScalarStyle, Tree, TreeError,
    },
    yaml::short,
};

/// Reads the one value of `source`.
pub fn parse_json(source: &Arc<Source>) -> Tree {
    let mut parser = Parser {
        text: source.text(),
        bytes: source.text().as_bytes(),
        pos: 0,
        depth: 0,
        n_nodes: 0,
        failed: false,
        errors: Vec::new(),
        comments: Vec::new(),
    };
    let documents = parser.parse_text();
    Tree {
        source: Arc::clone(source),
        format: Format::Json,
        documents,
        errors: parser.errors,
        comments: parser.comments,
        aliased: Vec::new(),
    }
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    depth: usize,
    n_nodes: usize,
    failed: bool,
    errors: Vec<TreeError>,
    comments: Vec<Comment>,
}

impl Parser<'_> {
    fn parse_text(&mut self) -> Vec<Document> {
        if self.text.len() > MAX_TEXT_BYTES {
            let message = format!("the text is larger than {MAX_TEXT_BYTES} bytes and is not read");
            self.error(Span::empty(0), message, ErrorKind::Limit);
            return Vec::new();
        }
        if self.text.starts_with('\u{FEFF}') {
            self.pos = '\u{FEFF}'.len_utf8();
        }
        self.skip_trivia();
        if self.pos >= self.bytes.len() {
            self.fail(Span::empty(self.pos), "the file is empty, a JSON value is expected");
            return Vec::new();
        }
        let root = self.value();
        self.skip_trivia();
        if !self.failed && self.pos < self.bytes.len() {
            self.fail(self.word_span(), "nothing may follow the value of a JSON file");
        }
        let span = root.span;
        vec![Document { root, span, truncated: self.failed }]
    }

    fn value(&mut self) -> Node {
        self.n_nodes += 1;
        if self.n_nodes > MAX_NODES {
            self.limit(format!("there are more than {MAX_NODES} values, the rest is not read"));
        }
        let start = self.pos;
        let draft = match self.peek() {
            _ if self.failed => return Node::null(start),
            Some(b'{') => return self.collection(b'}', "an object"),
            Some(b'[') => return self.collection(b']', "an array"),
            Some(b'"') => {
                let value = self.string();
                NodeDraft::scalar(Span::new(start, self.pos), value, ScalarStyle::DoubleQuoted)
            }
            _ => return self.word(),
        };
        Node::new(draft)
    }

    /// `true`, `false`, `null` or a number.
    fn word(&mut self) -> Node {
        let span = self.word_span();
        let text = self.text.get(span.range()).unwrap_or_default();
        if !matches!(text, "true" | "false" | "null") && !is_number(text) {
            let message = match text.bytes().next() {
                None => "a value is missing",
                Some(b'\'') => "JSON quotes texts with `\"`",
                Some(b',' | b']' | b'}' | b':') => "a value is missing before this",
                _ => "this is no JSON value; a text needs quotes",
            };
            self.fail(span, message);
            return Node::null(span.start);
        }
        self.pos = span.end;
        Node::new(NodeDraft::scalar(span, text.to_owned(), ScalarStyle::Plain))
    }

    fn collection(&mut self, close: u8, what: &str) -> Node {
        let start = self.pos;
        if self.depth >= MAX_DEPTH {
            self.limit(format!("values nest deeper than {MAX_DEPTH}, the rest is not read"));
            return Node::null(start);
        }
        self.depth += 1;
        self.pos += 1;
        let (mut entries, mut items) = (Vec::new(), Vec::new());
        let mut comma = None;
        loop {
            self.skip_trivia();
            match self.peek() {
                _ if self.failed => break,
                None => {
                    self.fail(Span::new(start, start + 1), &format!("{what} is not closed"));
                    break;
                }
                Some(byte) if byte == close => {
                    self.trailing_comma(comma);
                    self.pos += 1;
                    break;
                }
                _ if comma.is_none() && !(entries.is_empty() && items.is_empty()) => {
                    self.fail(self.word_span(), "a `,` is missing before this");
                    break;
                }
                _ if close == b']' => items.push(self.value()),
                _ => entries.extend(self.entry()),
            }
            comma = self.comma();
        }
        self.depth -= 1;
        let span = Span::new(start, self.pos);
        self.check_duplicates(&entries);
        let kind =
            if close == b']' { NodeKind::Sequence(items) } else { NodeKind::Mapping(entries) };
        Node::new(NodeDraft { layout: Layout::Flow, ..NodeDraft::new(span, kind) })
    }

    fn trailing_comma(&mut self, comma: Option<usize>) {
        if let Some(comma) = comma {
            let message = "a comma after the last element is not allowed in JSON".to_owned();
            self.error(Span::new(comma, comma + 1), message, ErrorKind::Syntax);
        }
    }

    fn comma(&mut self) -> Option<usize> {
        self.skip_trivia();
        let comma = (self.peek() == Some(b',') && !self.failed).then_some(self.pos)?;
        self.pos += 1;
        Some(comma)
    }

    fn entry(&mut self) -> Option<Entry> {
        let start = self.pos;
        if self.peek() != Some(b'"') {
            self.fail(self.word_span(), "a key in double quotes is expected here");
            return None;
        }
        let value = self.string();
        let span = Span::new(start, self.pos);
        let key = Node::new(NodeDraft::scalar(span, value, ScalarStyle::DoubleQuoted));
        self.skip_trivia();
        if self.failed || self.peek() != Some(b':') {
            self.fail(span, "a `:` is missing after this key");
            return None;
        }
        let colon = self.pos;
        self.pos += 1;
        self.skip_trivia();
        let value = self.value();
        Some(Entry { key, value, colon: Some(colon) })
    }

    fn string(&mut self) -> String {
        let start = self.pos;
        self.pos += 1;
        let mut value = String::new();
        loop {
            let from = self.pos;
            let rest = self.bytes.get(from..).unwrap_or_default();
            let stop = rest.iter().position(|it| matches!(it, b'"' | b'\\') || *it < 0x20);
            self.pos = from + stop.unwrap_or(rest.len());
            value.push_str(self.text.get(from..self.pos).unwrap_or_default());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    if !self.escape(&mut value) {
                        return value;
                    }
                }
                _ => {
                    self.fail(
                        Span::new(start, self.pos),
                        "the quote that opens here is not closed",
                    );
                    return value;
                }
            }
        }
        self.pos += 1;
        value
    }

    fn escape(&mut self, value: &mut String) -> bool {
        let start = self.pos;
        let sign = self.byte(start + 1);
        // What follows may be missing, or a character of several bytes.
        let rest = self.text.get(start + 1..).unwrap_or_default();
        self.pos += 1 + rest.chars().next().map_or(0, char::len_utf8);
        let plain = match sign {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => match self.unicode_escape() {
                Some(character) => character,
                None => return self.bad_escape(start),
            },
            _ => return self.bad_escape(start),
        };
        value.push(plain);
        true
    }

    /// The digits after `\u`, with a second escape where the first is half of a pair.
    fn unicode_escape(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xD800..0xDC00).contains(&first) {
            // A lone half is read as a replacement, as most readers do.
            return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let back = self.pos;
        if self.bytes.get(self.pos..).is_some_and(|it| it.starts_with(b"\\u")) {
            self.pos += 2;
            if let Some(second @ 0xDC00..0xE000) = self.four_digits() {
                return char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            }
            self.pos = back;
        }
        Some(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.text.get(self.pos..self.pos + 4)?;
        if !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
            return None;
        }
        self.pos += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn bad_escape(&mut self, start: usize) -> bool {
        self.fail(Span::new(start, start + 1), "this is no escape in a JSON text");
        false
    }

    fn check_duplicates(&mut self, entries: &[Entry]) {
        let mut seen = HashSet::new();
        for entry in entries {
            if let Some(key) = entry.key.as_str()
                && !seen.insert(key)
            {
                let message = format!("the key `{}` stands twice in this object", short(key));
                self.error(entry.key.span, message, ErrorKind::DuplicateKey);
            }
        }
    }

    /// Steps over white space, and over comments, which are told.
    fn skip_trivia(&mut self) {
        loop {
            while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.pos += 1;
            }
            let rest = self.bytes.get(self.pos..).unwrap_or_default();
            let len = if rest.starts_with(b"//") || rest.starts_with(b"#") {
                rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len())
            } else if rest.starts_with(b"/*") {
                rest.windows(2).skip(2).position(|it| it == b"*/").map_or(rest.len(), |it| it + 4)
            } else {
                return;
            };
            let text = self.text.get(self.pos..self.pos + len).unwrap_or_default();
            let span = Span::new(self.pos, self.pos + text.trim_end().len());
            let message = "JSON knows no comments, the reader of this file will refuse it";
            self.error(span, message.to_owned(), ErrorKind::Syntax);
            let before = self.text.get(..self.pos).unwrap_or_default();
            let before = before.trim_end_matches([' ', '\t']);
            let own_line = before.is_empty() || before.ends_with('\n');
            self.comments.push(Comment { span, own_line });
            self.pos += len;
        }
    }

    /// The run of characters here that could be meant as one word.
    fn word_span(&self) -> Span {
        let rest = self.text.get(self.pos..).unwrap_or_default();
        let stop = |it: char| it.is_whitespace() || ",:{}[]\"".contains(it);
        let len = rest.find(stop).unwrap_or(rest.len());
        let len = if len == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { len };
        let span = Span::new(self.pos, self.pos + len);
        if self.text.get(span.range()).is_some_and(|it| it.trim().is_empty()) {
            return Span::empty(self.pos);
        }
        span
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn peek(&self) -> Option<u8> {
        self.byte(self.pos)
    }

    fn error(&mut self, span: Span, message: String, kind: ErrorKind) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(TreeError { span, message, kind });
        }
    }

    fn limit(&mut self, message: String) {
        if !self.failed {
            self.error(Span::empty(self.pos), message, ErrorKind::Limit);
            self.failed = true;
        }
    }

    /// Tells an error that reading cannot go past.
    fn fail(&mut self, span: Span, message: &str) {
        if !self.failed {
            self.error(span, message.to_owned(), ErrorKind::Syntax);
            self.failed = true;
        }
    }
}

fn is_number(text: &str) -> bool {
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let number = number.strip_prefix('-').unwrap_or(number);
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    let exponent_fits = exponent.is_none_or(|it| digits(it.strip_prefix(['+', '-']).unwrap_or(it)));
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent_fits
}

#[cfg(test)]
mod tests {
    use plimsoll_text::{Source, Span};

    use super::parse_json;
    use crate::tree::{ErrorKind, Tree};

    fn parse(text: &str) -> Tree {
        parse_json(&Source::new("x.json", text))
    }

    #[test]
    fn values_are_read_with_their_types_and_spans() {
        let text = r#" {"a": [1, -2.5e3, true, null, "x\u00e9\ud83d\ude00\n"], "b": {}} "#;
        let tree = parse(text);
        assert!(tree.is_clean(), "{:?}", tree.errors);
        let root = tree.root().unwrap();
        let a = root.get("a").unwrap();
        assert_eq!(a.items()[0].as_i64(), Some(1));
        assert_eq!(a.items()[1].as_f64(), Some(-2500.0));
        assert_eq!(a.items()[2].as_bool(), Some(true));
        assert!(a.items()[3].is_null());
        assert_eq!(a.items()[4].as_str(), Some("xé😀\n"));
        assert_eq!(tree.source.slice(a.items()[1].span), "-2.5e3");
        assert_eq!(tree.source.slice(root.get("b").unwrap().span), "{}");
        assert_eq!(tree.source.slice(root.span), text.trim());
    }

    #[test]
    fn an_escape_that_the_end_cuts_off_stays_inside_of_the_text() {
        for text in ["{\n \"a\": [\"u\\", "{\"a\": \"u\\é\", \"b\": 1}", "\"\\"] {
            let tree = parse(text);
            assert!(tree.is_broken(), "{text}");
            for document in &tree.documents {
                assert!(text.get(document.root.span.range()).is_some(), "{text}");
            }
        }
    }

    #[test]
    fn what_strict_readers_refuse_is_told_at_its_place() {
        let table = [
            ("{\"a\": 1,}", ",", ErrorKind::Syntax),
            ("{\"a\": 1} // x", "// x", ErrorKind::Syntax),
            ("{/* x */\"a\": 1}", "/* x */", ErrorKind::Syntax),
            ("{\"a\": 1, \"a\": 2}", "\"a\"", ErrorKind::DuplicateKey),
            ("{\"a\" 1}", "\"a\"", ErrorKind::Syntax),
            ("{a: 1}", "a", ErrorKind::Syntax),
            ("[1 2]", "2", ErrorKind::Syntax),
            ("[01]", "01", ErrorKind::Syntax),
            ("[yes]", "yes", ErrorKind::Syntax),
            ("{\"a\": [1}", "}", ErrorKind::Syntax),
            ("{\"a\": 1", "{", ErrorKind::Syntax),
            ("{} x", "x", ErrorKind::Syntax),
            ("[\"a\nb\"]", "\"a", ErrorKind::Syntax),
            ("", "", ErrorKind::Syntax),
        ];
        for (text, place, kind) in table {
            let tree = parse(text);
            let error = tree.errors.first().unwrap_or_else(|| panic!("{text}"));
            assert_eq!((tree.source.slice(error.span), error.kind), (place, kind), "{text}");
            assert_eq!(tree.errors.len(), 1, "{text}: {:?}", tree.errors);
        }
        assert_eq!(parse("{\"a\": 1,}").root().unwrap().get("a").unwrap().as_i64(), Some(1));
        assert_eq!(
            parse("{\"a\": 1, \"a\": 2}").root().unwrap().get("a").unwrap().as_i64(),
            Some(2)
        );
        assert_eq!(parse("{\"a\": 1, \"b\" x").root().unwrap().get("a").unwrap().as_i64(), Some(1));
    }

    #[test]
    fn depth_has_a_limit() {
        let tree = parse(&"[".repeat(100_000));
        assert_eq!(tree.errors[0].kind, ErrorKind::Limit);
        assert_eq!(tree.errors[0].span, Span::empty(128));
    }
}
