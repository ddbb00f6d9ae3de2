//! Shell text inside a word: the argument of `sh -c` or `eval`.

use std::sync::Arc;

use crate::{
    dialect::Dialect,
    parser::parse,
    position::PositionMap,
    script::Script,
    text::Text,
    word::{Word, WordPart, WordPartKind},
};

/// Parses the text that `word` stands for as a script of its own, as `sh -c` and `eval` do. The
/// spans are spans of the file. Expansions inside of double quotes are kept as they are written,
/// which is what they mean to most rules; `None` where other parts make the text unknown, so that
/// `sh -c "$x"` gives nothing to judge.
///
/// `word` must be of a script parsed with its positions unchanged (not out of backticks with
/// escapes), which its own spans tell.
pub fn parse_argument(word: &Word, dialect: Dialect) -> Option<Script> {
    let mut inner = Inner { text: String::new(), map: PositionMap::empty() };
    inner.push_parts(word, &word.parts)?;
    if inner.text.trim().is_empty() || is_bare_expansion(&word.parts) {
        return None;
    }
    if inner.map == PositionMap::empty() {
        inner.map = PositionMap::identity(word.span.start);
    }
    Some(parse(&inner.text, &inner.map, dialect))
}

struct Inner {
    text: String,
    map: PositionMap,
}

impl Inner {
    fn push_parts(&mut self, word: &Word, parts: &[WordPart]) -> Option<()> {
        for part in parts {
            match &part.kind {
                WordPartKind::Literal(text) => self.push(text, part.span.start),
                WordPartKind::SingleQuoted(text) | WordPartKind::Escaped(text) => {
                    self.push(text, part.span.start + 1);
                }
                WordPartKind::DoubleQuoted(inner) => self.push_parts(word, inner)?,
                WordPartKind::Parameter(_)
                | WordPartKind::Command(_)
                | WordPartKind::Arithmetic(_) => {
                    self.push_str(word.raw_of(part), part.span.start);
                }
                _ => return None,
            }
        }
        Some(())
    }

    fn push(&mut self, text: &Text, file: usize) {
        self.push_str(text, file);
    }

    fn push_str(&mut self, text: &str, file: usize) {
        self.map.push(self.text.len(), file);
        self.text.push_str(text);
    }
}

fn is_bare_expansion(parts: &[WordPart]) -> bool {
    match parts {
        [part] => match &part.kind {
            WordPartKind::DoubleQuoted(inner) => is_bare_expansion(inner),
            kind => kind.is_splittable(),
        },
        _ => false,
    }
}
