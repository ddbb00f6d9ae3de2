//! Expansion of variables as the builder does it: modifiers, quotes, escapes.

use std::fmt;

use plimsoll_text::Span;

use crate::environment::{Environment, Origin};

/// What a text comes to.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Expansion {
    /// The text with variables put in and quotes and escapes taken off; `None` where a variable has
    /// no known value, or a `${` is not closed or has a modifier that does not exist.
    pub value: Option<String>,
    /// Variables that nothing sets and that have no default in the text either. The base image may
    /// still set them.
    pub undefined: Vec<VariableUse>,
    /// Every variable of the text, the undefined ones too.
    pub used: Vec<VariableUse>,
    /// Where a `${` is not closed, or goes on in a way that does not exist.
    pub malformed: Vec<Span>,
}

impl fmt::Debug for Expansion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value may be a secret.
        f.debug_struct("Expansion")
            .field("undefined", &self.undefined)
            .field("used", &self.used)
            .field("malformed", &self.malformed)
            .finish_non_exhaustive()
    }
}

/// A variable in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableUse {
    /// Its name.
    pub name: String,
    /// From the `$` to the end of the name or the closing brace.
    pub span: Span,
    /// What follows the name inside braces: `:-`, `:+`, `-`, `+`, `:?`, `?`, `#`, `##`, `%`, `%%`,
    /// `/`, `//`, or nothing.
    pub modifier: String,
    /// What set it, if anything did.
    pub origin: Option<Origin>,
}

/// Expands `text` with the variables of `environment`. Spans count from the start of `text`.
pub(crate) fn expand(text: &str, environment: &Environment<'_>) -> Expansion {
    if !text.contains(['$', '\'', '"', environment.escape()]) {
        return Expansion { value: Some(text.to_owned()), ..Expansion::default() };
    }
    let mut expander = Expander { text, at: 0, environment, res: Expansion::default() };
    let mut value = expander.text(None, 0);
    expander.res.value = value.take().filter(|it| it.len() <= MAX_VALUE);
    expander.res
}

/// Reads a text from left to right. A piece is `None` as soon as a part of it is not known, but is
/// read to its end all the same.
struct Expander<'a> {
    text: &'a str,
    at: usize,
    environment: &'a Environment<'a>,
    res: Expansion,
}

impl Expander<'_> {
    /// Up to the end, or to `until` outside of quotes, which is left unread.
    fn text(&mut self, until: Option<Until>, depth: usize) -> Option<String> {
        let mut out = Some(String::new());
        while let Some(char) = self.peek() {
            if until.is_some_and(|it| it.ends_at(char)) {
                break;
            }
            match char {
                '\'' => self.single_quoted(&mut out),
                '"' => self.double_quoted(&mut out, depth),
                '$' => {
                    let piece = self.variable(depth);
                    append(&mut out, piece);
                }
                _ if char == self.environment.escape() => {
                    self.bump();
                    if let Some(next) = self.bump() {
                        append_char(&mut out, next);
                    }
                }
                _ => {
                    self.bump();
                    append_char(&mut out, char);
                }
            }
        }
        out
    }

    fn single_quoted(&mut self, out: &mut Option<String>) {
        self.bump();
        while let Some(char) = self.bump().filter(|it| *it != '\'') {
            append_char(out, char);
        }
    }

    fn double_quoted(&mut self, out: &mut Option<String>, depth: usize) {
        self.bump();
        while let Some(char) = self.peek() {
            if char == '$' {
                let piece = self.variable(depth);
                append(out, piece);
                continue;
            }
            self.bump();
            let next = self.peek();
            match char {
                '"' => break,
                _ if char == self.environment.escape() => {
                    // Only these lose their escape inside of quotes.
                    if next.is_some_and(|it| it == '"' || it == '$' || it == char) {
                        self.bump();
                        append_char(out, next.unwrap_or(char));
                    } else {
                        append_char(out, char);
                    }
                }
                _ => append_char(out, char),
            }
        }
    }

    /// A `$` and what belongs to it.
    fn variable(&mut self, depth: usize) -> Option<String> {
        let start = self.at;
        self.bump();
        if self.peek() == Some('{') {
            self.bump();
            return self.braced(start, depth + 1);
        }
        let name = self.name();
        if name.is_empty() {
            return Some("$".to_owned());
        }
        self.plain(start, name, "")
    }

    /// After `${`.
    fn braced(&mut self, start: usize, depth: usize) -> Option<String> {
        let name = self.name();
        if depth > MAX_DEPTH || name.is_empty() {
            return self.malformed(start);
        }
        if self.peek() == Some('}') {
            self.bump();
            return self.plain(start, name, "");
        }
        let Some(modifier) = self.modifier() else { return self.malformed(start) };
        // Where the variable stands in the list is before those inside its default.
        let idx = self.res.used.len();
        let known = self.note(start, name, modifier);
        let is_replace = modifier.starts_with('/');
        let until = if is_replace { Until::SlashOrBrace } else { Until::Brace };
        let word = self.text(Some(until), depth);
        let mut replacement = Some(String::new());
        if is_replace && self.peek() == Some('/') {
            self.bump();
            replacement = self.text(Some(Until::Brace), depth);
        }
        if self.bump() != Some('}') {
            return self.malformed(start);
        }
        let end = self.at;
        if let Some(it) = self.res.used.get_mut(idx) {
            it.span.end = end;
        }
        if known == Known::Undefined && !modifier.contains(['-', '+', '?']) {
            self.res.undefined.extend(self.res.used.get(idx).cloned());
        }
        apply(modifier, known, word, replacement)
    }

    /// A variable without a modifier.
    fn plain(&mut self, start: usize, name: String, modifier: &'static str) -> Option<String> {
        match self.note(start, name, modifier) {
            Known::Value(value) => Some(value),
            Known::Open => None,
            Known::Undefined => {
                self.res.undefined.extend(self.res.used.last().cloned());
                None
            }
        }
    }

    /// Looks a variable up and notes that it is used; its span goes up to here.
    fn note(&mut self, start: usize, name: String, modifier: &str) -> Known {
        let found = self.environment.get(&name);
        let span = Span::new(start, self.at);
        let modifier = modifier.to_owned();
        let origin = found.map(|it| it.origin);
        self.res.used.push(VariableUse { name, span, modifier, origin });
        match found {
            None => Known::Undefined,
            Some(it) => it.value.map_or(Known::Open, |it| Known::Value(it.to_owned())),
        }
    }

    fn malformed(&mut self, start: usize) -> Option<String> {
        while self.bump().is_some_and(|it| it != '}') {}
        self.res.malformed.push(Span::new(start, self.at));
        None
    }

    fn modifier(&mut self) -> Option<&'static str> {
        let rest = self.text.get(self.at..)?;
        let modifier = MODIFIERS.into_iter().find(|it| rest.starts_with(it))?;
        self.at += modifier.len();
        Some(modifier)
    }

    /// A name, or a single special character such as `1` or `@`.
    fn name(&mut self) -> String {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_word = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let len = match rest.chars().next() {
            Some(first) if first.is_ascii_digit() || "@*#?-!$".contains(first) => 1,
            _ => rest.find(|it| !is_word(it)).unwrap_or(rest.len()),
        };
        self.at += len;
        rest.get(..len).unwrap_or_default().to_owned()
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }
}

/// Where the word of a modifier ends.
#[derive(Clone, Copy)]
enum Until {
    Brace,
    SlashOrBrace,
}

impl Until {
    fn ends_at(self, char: char) -> bool {
        char == '}' || (char == '/' && matches!(self, Until::SlashOrBrace))
    }
}

/// What is known of a variable.
#[derive(Clone, PartialEq, Eq)]
enum Known {
    Value(String),
    Open,
    Undefined,
}

fn append(out: &mut Option<String>, piece: Option<String>) {
    match (out.as_mut(), piece) {
        (Some(out), Some(piece)) if out.len() + piece.len() <= MAX_VALUE => out.push_str(&piece),
        _ => *out = None,
    }
}

fn append_char(out: &mut Option<String>, char: char) {
    if let Some(out) = out {
        out.push(char);
    }
}

/// What a variable with a modifier comes to. One that nothing sets counts as not set, although the
/// base image may set it: that is the only case where the default is there for.
fn apply(
    modifier: &str,
    known: Known,
    word: Option<String>,
    replacement: Option<String>,
) -> Option<String> {
    let is_set = match &known {
        Known::Value(value) => Some(!(modifier.starts_with(':') && value.is_empty())),
        // An argument without default is not set unless the builder is told a value.
        Known::Open | Known::Undefined => None,
    };
    match modifier {
        ":-" | "-" => match known {
            Known::Value(value) if is_set == Some(true) => Some(value),
            _ => word,
        },
        ":+" | "+" => match is_set {
            Some(true) => word,
            Some(false) => Some(String::new()),
            None if known == Known::Undefined => Some(String::new()),
            None => None,
        },
        ":?" | "?" => match known {
            Known::Value(value) if is_set == Some(true) => Some(value),
            _ => None,
        },
        _ => {
            let Known::Value(value) = known else { return None };
            cut_or_replace(modifier, &value, &word?, &replacement?)
        }
    }
}

/// The modifiers that take a pattern.
fn cut_or_replace(modifier: &str, value: &str, pattern: &str, replacement: &str) -> Option<String> {
    if modifier.starts_with('/') {
        // A pattern with wildcards is not worth its cost here; the value then is not known.
        let is_plain = !pattern.contains(['*', '?', '\\']) && !pattern.is_empty();
        let count = if modifier == "/" { 1 } else { usize::MAX };
        return is_plain.then(|| value.replacen(pattern, replacement, count));
    }
    if value.len() > MAX_PATTERN_VALUE || pattern.len() > MAX_PATTERN {
        return None;
    }
    let mut chars: Vec<char> = value.chars().collect();
    let mut tokens = pattern_tokens(pattern);
    let from_end = modifier.starts_with('%');
    if from_end {
        chars.reverse();
        tokens.reverse();
    }
    let lengths = matching_prefixes(&tokens, &chars);
    let cut = if modifier.len() == 1 { lengths.first() } else { lengths.last() };
    let kept = chars.into_iter().skip(cut.copied().unwrap_or(0));
    if from_end {
        let kept: Vec<char> = kept.collect();
        return Some(kept.into_iter().rev().collect());
    }
    Some(kept.collect())
}

/// A part of a shell pattern.
#[derive(Clone, Copy)]
enum Token {
    Star,
    Any,
    Char(char),
}

fn pattern_tokens(pattern: &str) -> Vec<Token> {
    let mut chars = pattern.chars();
    let mut res = Vec::new();
    while let Some(char) = chars.next() {
        res.push(match char {
            '*' => Token::Star,
            '?' => Token::Any,
            '\\' => Token::Char(chars.next().unwrap_or(char)),
            _ => Token::Char(char),
        });
    }
    res
}

/// The lengths of the beginnings of `text` that the pattern matches as a whole, shortest first.
fn matching_prefixes(tokens: &[Token], text: &[char]) -> Vec<usize> {
    // For each length, whether the tokens so far match; one pass for each token.
    let mut row: Vec<bool> = std::iter::once(true).chain(text.iter().map(|_| false)).collect();
    for token in tokens {
        let mut before = false;
        let mut next = Vec::with_capacity(row.len());
        for (idx, here) in row.iter().enumerate() {
            let char = idx.checked_sub(1).and_then(|it| text.get(it));
            let matched = match token {
                Token::Star => *here || next.last() == Some(&true),
                Token::Any => before,
                Token::Char(it) => before && char == Some(it),
            };
            next.push(matched);
            before = *here;
        }
        row = next;
    }
    row.into_iter().enumerate().filter(|it| it.1).map(|it| it.0).collect()
}

/// The longer ones first.
const MODIFIERS: [&str; 12] = [":-", ":+", ":?", "##", "%%", "//", "-", "+", "?", "#", "%", "/"];
/// How deep `${a:-${b:-...}}` may go.
const MAX_DEPTH: usize = 32;
/// The longest value in bytes; a longer one counts as not known.
const MAX_VALUE: usize = 8 << 10;
/// The longest value that patterns are tried on; that takes the product of both.
const MAX_PATTERN_VALUE: usize = 512;
/// The longest pattern.
const MAX_PATTERN: usize = 64;
