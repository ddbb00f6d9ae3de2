//! Quotes, expansions and substitutions.

use std::{mem, sync::Arc};

use crate::{
    command::Arithmetic,
    parser::{Closers, Parser, Row, class, class::Mode},
    position::PositionMap,
    script::List,
    text::Text,
    word::{
        CommandSubstitution, Parameter, ParameterOperator, ProcessSubstitution, SubstitutionStyle,
        WordPart, WordPartKind,
    },
};

impl Parser<'_> {
    /// Reads text up to what ends it in `mode` (which is left), or to the end.
    pub(super) fn parts(&mut self, mode: Mode) -> Vec<WordPart> {
        let mut parts = Vec::new();
        let mut literal = self.pos;
        let mut nesting = 0_usize;
        while self.pos < self.end {
            let at = self.pos;
            let byte = self.byte(at);
            if mode.is_plain(byte) {
                self.pos += 1;
                continue;
            }
            match (byte, mode) {
                (b'"', Mode::Double) | (b'}', Mode::Brace | Mode::BraceInDouble) => break,
                (b')', Mode::Arithmetic) | (b']', Mode::Bracket) if nesting == 0 => break,
                (b'(', Mode::Arithmetic) | (b'[', Mode::Bracket) => {
                    nesting += 1;
                    self.pos += 1;
                }
                (b')' | b']', _) => {
                    nesting -= 1;
                    self.pos += 1;
                }
                (b'\\', _) => self.escape(&mut parts, &mut literal, mode),
                _ => {
                    if let Some(part) = self.quote_or_expansion(mode) {
                        self.push_literal(&mut parts, literal, at);
                        parts.push(part);
                        literal = self.pos;
                    }
                }
            }
        }
        self.push_literal(&mut parts, literal, self.pos);
        parts
    }

    /// Reads the quote or expansion at the cursor; `None`, one byte on, if it is plain after all.
    pub(super) fn quote_or_expansion(&mut self, mode: Mode) -> Option<WordPart> {
        let start = self.pos;
        let part = match self.current() {
            b'\'' => Some(self.single_quoted()),
            b'"' => self.double_quoted(0),
            b'`' => self.backticks(mode),
            b'$' => return self.dollar(mode),
            _ => None,
        };
        if part.is_none() {
            self.pos = (start + 1).min(self.end);
        }
        part
    }

    /// Reads a backslash and what it does in `mode`.
    pub(super) fn escape(&mut self, parts: &mut impl Row, literal: &mut usize, mode: Mode) {
        let at = self.pos;
        let newline_len = self.newline_len(at + 1);
        if newline_len > 0 {
            self.push_literal(parts, *literal, at);
            self.pos += 1 + newline_len;
            *literal = self.pos;
            return;
        }
        let next = self.byte(at + 1);
        let escapes = match (next, mode) {
            (b'"', Mode::Document) => false,
            (b'}', Mode::BraceInDouble) => true,
            _ if at + 1 >= self.end => false,
            _ if mode.has_weak_backslash() => matches!(next, b'$' | b'`' | b'"' | b'\\'),
            _ => true,
        };
        let end = self.after_character(at + 1).max(at + 1);
        self.pos = end;
        if escapes {
            self.push_literal(parts, *literal, at);
            let kind = WordPartKind::Escaped(self.text(at + 1, end));
            let part = self.part(at, end, kind);
            parts.add(part);
            *literal = end;
        } else if matches!(next, b'"' | b'$' | b'`') {
            // Only the backslash is plain: what follows has its say.
            self.pos = at + 1;
        }
    }

    fn single_quoted(&mut self) -> WordPart {
        let start = self.pos;
        let rest = self.bytes(start + 1, self.end);
        let len = rest.iter().position(|it| *it == b'\'');
        let end = start + 1 + len.unwrap_or(rest.len());
        self.pos = end + usize::from(len.is_some());
        if len.is_none() {
            self.error(start, start + 1, "this single quote is never closed");
        }
        let kind = WordPartKind::SingleQuoted(self.text(start + 1, end));
        self.part(start, self.pos, kind)
    }

    /// Reads `"…"`, with `n_before` bytes (the `$` of `$"…"`) before the quote.
    fn double_quoted(&mut self, n_before: usize) -> Option<WordPart> {
        let start = self.pos;
        self.deeper(|it| {
            it.pos += n_before + 1;
            let parts = it.parts(Mode::Double);
            if it.current() == b'"' {
                it.pos += 1;
            } else {
                it.error(start, start + n_before + 1, "this double quote is never closed");
            }
            let kind = match n_before {
                0 => WordPartKind::DoubleQuoted(parts),
                _ => WordPartKind::LocaleQuoted(parts),
            };
            it.part(start, it.pos, kind)
        })
    }

    fn dollar(&mut self, mode: Mode) -> Option<WordPart> {
        let start = self.pos;
        let next = self.byte(start + 1);
        let outside = matches!(mode, Mode::Word | Mode::Brace);
        match next {
            b'(' if self.byte(start + 2) == b'(' && self.is_arithmetic(start + 3) => {
                self.deeper(|it| {
                    let arithmetic = it.arithmetic(start, 3);
                    it.part(start, it.pos, WordPartKind::Arithmetic(Box::new(arithmetic)))
                })
            }
            b'(' => self.command_substitution(),
            b'{' => self.deeper(|it| it.braced_parameter(mode)),
            b'\'' if outside => Some(self.ansi_quoted()),
            b'"' if outside => self.double_quoted(1),
            b'[' if self.dialect.has_extensions() => self.deeper(Self::old_arithmetic),
            _ => self.plain_parameter(start, next),
        }
        .or_else(|| {
            self.pos = self.pos.max(start + 1).min(self.end.max(start));
            None
        })
    }

    fn plain_parameter(&mut self, start: usize, next: u8) -> Option<WordPart> {
        let mut end = start + 1;
        if class::starts_name(next) {
            while class::continues_name(self.byte(end)) {
                end += 1;
            }
        } else if next.is_ascii_digit() || b"@*#?-$!".contains(&next) {
            end += 1;
        } else {
            return None;
        }
        self.pos = end;
        let parameter = Parameter {
            span: self.span(start, end),
            name: self.text(start + 1, end),
            name_span: self.span(start + 1, end),
            braced: false,
            prefix: None,
            subscript: None,
            operator: None,
        };
        Some(self.part(start, end, WordPartKind::Parameter(Box::new(parameter))))
    }

    /// Reads `${…}`.
    fn braced_parameter(&mut self, mode: Mode) -> WordPart {
        let start = self.pos;
        self.pos += 2;
        let prefix = self.parameter_prefix();
        let name_start = self.pos;
        self.pos = self.parameter_name_end();
        let name = self.text(name_start, self.pos);
        let name_span = self.span(name_start, self.pos);
        let mut subscript = None;
        if self.current() == b'[' && !name.is_empty() {
            self.pos += 1;
            let subscript_start = self.pos;
            let parts = self.parts(Mode::Bracket);
            subscript = Some(self.word_from(subscript_start, parts));
            self.pos += usize::from(self.current() == b']');
        }
        if name.is_empty() {
            self.error(start, self.pos, "nothing to expand is named here");
        }
        let operator = self.parameter_operator(mode);
        if self.current() == b'}' {
            self.pos += 1;
        } else {
            self.error(start, start + 2, "this `${` is never closed");
        }
        let span = self.span(start, self.pos);
        let parameter =
            Parameter { span, name, name_span, braced: true, prefix, subscript, operator };
        self.part(start, self.pos, WordPartKind::Parameter(Box::new(parameter)))
    }

    /// `#` and `!` are prefixes if something to expand follows, else they are the name.
    fn parameter_prefix(&mut self) -> Option<char> {
        let (byte, next) = (self.current(), self.byte(self.pos + 1));
        let is_named = class::continues_name(next) || matches!(next, b'@' | b'*');
        let is_length = byte == b'#'
            && (is_named
                || matches!(next, b'?' | b'-' | b'#' | b'!' | b'$')
                    && self.byte(self.pos + 2) == b'}');
        if !(is_length || byte == b'!' && is_named) {
            return None;
        }
        self.pos += 1;
        Some(char::from(byte))
    }

    fn parameter_name_end(&self) -> usize {
        let start = self.pos;
        let first = self.current();
        let is_rest = |it: u8| {
            if first.is_ascii_digit() { it.is_ascii_digit() } else { class::continues_name(it) }
        };
        if !class::continues_name(first) {
            return start + usize::from(!self.at_end() && b"@*#?-$!".contains(&first));
        }
        let mut end = start;
        while is_rest(self.byte(end)) {
            end += 1;
        }
        end
    }

    fn parameter_operator(&mut self, mode: Mode) -> Option<ParameterOperator> {
        let start = self.pos;
        let (byte, next) = (self.current(), self.byte(start + 1));
        let len = match (byte, next) {
            _ if self.at_end() || byte == b'}' => return None,
            (b':', b'-' | b'=' | b'?' | b'+')
            | (b'#', b'#')
            | (b'%', b'%')
            | (b'/', b'/' | b'#' | b'%')
            | (b'^', b'^')
            | (b',', b',') => 2,
            (b'-' | b'=' | b'?' | b'+' | b'#' | b'%' | b'/' | b'^' | b',' | b'@' | b':', _)
            | (b'*', b'}') => 1,
            _ => {
                let end = self.after_character(start);
                self.error(start, end, "this is no operator of a parameter expansion");
                0
            }
        };
        self.pos += len;
        let text = self.text(start, self.pos);
        let span = self.span(start, self.pos);
        let argument_start = self.pos;
        // In quotes a pattern still takes quotes of its own.
        let is_pattern = matches!(byte, b'#' | b'%' | b'/' | b'^' | b',');
        let inner = if !mode.is_quoted() || is_pattern { Mode::Brace } else { Mode::BraceInDouble };
        let parts = self.parts(inner);
        let argument = self.word_from(argument_start, parts);
        Some(ParameterOperator { text, span, argument })
    }

    fn command_substitution(&mut self) -> Option<WordPart> {
        let start = self.pos;
        self.deeper(|it| {
            let list = it.parenthesized_list(start, "this `$(` is never closed");
            let span = it.span(start, it.pos);
            let style = SubstitutionStyle::Dollar;
            let kind = WordPartKind::Command(Box::new(CommandSubstitution { span, list, style }));
            it.part(start, it.pos, kind)
        })
    }

    /// Reads `<(…)` or `>(…)`.
    pub(super) fn process_substitution(&mut self) -> Option<WordPart> {
        let start = self.pos;
        let is_output = self.current() == b'>';
        self.deeper(|it| {
            let list = it.parenthesized_list(start, "this process substitution is never closed");
            let span = it.span(start, it.pos);
            let substitution = ProcessSubstitution { span, list, is_output };
            it.part(start, it.pos, WordPartKind::Process(Box::new(substitution)))
        })
    }

    /// Reads the list of a substitution whose opening is two bytes at `start`.
    fn parenthesized_list(&mut self, start: usize, message: &'static str) -> List {
        self.pos = start + 2;
        let list = self.substituted_list(Closers::PARENTHESIS);
        if self.current() == b')' {
            self.pos += 1;
        } else {
            self.error(start, start + 2, message);
        }
        list
    }

    fn backticks(&mut self, mode: Mode) -> Option<WordPart> {
        let start = self.pos;
        let quoted = matches!(mode, Mode::Double | Mode::BraceInDouble);
        let mut end = start + 1;
        let mut escapes = Vec::new();
        while end < self.end && self.byte(end) != b'`' {
            if self.byte(end) == b'\\' {
                let next = self.byte(end + 1);
                if matches!(next, b'`' | b'\\' | b'$') || next == b'"' && quoted {
                    escapes.push(end);
                }
                end += 1;
            }
            end += 1;
        }
        let is_closed = end < self.end;
        let end = end.min(self.end);
        let list = self.deeper(|it| {
            it.pos = start + 1;
            if escapes.is_empty() {
                it.up_to(end, |it| it.substituted_list(Closers::NONE))
            } else {
                it.unescaped_list(start + 1, end, &escapes)
            }
        })?;
        if is_closed {
            self.pos = (end + 1).min(self.end.max(self.pos));
        } else {
            self.error(start, start + 1, "this backtick is never closed");
        }
        let span = self.span(start, self.pos);
        let style = SubstitutionStyle::Backtick;
        let kind = WordPartKind::Command(Box::new(CommandSubstitution { span, list, style }));
        Some(self.part(start, self.pos, kind))
    }

    /// Reads `start..end` without the backslashes at `escapes`: a text of its own, whose places
    /// still lead to the file.
    fn unescaped_list(&mut self, start: usize, end: usize, escapes: &[usize]) -> List {
        let mut text = String::with_capacity(end - start);
        let mut map = PositionMap::empty();
        let mut from = start;
        for stop in escapes.iter().copied().chain([end]) {
            if from < stop {
                map.extend_from(text.len(), self.map, from..stop);
                text.push_str(self.slice(from, stop));
            }
            // The escaped byte is copied with what follows it.
            from = stop + 1;
        }
        let mut inner = Parser::new(Arc::from(text), &map, self.dialect);
        inner.depth = self.depth;
        inner.n_nodes = self.n_nodes;
        inner.n_commands = self.n_commands;
        inner.lookahead = self.lookahead;
        inner.errors = mem::take(&mut self.errors);
        inner.comments = mem::take(&mut self.comments);
        let list = inner.list(Closers::NONE);
        inner.read_documents();
        self.n_nodes = inner.n_nodes;
        self.n_commands = inner.n_commands;
        self.lookahead = inner.lookahead;
        self.errors = inner.errors;
        self.comments = inner.comments;
        self.pos = end;
        if inner.aborted {
            self.aborted = true;
            self.end = self.pos.min(self.end);
        }
        list
    }

    /// Reads an arithmetic expression that began at `start` with `open_len` bytes.
    pub(super) fn arithmetic(&mut self, start: usize, open_len: usize) -> Arithmetic {
        self.pos = start + open_len;
        let inner_start = self.pos;
        let parts = self.parts(Mode::Arithmetic);
        let text = self.text(inner_start, self.pos);
        if self.looks_at("))") {
            self.pos += 2;
        } else {
            self.pos += usize::from(self.current() == b')');
            self.error(start, inner_start, "this arithmetic expression is never closed");
        }
        Arithmetic { span: self.span(start, self.pos), text, parts }
    }

    /// Reads `$[…]`.
    fn old_arithmetic(&mut self) -> WordPart {
        let start = self.pos;
        self.pos += 2;
        let parts = self.parts(Mode::Bracket);
        let text = self.text(start + 2, self.pos);
        if self.current() == b']' {
            self.pos += 1;
        } else {
            self.error(start, start + 2, "this arithmetic expression is never closed");
        }
        let arithmetic = Arithmetic { span: self.span(start, self.pos), text, parts };
        self.part(start, self.pos, WordPartKind::Arithmetic(Box::new(arithmetic)))
    }

    /// Whether what follows `((` up to `start` is an expression: the parenthesis that closes the
    /// inner one is directly followed by another. Else the two open subshells.
    pub(super) fn is_arithmetic(&mut self, start: usize) -> bool {
        let mut depth = 0_usize;
        let mut quote = 0;
        let mut pos = start;
        let last = self.end.min(start.saturating_add(self.lookahead));
        let mut res = true;
        while pos < last {
            match self.byte(pos) {
                b'\\' => pos += 1,
                byte if quote != 0 => quote = if byte == quote { 0 } else { quote },
                byte @ (b'"' | b'\'' | b'`') => quote = byte,
                b'(' => depth += 1,
                b')' if depth == 0 => {
                    res = self.byte(pos + 1) == b')';
                    break;
                }
                b')' => depth -= 1,
                _ => {}
            }
            pos += 1;
        }
        self.lookahead = self.lookahead.saturating_sub(pos.saturating_sub(start));
        if self.lookahead == 0 {
            self.limit(start, "too many unclosed `((`: the rest is not read");
        }
        res
    }

    fn ansi_quoted(&mut self) -> WordPart {
        let start = self.pos;
        let mut end = start + 2;
        while end < self.end && self.byte(end) != b'\'' {
            end += if self.byte(end) == b'\\' { 2 } else { 1 };
        }
        let is_closed = end < self.end;
        let end = end.min(self.end);
        self.pos = end + usize::from(is_closed);
        if !is_closed {
            self.error(start, start + 2, "this quote is never closed");
        }
        let raw = self.slice(start + 2, end);
        let text = if raw.contains('\\') {
            Text::from(resolve_escapes(raw).as_str())
        } else {
            self.text(start + 2, end)
        };
        self.part(start, self.pos, WordPartKind::AnsiQuoted(text))
    }
}

/// The text of `$'…'` with its escapes resolved. An escape that names no character stays.
fn resolve_escapes(raw: &str) -> String {
    let mut res = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        res.push_str(rest.get(..at).unwrap_or_default());
        let escape = rest.get(at + 1..).unwrap_or_default();
        let Some(kind) = escape.chars().next() else {
            res.push('\\');
            return res;
        };
        let after = escape.get(kind.len_utf8()..).unwrap_or_default();
        let (character, n_digits) = match kind {
            'a' => (Some('\u{7}'), 0),
            'b' => (Some('\u{8}'), 0),
            'e' | 'E' => (Some('\u{1b}'), 0),
            'f' => (Some('\u{c}'), 0),
            'n' => (Some('\n'), 0),
            'r' => (Some('\r'), 0),
            't' => (Some('\t'), 0),
            'v' => (Some('\u{b}'), 0),
            '\\' | '\'' | '"' | '?' => (Some(kind), 0),
            'x' => numbered(after, 16, 2),
            'u' => numbered(after, 16, 4),
            'U' => numbered(after, 16, 8),
            '0'..='7' => {
                let (character, n_digits) = numbered(escape, 8, 3);
                (character, n_digits.saturating_sub(1))
            }
            _ => (None, 0),
        };
        match character {
            Some(it) => res.push(it),
            None => res.extend(['\\', kind]),
        }
        rest = after.get(n_digits..).unwrap_or_default();
    }
    res.push_str(rest);
    res
}

/// The character with the number at the start of `text`, and how many digits name it.
fn numbered(text: &str, radix: u32, max_digits: usize) -> (Option<char>, usize) {
    let n_digits = text.chars().take(max_digits).take_while(|it| it.is_digit(radix)).count();
    let digits = text.get(..n_digits).unwrap_or_default();
    match u32::from_str_radix(digits, radix).ok().and_then(char::from_u32) {
        Some(character) => (Some(character), n_digits),
        None => (None, 0),
    }
}
