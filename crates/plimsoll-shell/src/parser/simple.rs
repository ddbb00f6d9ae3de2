//! Simple commands: assignments, words and redirections; and function definitions, which begin as
//! one.

use std::sync::{Arc, OnceLock};

use crate::{
    command::{
        Assignment, Command, CompoundKind, FunctionDefinition, Redirect, RedirectOperator,
        SimpleCommand,
    },
    parser::{Parser, class, document::PendingDocument},
    word::Word,
};

impl Parser<'_> {
    pub(super) fn simple_command(&mut self) -> Option<Command> {
        let start = self.pos;
        let mut end = start;
        let mut assignments = Vec::new();
        let mut words = Vec::new();
        let mut redirects = Vec::new();
        loop {
            if let Some(redirect) = self.redirect() {
                redirects.push(redirect);
            } else if !self.at_word() {
                break;
            } else if let Some(assignment) = self.assignment(words.is_empty()) {
                assignments.push(assignment);
            } else {
                words.push(self.word());
            }
            end = self.pos;
            self.skip_blanks();
            if words.len() == 1 && assignments.is_empty() && redirects.is_empty() {
                let is_function = self.at_function_parentheses();
                if let (Some(after), Some(name)) = (is_function, words.first()) {
                    return Some(self.function(start, name.clone(), after));
                }
            }
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return None;
        }
        let span = self.span(start, end);
        self.n_commands += 1;
        let command = SimpleCommand::new(span, assignments, words, redirects);
        Some(Command::Simple(Arc::new(command)))
    }

    /// Whether a word starts at the cursor.
    pub(super) fn at_word(&self) -> bool {
        let byte = self.current();
        if self.at_end() {
            return false;
        }
        match byte {
            b'<' | b'>' => self.byte(self.pos + 1) == b'(',
            b'\r' => !self.is_newline(self.pos),
            _ => !class::ends_word(byte),
        }
    }

    /// The end of `()` at the cursor.
    fn at_function_parentheses(&self) -> Option<usize> {
        if self.current() != b'(' {
            return None;
        }
        let mut pos = self.pos + 1;
        while matches!(self.byte(pos), b' ' | b'\t') {
            pos += 1;
        }
        (self.byte(pos) == b')').then_some(pos + 1)
    }

    fn function(&mut self, start: usize, name: Word, after: usize) -> Command {
        self.pos = after;
        let kind = self.function_body(name, None);
        let end = self.pos;
        let span = self.span(start, end);
        Command::Compound(Box::new(crate::command::CompoundCommand {
            span,
            kind,
            redirects: Vec::new(),
        }))
    }

    /// Reads the body of a function.
    pub(super) fn function_body(
        &mut self,
        name: Word,
        keyword: Option<plimsoll_text::Span>,
    ) -> CompoundKind {
        self.skip_newlines();
        let body = self.deeper(Self::command).flatten();
        if body.is_none() {
            self.error(self.pos, self.pos, "the function has no body");
        }
        let name_span = name.span;
        CompoundKind::Function(FunctionDefinition { name: name.raw, name_span, keyword, body })
    }

    /// Reads `name=value`, `name+=value` or `name[…]=value`.
    fn assignment(&mut self, allowed: bool) -> Option<Assignment> {
        if !allowed || !class::starts_name(self.current()) {
            return None;
        }
        let start = self.pos;
        let mut pos = start;
        while class::continues_name(self.byte(pos)) {
            pos += 1;
        }
        let name_end = pos;
        let mut subscript = None;
        if self.byte(pos) == b'[' {
            let close = self.subscript_end(pos + 1)?;
            subscript = Some(self.text(pos + 1, close));
            pos = close + 1;
        }
        let is_append = self.byte(pos) == b'+' && self.byte(pos + 1) == b'=';
        pos += usize::from(is_append);
        if self.byte(pos) != b'=' {
            return None;
        }
        self.pos = pos + 1;
        let name = self.text(start, name_end);
        let value = self.value();
        let span = self.span(start, self.pos);
        Some(Assignment { span, name, subscript, is_append, value })
    }

    /// The closing bracket of a subscript before `=`, if one is near: a subscript is short, and
    /// looking far would be paid for at each word.
    fn subscript_end(&self, start: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut quote = 0;
        for pos in start..self.end.min(start + MAX_SUBSCRIPT) {
            match self.byte(pos) {
                b'\n' => return None,
                byte if quote != 0 => quote = if byte == quote { 0 } else { quote },
                byte @ (b'"' | b'\'') => quote = byte,
                b'[' => depth += 1,
                b']' if depth == 0 => {
                    let next = self.byte(pos + 1);
                    let assigns = next == b'=' || next == b'+' && self.byte(pos + 2) == b'=';
                    return assigns.then_some(pos);
                }
                b']' => depth -= 1,
                b' ' | b'\t' | b';' | b'&' | b'|' => return None,
                _ => {}
            }
        }
        None
    }

    /// Reads a redirection if one starts at the cursor.
    pub(super) fn redirect(&mut self) -> Option<Redirect> {
        let start = self.pos;
        let descriptor_end = match self.current() {
            b'<' | b'>' => start,
            b'&' if self.byte(start + 1) == b'>' => start,
            b'0'..=b'9' => self.digits_end(start),
            b'{' => self.named_descriptor_end(start)?,
            _ => return None,
        };
        let (operator, len) = self.redirect_operator(descriptor_end)?;
        let descriptor = (descriptor_end > start).then(|| self.text(start, descriptor_end));
        self.pos = descriptor_end + len;
        let operator_span = self.span(descriptor_end, self.pos);
        let operator_end = self.pos;
        while matches!(self.current(), b' ' | b'\t')
            || self.current() == b'\\' && self.is_newline(self.pos + 1)
        {
            self.pos +=
                if self.current() == b'\\' { 1 + self.newline_len(self.pos + 1) } else { 1 };
        }
        let target = if self.at_word() {
            self.word()
        } else {
            self.pos = operator_end;
            self.error(descriptor_end, operator_end, "the target of this redirection is missing");
            self.word_from(operator_end, Vec::new())
        };
        let span = self.span(start, self.pos);
        let document = self.pend_document(operator, &target);
        Some(Redirect { span, descriptor, operator, operator_span, target, document })
    }

    fn pend_document(
        &mut self,
        operator: RedirectOperator,
        target: &Word,
    ) -> Option<Arc<OnceLock<crate::command::HereDocument>>> {
        let strip_tabs = operator == RedirectOperator::HereDocumentTabs;
        if !strip_tabs && operator != RedirectOperator::HereDocument || target.parts.is_empty() {
            return None;
        }
        let document = Arc::new(OnceLock::new());
        self.pending.push(PendingDocument {
            document: Arc::clone(&document),
            delimiter: target.text().into_owned(),
            is_literal: target.is_quoted(),
            strip_tabs,
            opening: target.span,
        });
        Some(document)
    }

    fn digits_end(&self, start: usize) -> usize {
        let mut pos = start;
        while self.byte(pos).is_ascii_digit() {
            pos += 1;
        }
        pos
    }

    fn named_descriptor_end(&self, start: usize) -> Option<usize> {
        let mut pos = start + 1;
        while class::continues_name(self.byte(pos)) {
            pos += 1;
        }
        (pos > start + 1 && self.byte(pos) == b'}').then_some(pos + 1)
    }

    fn redirect_operator(&self, pos: usize) -> Option<(RedirectOperator, usize)> {
        let bytes = (self.byte(pos), self.byte(pos + 1), self.byte(pos + 2));
        Some(match bytes {
            (b'<', b'<', b'<') => (RedirectOperator::HereString, 3),
            (b'<', b'<', b'-') => (RedirectOperator::HereDocumentTabs, 3),
            (b'<', b'<', _) => (RedirectOperator::HereDocument, 2),
            (b'<' | b'>', b'(', _) => return None,
            (b'<', b'&', _) => (RedirectOperator::DuplicateInput, 2),
            (b'<', b'>', _) => (RedirectOperator::ReadWrite, 2),
            (b'<', ..) => (RedirectOperator::Input, 1),
            (b'>', b'>', _) => (RedirectOperator::Append, 2),
            (b'>', b'&', _) => (RedirectOperator::DuplicateOutput, 2),
            (b'>', b'|', _) => (RedirectOperator::Clobber, 2),
            (b'>', ..) => (RedirectOperator::Output, 1),
            (b'&', b'>', b'>') => (RedirectOperator::AppendBoth, 3),
            (b'&', b'>', _) => (RedirectOperator::OutputBoth, 2),
            _ => return None,
        })
    }
}

/// How far the closing bracket of a subscript is looked for, in bytes.
const MAX_SUBSCRIPT: usize = 256;
