//! A word of a command line as a text whose every byte leads back to the file. Knows no option.

use std::{ops::Range, sync::Arc};

use plimsoll_shell::{PositionMap, Script, Word, located_text};
use plimsoll_text::{Location, Source, Span};

use crate::{
    command_line::text::{MASK, unmask},
    setting::Setting,
};

/// A word after quote removal, or a piece of one.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    source: Arc<Source>,
    text: Arc<str>,
    map: Arc<PositionMap>,
    range: Range<usize>,
    /// Whether its words may become more or fewer when it runs: an expansion outside of quotes.
    pub(super) is_splittable: bool,
}

impl Argument {
    /// The word of a script.
    pub(super) fn new(source: &Arc<Source>, script: &Script, word: &Word) -> Self {
        let (masked, map) = located_text(script, word);
        // Variables of make and expressions of CI files are put in before the shell splits words.
        let is_raw_variable = !word.is_quoted() && masked.starts_with(MASK);
        let text = unmask(source, masked, &map);
        let range = 0..text.len();
        Self {
            source: Arc::clone(source),
            text: text.into(),
            map: Arc::new(map),
            range,
            is_splittable: word.has_unquoted_expansion() || is_raw_variable,
        }
    }

    pub(super) fn text(&self) -> &str {
        self.text.get(self.range.clone()).unwrap_or_default()
    }

    pub(super) fn location(&self) -> Location {
        let Range { start, end } = self.range;
        let span = if start == end && start > 0 {
            // The place after what stands before: the next byte may be far away, or missing.
            Span::empty(self.map.span(start - 1, start).end)
        } else {
            self.map.span(start, end)
        };
        Location::new(&self.source, span)
    }

    /// The bytes `range` of it.
    pub(super) fn piece(&self, range: Range<usize>) -> Self {
        let start = (self.range.start + range.start).min(self.range.end);
        let end = (self.range.start + range.end).clamp(start, self.range.end);
        Self { range: start..end, ..self.clone() }
    }

    /// What follows the first `at` bytes.
    pub(super) fn after(&self, at: usize) -> Self {
        self.piece(at..self.range.len())
    }

    pub(super) fn setting(&self) -> Setting<String> {
        self.with(self.text().to_owned())
    }

    /// `value`, decided by this argument.
    pub(super) fn with<T>(&self, value: T) -> Setting<T> {
        Setting::at(self.location(), value)
    }

    /// The pieces between the `separator`s that stand outside of `${...}`, `$(...)` and `[...]`, at
    /// most `limit` of them.
    pub(super) fn split(&self, separator: u8, limit: usize) -> Vec<Self> {
        let text = self.text();
        let (mut res, mut start, mut depth, mut before) = (Vec::new(), 0, 0_usize, 0);
        for (idx, byte) in text.bytes().enumerate() {
            match byte {
                b'{' | b'(' if depth > 0 || before == b'$' => depth += 1,
                b'}' | b')' if depth > 0 => depth -= 1,
                b'[' if idx == 0 => depth += 1,
                b']' if depth == 1 && text.starts_with('[') => depth -= 1,
                _ if byte == separator && depth == 0 && res.len() + 1 < limit => {
                    res.push(self.piece(start..idx));
                    start = idx + 1;
                }
                _ => {}
            }
            before = byte;
        }
        res.push(self.after(start));
        res
    }

    /// Name and value of `name=value`; the value is missing without a sign.
    pub(super) fn assignment(&self) -> (Self, Option<Self>) {
        let mut pieces = self.split(b'=', 2).into_iter();
        let name = pieces.next().unwrap_or_else(|| self.clone());
        (name, pieces.next())
    }
}
