//! `.env` files as Docker Compose reads them.
//!
//! Knows the writing only: values are given as they stand, variables in them are marked and not
//! filled in, and nothing is said about what is a secret.

use std::{error, fmt, sync::Arc};

use plimsoll_text::{Source, Span};

/// Entries after this many are not read.
pub const MAX_ENTRIES: usize = 10_000;

/// Errors after this many are not told.
pub const MAX_ERRORS: usize = 100;

/// A `.env` file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvFile {
    /// Every entry in order; the last of a name is the one that counts.
    pub entries: Vec<EnvEntry>,
}

impl EnvFile {
    /// Reads a `.env` file. Compose refuses the whole file at the first error; here it costs a
    /// line.
    pub fn parse(source: &Arc<Source>) -> (Self, Vec<EnvFileError>) {
        let text = source.text();
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut reader = Reader { text, at, errors: Vec::new() };
        let mut entries = Vec::new();
        while reader.find_statement() {
            if entries.len() >= MAX_ENTRIES || reader.errors.len() >= MAX_ERRORS {
                let span = Span::empty(reader.at);
                reader.errors.push(EnvFileError { span, kind: EnvFileErrorKind::TooMany });
                break;
            }
            entries.extend(reader.entry());
        }
        (Self { entries }, reader.errors)
    }

    /// The entry that counts for `name`: the last one.
    pub fn get(&self, name: &str) -> Option<&EnvEntry> {
        self.entries.iter().rfind(|it| it.key == name)
    }
}

/// One entry: `KEY=value`, `KEY: value`, or `KEY` alone.
#[derive(Clone, PartialEq, Eq)]
pub struct EnvEntry {
    /// The name.
    pub key: String,
    /// Where the name stands.
    pub key_span: Span,
    /// The value; `None` for a name alone, which takes its value from the environment.
    pub value: Option<EnvValue>,
    /// Whether `export` stands before it.
    pub exported: bool,
}

impl EnvEntry {
    /// Everything from the name to the end of the value, with quotes, without `export`.
    pub fn span(&self) -> Span {
        self.value.as_ref().map_or(self.key_span, |it| self.key_span.cover(it.outer_span))
    }
}

impl fmt::Debug for EnvEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value may be a secret.
        f.debug_struct("EnvEntry").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A value.
#[derive(Clone, PartialEq, Eq)]
pub struct EnvValue {
    /// What it comes to: without quotes, escapes undone, variables as they stand.
    pub text: String,
    /// Where it stands, without quotes.
    pub span: Span,
    /// Where it stands, with quotes.
    pub outer_span: Span,
    /// How it is quoted.
    pub quote: Quote,
    /// Whether Compose would fill in a variable (`$NAME` or `${NAME}`).
    pub interpolates: bool,
}

impl fmt::Debug for EnvValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text may be a secret.
        f.debug_struct("EnvValue").field("span", &self.span).finish_non_exhaustive()
    }
}

/// How a value is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// Not at all: variables count, ` #` starts a comment.
    None,
    /// `'`: nothing counts but `\'`.
    Single,
    /// `"`: variables and escapes count.
    Double,
}

/// Something wrong with a `.env` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvFileError {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: EnvFileErrorKind,
}

/// What can be wrong with a `.env` file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvFileErrorKind {
    /// A character that no name may have.
    BadName(char),
    /// A space inside of a name.
    SpaceInName,
    /// A value without a name.
    NoName,
    /// A quote that is not closed.
    UnclosedQuote,
    /// More than [`MAX_ENTRIES`] or [`MAX_ERRORS`]; from here on nothing was read.
    TooMany,
}

impl fmt::Display for EnvFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            EnvFileErrorKind::BadName(char) => {
                write!(f, "`{}` cannot be part of a name", char.escape_debug())
            }
            EnvFileErrorKind::SpaceInName => f.write_str("a name cannot hold a space"),
            EnvFileErrorKind::NoName => f.write_str("a value needs a name before the `=`"),
            EnvFileErrorKind::UnclosedQuote => f.write_str("this quote is not closed"),
            EnvFileErrorKind::TooMany => {
                f.write_str("too many entries or errors: from here on nothing was read")
            }
        }
    }
}

impl error::Error for EnvFileError {}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    errors: Vec<EnvFileError>,
}

impl Reader<'_> {
    /// Passes white space and comments; false at the end of the text.
    fn find_statement(&mut self) -> bool {
        loop {
            self.pass(char::is_whitespace);
            if self.peek() != Some('#') {
                return self.peek().is_some();
            }
            self.pass(|it| it != '\n');
        }
    }

    fn entry(&mut self) -> Option<EnvEntry> {
        let exported = self.pass_export();
        let start = self.at;
        let Some(has_value) = self.pass_name(start) else {
            self.pass(|it| it != '\n');
            return None;
        };
        let key_span = trimmed(self.text, start, self.at);
        let key = self.text.get(key_span.range()).unwrap_or_default().to_owned();
        let fault = if key.is_empty() {
            Some(EnvFileErrorKind::NoName)
        } else if key.contains(' ') {
            Some(EnvFileErrorKind::SpaceInName)
        } else {
            None
        };
        if has_value {
            // The sign itself is one byte.
            self.at += 1;
        }
        let value = if has_value { Some(self.value()?) } else { None };
        if let Some(kind) = fault {
            let span = if key_span.is_empty() { Span::new(start, start + 1) } else { key_span };
            self.errors.push(EnvFileError { span, kind });
            return None;
        }
        Some(EnvEntry { key, key_span, value, exported })
    }

    /// Passes `export` where white space follows it.
    fn pass_export(&mut self) -> bool {
        let rest = self.rest().strip_prefix("export");
        let is_export = rest.is_some_and(|it| it.starts_with(is_space));
        if is_export {
            self.at += "export".len();
            self.pass(is_space);
        }
        is_export
    }

    /// Goes to the `=` or `:` after a name (true) or to the end of its line (false).
    fn pass_name(&mut self, start: usize) -> Option<bool> {
        while let Some(char) = self.peek() {
            match char {
                '=' | ':' => return Some(true),
                '\n' => return Some(false),
                // A comment after a name alone is what it looks like.
                '#' if self.at > start && self.text.get(..self.at)?.ends_with(is_space) => {
                    return Some(false);
                }
                '_' | '.' | '-' | '[' | ']' => (),
                _ if char.is_alphanumeric() || is_space(char) => (),
                _ => {
                    let span = Span::new(self.at, self.at + char.len_utf8());
                    let kind = EnvFileErrorKind::BadName(char);
                    self.errors.push(EnvFileError { span, kind });
                    return None;
                }
            }
            self.at += char.len_utf8();
        }
        Some(false)
    }

    fn value(&mut self) -> Option<EnvValue> {
        self.pass(is_space);
        match self.peek() {
            Some('"') => self.quoted_value('"', Quote::Double),
            Some('\'') => self.quoted_value('\'', Quote::Single),
            _ => Some(self.plain_value()),
        }
    }

    fn plain_value(&mut self) -> EnvValue {
        let start = self.at;
        self.pass(|it| it != '\n');
        let line = self.text.get(start..self.at).unwrap_or_default();
        let line = line.split_once(" #").map_or(line, |it| it.0);
        let text = line.trim_end();
        let span = Span::new(start, start + text.len());
        let interpolates = has_variable(text);
        let quote = Quote::None;
        EnvValue { text: text.to_owned(), span, outer_span: span, quote, interpolates }
    }

    /// A quoted value may go over several lines.
    fn quoted_value(&mut self, sign: char, quote: Quote) -> Option<EnvValue> {
        let open = self.at;
        let start = open + sign.len_utf8();
        let mut escaped = false;
        let body = self.text.get(start..).unwrap_or_default();
        let end = body.char_indices().find(|(_, char)| {
            let closes = *char == sign && !escaped;
            escaped = *char == '\\' && !escaped;
            closes
        });
        let Some((length, _)) = end else {
            let span = Span::new(open, start);
            self.errors.push(EnvFileError { span, kind: EnvFileErrorKind::UnclosedQuote });
            self.pass(|it| it != '\n');
            return None;
        };
        let span = Span::new(start, start + length);
        let outer_span = Span::new(open, span.end + sign.len_utf8());
        self.at = outer_span.end;
        let raw = self.text.get(span.range()).unwrap_or_default();
        let text = unescape(raw, quote).replace("\r\n", "\n");
        let interpolates = quote == Quote::Double && has_variable(raw);
        Some(EnvValue { text, span, outer_span, quote, interpolates })
    }

    fn pass(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|it| !wanted(it)).unwrap_or(rest.len());
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// White space that does not end a line.
fn is_space(char: char) -> bool {
    char.is_whitespace() && char != '\n'
}

fn trimmed(text: &str, start: usize, end: usize) -> Span {
    let kept = text.get(start..end).unwrap_or_default().trim_end().len();
    Span::new(start, start + kept)
}

/// Undoes escapes: in single quotes that of the quote alone, in double quotes the shell's usual
/// ones.
fn unescape(raw: &str, quote: Quote) -> String {
    let mut res = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            res.push(char);
            continue;
        }
        match (chars.next(), quote) {
            (Some('\''), Quote::Single) => res.push('\''),
            (Some('n'), Quote::Double) => res.push('\n'),
            (Some('r'), Quote::Double) => res.push('\r'),
            (Some('t'), Quote::Double) => res.push('\t'),
            (Some(it @ ('"' | '\\' | '$')), Quote::Double) => res.push(it),
            (Some(it), _) => res.extend(['\\', it]),
            (None, _) => res.push('\\'),
        }
    }
    res
}

/// Whether a `$` that is neither escaped nor doubled stands before a name or a brace.
fn has_variable(raw: &str) -> bool {
    let mut chars = raw.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, chars.peek()) {
            ('\\', Some(_)) | ('$', Some('$')) => {
                chars.next();
            }
            ('$', Some(it)) if *it == '{' || *it == '_' || it.is_ascii_alphabetic() => return true,
            _ => (),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{EnvFile, EnvFileErrorKind, MAX_ENTRIES, Quote};
    use plimsoll_text::Source;

    fn parse(text: &str) -> EnvFile {
        let (res, errors) = EnvFile::parse(&Source::new(".env", text));
        assert_eq!(errors, [], "{text:?}");
        res
    }

    #[test]
    fn values_are_what_compose_makes_of_them() {
        for (text, expected) in VALUES {
            let file = parse(text);
            let found: Vec<_> = file
                .entries
                .iter()
                .map(|it| (&*it.key, it.value.as_ref().map(|it| &*it.text)))
                .collect();
            assert_eq!(&found, expected, "{text:?}");
        }
    }

    type Pairs = &'static [(&'static str, Option<&'static str>)];

    const VALUES: &[(&str, Pairs)] = &[
        ("A=1\nB=2", &[("A", Some("1")), ("B", Some("2"))]),
        ("A=1\r\nB=2\r\n", &[("A", Some("1")), ("B", Some("2"))]),
        ("\u{feff}A=1", &[("A", Some("1"))]),
        ("# note\n\n  A = 1  \n", &[("A", Some("1"))]),
        ("A=1 # one", &[("A", Some("1"))]),
        ("A=1#one", &[("A", Some("1#one"))]),
        ("A='1 # one' # two", &[("A", Some("1 # one"))]),
        ("A=\"x\" # two\nB=y", &[("A", Some("x")), ("B", Some("y"))]),
        ("export A=1", &[("A", Some("1"))]),
        ("exported=1", &[("exported", Some("1"))]),
        ("A: 1", &[("A", Some("1"))]),
        ("A=b=c", &[("A", Some("b=c"))]),
        ("A=", &[("A", Some(""))]),
        ("A=\nB=2", &[("A", Some("")), ("B", Some("2"))]),
        ("A\nB=2", &[("A", None), ("B", Some("2"))]),
        ("A", &[("A", None)]),
        ("export A", &[("A", None)]),
        ("A # later\nB=2", &[("A", None), ("B", Some("2"))]),
        ("A.b-c[0]=1", &[("A.b-c[0]", Some("1"))]),
        (r#"A="a\nb\t\"c\" \\ \$d""#, &[("A", Some("a\nb\t\"c\" \\ $d"))]),
        (r"A='a\nb \' c'", &[("A", Some("a\\nb ' c"))]),
        ("A=\"a\nb\"\nC=d", &[("A", Some("a\nb")), ("C", Some("d"))]),
        ("A=\"a\r\nb\"", &[("A", Some("a\nb"))]),
        ("A='a\nb'", &[("A", Some("a\nb"))]),
        ("A=it's", &[("A", Some("it's"))]),
        ("A=\"\"", &[("A", Some(""))]),
        ("", &[]),
    ];

    #[test]
    fn variables_are_marked_and_left() {
        let cases = [
            ("A=$B", true),
            ("A=${B:-x}", true),
            ("A=\"x$B\"", true),
            ("A='$B'", false),
            ("A=a$$B", false),
            ("A=\"\\$B\"", false),
            ("A=5$", false),
            ("A=$1", false),
        ];
        for (text, expected) in cases {
            let file = parse(text);
            assert_eq!(file.entries[0].value.as_ref().unwrap().interpolates, expected, "{text}");
        }
        assert_eq!(parse("A=${B}").entries[0].value.as_ref().unwrap().text, "${B}");
    }

    #[test]
    fn spans_lead_back_to_the_words() {
        let source = Source::new(".env", "export KEY = \"va lue\" # x\nOTHER=two # y\n");
        let (file, _) = EnvFile::parse(&source);
        let first = file.get("KEY").unwrap();
        let value = first.value.as_ref().unwrap();
        assert!(first.exported);
        assert_eq!(value.quote, Quote::Double);
        assert_eq!(source.slice(first.key_span), "KEY");
        assert_eq!(source.slice(value.span), "va lue");
        assert_eq!(source.slice(value.outer_span), "\"va lue\"");
        assert_eq!(source.slice(first.span()), "KEY = \"va lue\"");
        let second = file.get("OTHER").unwrap();
        assert_eq!(source.slice(second.value.as_ref().unwrap().span), "two");
    }

    #[test]
    fn an_error_costs_its_line_and_says_where() {
        let cases = [
            ("A%B=1\nC=2", EnvFileErrorKind::BadName('%'), "%"),
            ("A B=1\nC=2", EnvFileErrorKind::SpaceInName, "A B"),
            ("=1\nC=2", EnvFileErrorKind::NoName, "="),
            ("A=\"x\nC=2", EnvFileErrorKind::UnclosedQuote, "\""),
            ("A='x\nC=2", EnvFileErrorKind::UnclosedQuote, "'"),
        ];
        for (text, kind, at) in cases {
            let source = Source::new(".env", text);
            let (file, errors) = EnvFile::parse(&source);
            assert_eq!(errors.len(), 1, "{text}");
            assert_eq!((errors[0].kind, source.slice(errors[0].span)), (kind, at), "{text}");
            assert_eq!(file.get("C").unwrap().value.as_ref().unwrap().text, "2", "{text}");
        }
    }

    #[test]
    fn the_last_of_a_name_counts_and_limits_are_told() {
        let file = parse("A=1\nA=2");
        assert_eq!(file.get("A").unwrap().value.as_ref().unwrap().text, "2");
        let (file, errors) = EnvFile::parse(&Source::new(".env", "A=1\n".repeat(MAX_ENTRIES + 2)));
        assert_eq!(file.entries.len(), MAX_ENTRIES);
        assert_eq!(errors[0].kind, EnvFileErrorKind::TooMany);
    }

    #[test]
    fn values_stay_out_of_debug_output() {
        assert!(!format!("{:?}", parse("A=hunter2")).contains("hunter2"));
    }
}
