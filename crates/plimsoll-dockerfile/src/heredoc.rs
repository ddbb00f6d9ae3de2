//! Heredocs: the words that open them, and the lines they take in.

use std::{collections::HashMap, ops::Range};

use plimsoll_text::Span;

use crate::{
    keyword::Keyword,
    lines::line_at,
    logical::LogicalText,
    model::{Heredoc, SyntaxError, SyntaxErrorKind},
    words::{split_quoted, unquote},
};

/// A word that opens a heredoc.
pub(crate) struct Opener {
    /// Where it stands in the logical text.
    pub(crate) range: Range<usize>,
    delimiter: String,
    quoted: bool,
    strip_tabs: bool,
}

/// The heredocs that the arguments from `start` on open. Only a word of its own, perhaps after the
/// number of a file, opens one; `cat<<EOF` does not.
pub(crate) fn find_openers(text: &str, start: usize) -> Vec<Opener> {
    if !text.get(start..).unwrap_or_default().contains("<<") {
        return Vec::new();
    }
    // Heredocs always use the backslash, whatever the escape character of the file.
    let words = split_quoted(text, start, '\\');
    words.into_iter().filter_map(|it| opener(text, it)).collect()
}

fn opener(text: &str, range: Range<usize>) -> Option<Opener> {
    let word = text.get(range.clone())?.trim_start_matches(|it: char| it.is_ascii_digit());
    let rest = word.strip_prefix("<<")?;
    let (strip_tabs, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let delimiter = unquote(rest, '\\');
    let quoted = delimiter != rest;
    (!delimiter.is_empty()).then_some(Opener { range, delimiter, quoted, strip_tabs })
}

/// Finds lines by their content, so that a file of openers without terminators stays linear.
#[derive(Default)]
pub(crate) struct LineIndex<'a> {
    plain: HashMap<&'a str, Vec<usize>>,
    without_tabs: HashMap<&'a str, Vec<usize>>,
    filled: bool,
}

impl<'a> LineIndex<'a> {
    fn fill(&mut self, text: &'a str, mut at: usize) {
        if std::mem::replace(&mut self.filled, true) {
            return;
        }
        while let Some(line) = line_at(text, at) {
            self.plain.entry(line.content).or_default().push(line.start);
            let without_tabs = line.content.trim_start_matches('\t');
            if without_tabs.len() < line.content.len() {
                self.without_tabs.entry(without_tabs).or_default().push(line.start);
            }
            at = line.next;
        }
    }

    /// Where the first line from `at` on starts that ends a heredoc.
    fn find(&self, delimiter: &str, strip_tabs: bool, at: usize) -> Option<usize> {
        let first = |it: &HashMap<&'a str, Vec<usize>>| {
            let starts = it.get(delimiter)?;
            starts.get(starts.partition_point(|it| *it < at)).copied()
        };
        let tabbed = first(&self.without_tabs).filter(|_| strip_tabs);
        match (first(&self.plain), tabbed) {
            (Some(plain), Some(tabbed)) => Some(plain.min(tabbed)),
            (plain, tabbed) => plain.or(tabbed),
        }
    }
}

/// Takes in the bodies of `openers` from `at` on, and moves `at` behind them.
pub(crate) fn read_bodies<'a>(
    source: &'a str,
    at: &mut usize,
    text: &LogicalText,
    openers: &mut Vec<Opener>,
    index: &mut LineIndex<'a>,
    errors: &mut Vec<SyntaxError>,
) -> Vec<Heredoc> {
    if openers.len() > MAX_HEREDOCS {
        let span = text.locate(0..text.text().len());
        let message = format!("more than {MAX_HEREDOCS} heredocs in one instruction");
        errors.push(SyntaxError { span, kind: SyntaxErrorKind::LimitExceeded, message });
        openers.truncate(MAX_HEREDOCS);
    }
    if !openers.is_empty() {
        index.fill(source, *at);
    }
    openers.iter().map(|it| read_body(source, at, text, it, index, errors)).collect()
}

fn read_body(
    source: &str,
    at: &mut usize,
    text: &LogicalText,
    opener: &Opener,
    index: &LineIndex<'_>,
    errors: &mut Vec<SyntaxError>,
) -> Heredoc {
    let opener_span = text.locate(opener.range.clone());
    let start = *at;
    let mut delimiter = opener.delimiter.as_str();
    let mut end = index.find(delimiter, opener.strip_tabs, start);
    if end.is_none() {
        // `<<EOF;` waits for a line `EOF;`, which mostly is a slip; the reader goes on with `EOF`.
        let word = delimiter.split([';', '|', '&', ')', '>']).next().unwrap_or_default();
        let found = index.find(word, opener.strip_tabs, start).filter(|_| !word.is_empty());
        if let Some(found) = found {
            let message = format!(
                "the builder waits for a line `{delimiter}`, not `{word}`; put a space after \
                 `<<{word}`"
            );
            let kind = SyntaxErrorKind::MalformedHeredoc;
            errors.push(SyntaxError { span: opener_span, kind, message });
            (delimiter, end) = (word, Some(found));
        }
    }
    let terminated = end.is_some();
    if !terminated {
        let message = format!("no line `{delimiter}` ends this heredoc");
        let kind = SyntaxErrorKind::UnterminatedHeredoc;
        errors.push(SyntaxError { span: opener_span, kind, message });
    }
    let end = end.unwrap_or_else(|| next_instruction(source, start));
    let mut terminator = Span::empty(end);
    *at = end;
    if let Some(line) = line_at(source, end).filter(|_| terminated) {
        terminator = Span::new(line.start, line.end());
        *at = line.next;
    }
    Heredoc {
        delimiter: delimiter.to_owned(),
        quoted: opener.quoted,
        strip_tabs: opener.strip_tabs,
        opener: opener_span,
        body: Span::new(start, end),
        terminator,
        terminated,
    }
}

/// The first line from `at` on that looks like an instruction: where a heredoc that nothing ends is
/// taken to end.
fn next_instruction(text: &str, mut at: usize) -> usize {
    while let Some(line) = line_at(text, at) {
        let word = line.content.split([' ', '\t']).next().unwrap_or_default();
        let is_upper = word.bytes().all(|it| it.is_ascii_uppercase());
        if is_upper && word.len() < line.content.len() && Keyword::of(word) != Keyword::Unknown {
            return at;
        }
        at = line.next;
    }
    text.len()
}

/// The most heredocs that one instruction may open.
const MAX_HEREDOCS: usize = 64;
