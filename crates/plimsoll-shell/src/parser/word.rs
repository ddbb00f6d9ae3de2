//! Unquoted words.

use crate::{
    few::Few,
    parser::{Parser, class, class::Mode},
    word::{Word, WordPart, WordPartKind, is_name},
};

impl Parser<'_> {
    /// Reads the word at the cursor.
    pub(super) fn word(&mut self) -> Word {
        self.word_with(WordStyle::Plain)
    }

    /// Reads the value of an assignment: an array, a word, or nothing.
    pub(super) fn value(&mut self) -> Word {
        let start = self.pos;
        if self.current() == b'(' {
            let part = self.array();
            return self.word_from(start, part.map_or(Few::new(), Few::one));
        }
        self.word_with(WordStyle::Value)
    }

    /// Reads the operand of `=~`, in which parentheses and bars are plain.
    pub(super) fn regex_word(&mut self) -> Word {
        self.word_with(WordStyle::Regex)
    }

    fn word_with(&mut self, style: WordStyle) -> Word {
        let start = self.pos;
        let mut state = WordState {
            start,
            style,
            literal: start,
            parts: Few::new(),
            braces: Vec::new(),
            bracket_idx: None,
            nesting: 0,
        };
        if self.current() == b'~' {
            self.tilde(&mut state);
        }
        loop {
            while self.pos < self.end && Mode::Word.is_plain(self.byte(self.pos)) {
                self.pos += 1;
            }
            if self.at_end() || !self.word_special(&mut state) {
                break;
            }
        }
        self.push_literal(&mut state.parts, state.literal, self.pos);
        if let Some(idx) = state.bracket_idx {
            make_plain(&mut state.parts, idx);
        }
        self.word_from(start, state.parts)
    }

    /// Reads what the special byte at the cursor starts; false if it ends the word.
    fn word_special(&mut self, state: &mut WordState) -> bool {
        let at = self.pos;
        match self.current() {
            b' ' | b'\t' if state.nesting > 0 => self.pos += 1,
            b'|' if state.style == WordStyle::Regex => self.pos += 1,
            b'(' if state.style == WordStyle::Regex => {
                state.nesting += 1;
                self.pos += 1;
            }
            b')' if state.nesting > 0 => {
                state.nesting -= 1;
                self.pos += 1;
            }
            b'\r' if self.is_newline(at) => return false,
            b'(' => return self.parenthesis(state),
            b'<' | b'>' if self.byte(at + 1) == b'(' => {
                let part = self.process_substitution();
                self.push_part(state, at, part);
            }
            b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b')' | b'<' | b'>' => return false,
            b'\\' => self.escape(&mut state.parts, &mut state.literal, Mode::Word),
            b'\'' | b'"' | b'$' | b'`' => {
                if let Some(part) = self.quote_or_expansion(Mode::Word) {
                    self.push_part(state, at, Some(part));
                }
            }
            b'*' | b'?' if self.byte(at + 1) != b'(' || state.style == WordStyle::Regex => {
                self.piece(state, WordPartKind::Glob);
            }
            b'[' => {
                state.bracket_idx = state.bracket_idx.or(Some(self.next_idx(state)));
                self.piece(state, WordPartKind::Glob);
            }
            b']' if state
                .bracket_idx
                .take_if(|it| *it + 1 < state.parts.len() || at > state.literal)
                .is_some() =>
            {
                self.piece(state, WordPartKind::Glob);
            }
            b'{' => {
                let part_idx = self.next_idx(state);
                state.braces.push(OpenBrace { part_idx, start: at, has_comma: false });
                self.piece(state, WordPartKind::Literal);
            }
            b'}' if !state.braces.is_empty() => self.close_brace(state),
            b',' => {
                if let Some(brace) = state.braces.last_mut() {
                    brace.has_comma = true;
                }
                self.pos += 1;
            }
            _ => self.pos += 1,
        }
        true
    }

    /// `(` inside of a word: an array, an extended pattern, or the end of the word.
    fn parenthesis(&mut self, state: &mut WordState) -> bool {
        let at = self.pos;
        let before = self.slice(state.start, at);
        let is_array = before.strip_suffix('=').is_some_and(|it| {
            state.style == WordStyle::Plain && is_name(it.strip_suffix('+').unwrap_or(it))
        });
        if is_array {
            let part = self.array();
            self.push_part(state, at, part);
            return true;
        }
        let sign = before.as_bytes().last().copied().unwrap_or_default();
        let is_plain_sign = state.literal < at && matches!(sign, b'@' | b'!' | b'+' | b'*' | b'?');
        // `!(` at the start of a word is a negated subshell to all shells as they come.
        if !is_plain_sign || sign == b'!' && at == state.start + 1 {
            return false;
        }
        self.pos = at - 1;
        let part = self.extended_glob();
        self.push_part(state, at - 1, Some(part));
        true
    }

    /// `@(…)` with its sign. What stands inside is not taken apart but for quotes.
    fn extended_glob(&mut self) -> WordPart {
        let start = self.pos;
        let mut depth = 0_usize;
        self.pos += 1;
        while !self.at_end() {
            match self.current() {
                b'\\' => self.pos = self.after_character(self.pos + 1).max(self.pos + 1),
                b'\'' | b'"' | b'$' | b'`' => {
                    // Read for its end only.
                    self.quote_or_expansion(Mode::Word);
                }
                b')' if depth <= 1 => {
                    self.pos += 1;
                    let kind = WordPartKind::ExtendedGlob(self.text(start, self.pos));
                    return self.part(start, self.pos, kind);
                }
                byte => {
                    depth += usize::from(byte == b'(');
                    depth -= usize::from(byte == b')');
                    self.pos += 1;
                }
            }
        }
        self.error(start, start + 2, "this pattern is never closed");
        let kind = WordPartKind::ExtendedGlob(self.text(start, self.pos));
        self.part(start, self.pos, kind)
    }

    /// Reads `( … )` after `name=`.
    fn array(&mut self) -> Option<WordPart> {
        let start = self.pos;
        self.deeper(|it| {
            it.pos += 1;
            let mut words = Vec::new();
            loop {
                it.skip_newlines();
                if it.current() == b')' {
                    it.pos += 1;
                    break;
                }
                if !it.at_word() {
                    it.error(start, start + 1, "this array is never closed");
                    break;
                }
                words.push(it.word());
            }
            it.part(start, it.pos, WordPartKind::Array(words))
        })
    }

    fn tilde(&mut self, state: &mut WordState) {
        let start = self.pos;
        self.pos += 1;
        while matches!(self.current(), b'-' | b'.' | b'+') || class::continues_name(self.current())
        {
            self.pos += 1;
        }
        let is_tilde = matches!(self.current(), b'/' | b':') || class::ends_word(self.current());
        if is_tilde || self.at_end() {
            let kind = WordPartKind::Tilde(self.text(start, self.pos));
            let part = self.part(start, self.pos, kind);
            state.parts.push(part);
            state.literal = self.pos;
        }
    }

    /// Makes the byte at the cursor a piece of its own.
    fn piece(&mut self, state: &mut WordState, kind: fn(crate::text::Text) -> WordPartKind) {
        let at = self.pos;
        self.pos += 1;
        let kind = kind(self.text(at, self.pos));
        let part = self.part(at, self.pos, kind);
        self.push_part(state, at, Some(part));
    }

    /// Appends `part`, which starts at `start`, and the plain text before it.
    fn push_part(&mut self, state: &mut WordState, start: usize, part: Option<WordPart>) {
        self.push_literal(&mut state.parts, state.literal, start);
        if let Some(part) = part {
            state.parts.push(part);
        }
        state.literal = self.pos;
    }

    /// The index that the piece at the cursor will have.
    fn next_idx(&self, state: &WordState) -> usize {
        state.parts.len() + usize::from(state.literal < self.pos)
    }

    fn close_brace(&mut self, state: &mut WordState) {
        let Some(brace) = state.braces.pop() else { return };
        let inside = self.bytes(brace.start + 1, self.pos);
        let is_range = inside.len() <= MAX_RANGE && inside.windows(2).any(|it| it == b"..");
        if !brace.has_comma && !is_range {
            self.piece(state, WordPartKind::Literal);
            return;
        }
        if let Some(part) = state.parts.get_mut(brace.part_idx)
            && let WordPartKind::Literal(text) = &part.kind
        {
            part.kind = WordPartKind::Brace(text.clone());
        }
        self.piece(state, WordPartKind::Brace);
    }
}

/// What the word is for, as far as it changes how it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WordStyle {
    Plain,
    Value,
    Regex,
}

/// A word that is being read.
struct WordState {
    start: usize,
    style: WordStyle,
    /// Where the plain text that is not yet a piece begins.
    literal: usize,
    parts: Few<WordPart>,
    braces: Vec<OpenBrace>,
    /// The piece that is an open `[`.
    bracket_idx: Option<usize>,
    /// How many parentheses of a regular expression are open.
    nesting: usize,
}

struct OpenBrace {
    part_idx: usize,
    start: usize,
    has_comma: bool,
}

/// Turns a piece that was thought to be live into plain text.
fn make_plain(parts: &mut [WordPart], idx: usize) {
    if let Some(part) = parts.get_mut(idx)
        && let WordPartKind::Glob(text) = &part.kind
    {
        part.kind = WordPartKind::Literal(text.clone());
    }
}

/// The longest `{…..…}` that is looked through for its dots, in bytes.
const MAX_RANGE: usize = 64;
