//! What must not be shown, and how it is hidden. Every secret that any finding names is masked in
//! every output: at its place in the source, in other findings that touch the same place, and
//! wherever else its text turns up in words, evidence and edits.
//!
//! A secret that is a plain short word (`root`, `postgres`) is masked at its place, in its own
//! finding and in edits of its file only: masked everywhere, it would make the report unreadable
//! and tell nothing less.

use std::collections::BTreeMap;

use plimsoll_finding::Finding;
use plimsoll_policy::Verdict;
use plimsoll_text::{Location, Source, Span};

/// What stands for a secret.
pub(crate) const MASK: &str = "***";

/// Everything that a report must hide.
#[derive(Debug, Default)]
pub(crate) struct Masks {
    spans: BTreeMap<String, Vec<Span>>,
    in_file: BTreeMap<String, Pieces>,
    everywhere: Pieces,
}

impl Masks {
    /// The masks that the secrets of all findings of `verdict` ask for.
    pub(crate) fn of(verdict: &Verdict) -> Self {
        Self::from_locations(verdict.findings.secrets())
    }

    /// The masks that these secrets ask for.
    pub(crate) fn from_locations<'a>(secrets: impl IntoIterator<Item = &'a Location>) -> Self {
        let mut res = Self::default();
        for secret in secrets {
            let name = secret.source.name();
            res.spans.entry(name.to_owned()).or_default().push(secret.span);
            let in_file = res.in_file.entry(name.to_owned()).or_default();
            in_file.add(secret.text());
            if is_telling(secret.text()) {
                res.everywhere.add(secret.text());
            }
        }
        res.spans.values_mut().for_each(merge);
        res.in_file.values_mut().for_each(Pieces::settle);
        res.everywhere.settle();
        res
    }

    /// The masks for texts without a place; all of them are hidden everywhere.
    pub(crate) fn from_texts(secrets: &[String]) -> Self {
        let mut res = Self::default();
        for secret in secrets {
            res.everywhere.add(secret);
        }
        res.everywhere.settle();
        res
    }

    /// Words that belong to no finding.
    pub(crate) fn text(&self, text: &str) -> String {
        cover(text, &self.everywhere.occurrences(text))
    }

    /// Words of `finding`.
    pub(crate) fn words(&self, finding: &Finding, text: &str) -> String {
        let mut hidden = self.everywhere.occurrences(text);
        if !finding.secrets.is_empty() {
            let mut own = Pieces::default();
            finding.secrets.iter().for_each(|it| own.add(it.text()));
            own.settle();
            hidden.extend(own.occurrences(text));
            merge(&mut hidden);
        }
        cover(text, &hidden)
    }

    /// Text that an edit puts into `source`.
    pub(crate) fn edit(&self, source: &Source, text: &str) -> String {
        let mut hidden = self.everywhere.occurrences(text);
        if let Some(in_file) = self.in_file.get(source.name()) {
            hidden.extend(in_file.occurrences(text));
            merge(&mut hidden);
        }
        cover(text, &hidden)
    }

    /// The text of `span` of `source`.
    pub(crate) fn slice(&self, source: &Source, span: Span) -> String {
        let mut hidden = self.hidden(source, span);
        for it in &mut hidden {
            *it = Span::new(it.start - span.start, it.end - span.start);
        }
        cover(source.slice(span), &hidden)
    }

    /// The parts of `span` of `source` that must not be shown, in order and apart from each other.
    pub(crate) fn hidden(&self, source: &Source, span: Span) -> Vec<Span> {
        let mut res = Vec::new();
        if let Some(spans) = self.spans.get(source.name()) {
            let first = spans.partition_point(|it| it.end <= span.start);
            let inside = spans.iter().skip(first).take_while(|it| it.start < span.end);
            res.extend(inside.copied());
        }
        // A text that starts before the span and ends in it must be found too.
        let start = floor_boundary(source.text(), span.start.saturating_sub(PIECE_BYTES));
        let end = floor_boundary(source.text(), span.end.saturating_add(PIECE_BYTES));
        let found = self.everywhere.occurrences(source.slice(Span::new(start, end)));
        res.extend(found.iter().map(|it| Span::new(it.start + start, it.end + start)));
        res.retain(|it| it.overlaps(span));
        for it in &mut res {
            *it = Span::new(it.start.max(span.start), it.end.min(span.end));
        }
        merge(&mut res);
        res
    }
}

/// The last character boundary of `text` that is not after `offset`.
pub(crate) fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut res = offset.min(text.len());
    while !text.is_char_boundary(res) {
        res -= 1;
    }
    res
}

/// Whether a text gives away a secret wherever it stands: long, and not a word of the language.
fn is_telling(secret: &str) -> bool {
    let bare = bare(secret);
    bare.len() >= TELLING_BYTES && !bare.bytes().all(|it| it.is_ascii_lowercase())
}

fn bare(secret: &str) -> &str {
    secret.trim().trim_matches(['"', '\''])
}

/// Puts one mask in the place of every hidden span.
fn cover(text: &str, hidden: &[Span]) -> String {
    let mut res = String::with_capacity(text.len());
    let mut done = 0;
    for span in hidden {
        res.push_str(text.get(done..span.start).unwrap_or_default());
        res.push_str(MASK);
        done = span.end;
    }
    res.push_str(text.get(done..).unwrap_or_default());
    res
}

/// Sorts spans and makes one of those that touch or overlap; empty ones go.
fn merge(spans: &mut Vec<Span>) {
    spans.retain(|it| !it.is_empty());
    spans.sort_unstable();
    spans.dedup_by(|next, kept| {
        let touches = next.start <= kept.end;
        if touches {
            kept.end = kept.end.max(next.end);
        }
        touches
    });
}

/// Texts to look for, all at once.
#[derive(Debug, Default)]
struct Pieces {
    sorted: Vec<Box<str>>,
}

impl Pieces {
    /// Adds a secret: whole if it is short, else in pieces, line by line, so that a cut line is
    /// found too.
    fn add(&mut self, secret: &str) {
        let secret = bare(secret);
        let one_line = !secret.contains('\n');
        for line in secret.lines().map(str::trim) {
            if line.is_empty() || (!one_line && line.len() < TELLING_BYTES) {
                continue;
            }
            let mut start = 0;
            while start < line.len() {
                let end = floor_boundary(line, start + PIECE_BYTES);
                // The last piece reaches back, so that no short rest is left over.
                let from = if end == line.len() {
                    floor_boundary(line, line.len().saturating_sub(PIECE_BYTES))
                } else {
                    start
                };
                self.sorted.extend(line.get(from..end).map(Box::from));
                start = end;
            }
        }
    }

    fn settle(&mut self) {
        self.sorted.sort_unstable();
        self.sorted.dedup();
    }

    /// Where any of the texts stands in `text`, in order and apart. A very short one counts only as
    /// a word.
    fn occurrences(&self, text: &str) -> Vec<Span> {
        let mut res = Vec::new();
        if self.sorted.is_empty() {
            return res;
        }
        for (start, _) in text.char_indices() {
            let rest = text.as_bytes().get(start..).unwrap_or_default();
            let Some(n_bytes) = self.longest_start_of(rest) else { continue };
            let span = Span::new(start, start + n_bytes);
            if n_bytes >= WORD_BYTES || stands_alone(text, span) {
                res.push(span);
            }
        }
        merge(&mut res);
        res
    }

    /// The length of the longest of the texts that `rest` starts with. Each round looks for the
    /// greatest text that is not above `rest`; where it differs, only what both share can still
    /// hold an answer.
    fn longest_start_of(&self, rest: &[u8]) -> Option<usize> {
        let mut rest = rest.get(..PIECE_BYTES).unwrap_or(rest);
        loop {
            let at = self.sorted.partition_point(|it| it.as_bytes() <= rest);
            let candidate = self.sorted.get(at.checked_sub(1)?)?.as_bytes();
            let n_shared = candidate.iter().zip(rest).take_while(|it| it.0 == it.1).count();
            if n_shared == candidate.len() {
                return Some(n_shared);
            }
            rest = rest.get(..n_shared)?;
        }
    }
}

/// Whether no letter, digit or underscore touches `span`.
fn stands_alone(text: &str, span: Span) -> bool {
    let is_word = |it: char| it.is_alphanumeric() || it == '_';
    let before = text.get(..span.start).and_then(|it| it.chars().next_back());
    let after = text.get(span.end..).and_then(|it| it.chars().next());
    !before.is_some_and(is_word) && !after.is_some_and(is_word)
}

/// Longer secrets are looked for in pieces of this many bytes.
const PIECE_BYTES: usize = 128;
/// A secret of so many bytes is hidden wherever it stands, unless it is a plain word.
const TELLING_BYTES: usize = 8;
/// A shorter text is hidden only where it stands as a word of its own.
const WORD_BYTES: usize = 4;

#[cfg(test)]
mod tests {
    use plimsoll_text::{Location, Source, Span};

    use super::Masks;

    #[test]
    fn a_secret_is_hidden_at_its_place_and_where_its_text_comes_again() {
        let source = Source::new("x", "A=hunter2-hunter\nB=hunter2-hunter\nC=root\nUSER root\n");
        let secrets =
            [Location::new(&source, Span::new(2, 16)), Location::new(&source, Span::new(36, 40))];
        let masks = Masks::from_locations(&secrets);
        let all = masks.slice(&source, Span::new(0, source.text().len()));
        assert_eq!(all, "A=***\nB=***\nC=***\nUSER root\n");
        assert_eq!(masks.slice(&source, Span::new(4, 8)), "***");
        assert_eq!(masks.text("is hunter2-hunter, root"), "is ***, root");
        assert_eq!(masks.edit(&source, "C: root"), "C: ***");
    }

    #[test]
    fn long_secrets_are_found_in_pieces() {
        let secret = "Ab3".repeat(100);
        let masks = Masks::from_texts(std::slice::from_ref(&secret));
        assert_eq!(masks.text(&format!("x {secret} y")), "x *** y");
        let overlapping = Masks::from_texts(&[String::from("aaaa-1"), String::from("a-1bcdef")]);
        assert_eq!(overlapping.text("aaaa-1bcdef!"), "***!");
    }
}
