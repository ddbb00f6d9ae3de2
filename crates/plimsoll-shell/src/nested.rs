//! Shell text inside a word: the argument of `sh -c` or `eval`.

use crate::{
    arguments::{has_flag, positional},
    dialect::Dialect,
    invocation::Invocation,
    parser::parse,
    position::PositionMap,
    script::Script,
    word::{Word, WordPart, WordPartKind},
};

/// Parses what `word`, a word of `script`, stands for as a script of its own, the way `sh -c` and
/// `eval` do. Its spans are spans of the file. Expansions are kept as they are written, which is
/// what they mean to most rules. `None` where nothing is known: the word is nothing but an
/// expansion (`sh -c "$x"`), or holds parts that are not kept (`$'…'`, a process substitution).
pub fn parse_argument(script: &Script, word: &Word, dialect: Dialect) -> Option<Script> {
    if is_bare_expansion(&word.parts) {
        return None;
    }
    let mut inner = Inner { script, text: String::new(), map: PositionMap::empty() };
    inner.push_parts(word, &word.parts)?;
    if inner.text.trim().is_empty() {
        return None;
    }
    Some(parse(&inner.text, &inner.map, dialect))
}

/// What `word`, a word of `script`, stands for after quote removal, and where each byte of that
/// stands in the file. Expansions are kept as they are written.
pub fn located_text(script: &Script, word: &Word) -> (String, PositionMap) {
    let mut inner = Inner { script, text: String::new(), map: PositionMap::empty() };
    inner.push_all(word, &word.parts);
    if inner.text.is_empty() {
        inner.map.push(0, word.span.start);
    }
    (inner.text, inner.map)
}

/// The word that `invocation` hands to a shell as its script, and that shell: `sh -c 'a && b'`,
/// `bash -euo pipefail -c …`. Give it to [`parse_argument`].
pub fn shell_argument<'a>(invocation: &Invocation<'a>) -> Option<(&'a Word, Dialect)> {
    let dialect = Dialect::of_interpreter(invocation.name).filter(|it| it.is_posix_family())?;
    if !has_flag(invocation.args, 'c', &[]) {
        return None;
    }
    let operands = positional(invocation.args, &["-o", "-O", "--rcfile", "--init-file"]);
    let is_busybox = dialect == Dialect::Posix && invocation.is_behind("busybox");
    let dialect = if is_busybox { Dialect::Busybox } else { dialect };
    operands.first().map(|it| (*it, dialect))
}

struct Inner<'a> {
    script: &'a Script,
    text: String,
    map: PositionMap,
}

impl Inner<'_> {
    fn push_parts(&mut self, word: &Word, parts: &[WordPart]) -> Option<()> {
        for part in parts {
            let start = part.start as usize;
            match &part.kind {
                WordPartKind::DoubleQuoted(inner) => self.push_parts(word, inner)?,
                WordPartKind::SingleQuoted(text) | WordPartKind::Escaped(text) => {
                    self.push(word, part, text, start + 1);
                }
                WordPartKind::AnsiQuoted(_)
                | WordPartKind::LocaleQuoted(_)
                | WordPartKind::Process(_)
                | WordPartKind::Array(_) => return None,
                _ => self.push(word, part, word.raw_of(part), start),
            }
        }
        Some(())
    }

    /// Appends every part, those too that [`parse_argument`] refuses.
    fn push_all(&mut self, word: &Word, parts: &[WordPart]) {
        for part in parts {
            let start = part.start as usize;
            match &part.kind {
                WordPartKind::DoubleQuoted(inner) | WordPartKind::LocaleQuoted(inner) => {
                    self.push_all(word, inner);
                }
                WordPartKind::SingleQuoted(text) | WordPartKind::Escaped(text) => {
                    self.push(word, part, text, start + 1);
                }
                // Its escapes are resolved, so the places of what follows the first are near only.
                WordPartKind::AnsiQuoted(text) => self.push(word, part, text, start + 2),
                _ => self.push(word, part, word.raw_of(part), start),
            }
        }
    }

    /// Appends `text`, which stands at `start` of the text that `word` is of.
    fn push(&mut self, word: &Word, part: &WordPart, text: &str, start: usize) {
        if word.raw.is_of(&self.script.text) {
            self.map.extend_from(self.text.len(), &self.script.map, start..start + text.len());
        } else {
            // The word is out of backticks with escapes: the place of the part is the best known.
            let n_before = start - part.start as usize;
            self.map.push(self.text.len(), part.span.start + n_before);
        }
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
