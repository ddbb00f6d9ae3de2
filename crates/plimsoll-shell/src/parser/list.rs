//! Lists, and-or lists and pipelines.

use crate::{
    command::{Command, CompoundCommand, CompoundKind},
    few::Few,
    parser::{Closers, Parser},
    script::{AndOr, List, Operator, OperatorKind, Pipeline},
};

impl Parser<'_> {
    /// Reads commands up to one of `closers`, or of those of a construct around this one.
    pub(super) fn list(&mut self, closers: Closers) -> List {
        let outer = self.closers;
        self.closers = outer.and(closers);
        let mut items: Vec<AndOr> = Vec::new();
        self.skip_newlines();
        let start = self.pos;
        while !self.at_end() && !self.at_expected_closer() {
            let before = self.pos;
            if let Some(and_or) = self.and_or() {
                let ends = and_or.separator.is_some() || self.at_end() || self.closer().is_some();
                items.push(and_or);
                if !ends {
                    let end = self.after_character(self.pos);
                    self.error(self.pos, end, "a separator is missing before this");
                }
            } else if self.pos == before {
                self.unexpected();
            }
            self.skip_newlines();
        }
        self.closers = outer;
        let place = self.span(start, start);
        let first = items.first().map(|it| it.span);
        let last =
            items.last().map(|it| it.separator.map_or(it.span, |end| it.span.cover(end.span)));
        let span = first.zip(last).map_or(place, |(first, last)| first.cover(last));
        List { span, items }
    }

    fn and_or(&mut self) -> Option<AndOr> {
        let first = self.pipeline()?;
        let mut operators = Vec::new();
        let mut span = first.span;
        let mut pipelines = Few::one(first);
        loop {
            self.skip_blanks();
            let kind = match (self.current(), self.byte(self.pos + 1)) {
                (b'&', b'&') => OperatorKind::And,
                (b'|', b'|') => OperatorKind::Or,
                _ => break,
            };
            let operator = self.operator(kind, 2);
            self.skip_newlines();
            let Some(pipeline) = self.pipeline() else {
                self.error_at(operator.span, MISSING_COMMAND);
                break;
            };
            span = span.cover(pipeline.span);
            operators.push(operator);
            pipelines.push(pipeline);
        }
        let separator = self.separator();
        Some(AndOr { span, pipelines, operators, separator })
    }

    fn separator(&mut self) -> Option<Operator> {
        if self.is_newline(self.pos) {
            let len = self.newline_len(self.pos);
            let span = self.span(self.pos, self.pos + len);
            self.newline();
            return Some(Operator { kind: OperatorKind::Newline, span });
        }
        let next = self.byte(self.pos + 1);
        match self.current() {
            b';' if next != b';' && next != b'&' => Some(self.operator(OperatorKind::Semicolon, 1)),
            b'&' => Some(self.operator(OperatorKind::Background, 1)),
            _ => None,
        }
    }

    fn pipeline(&mut self) -> Option<Pipeline> {
        let start = self.pos;
        let mut negation = None;
        while self.reserved() == "!" {
            let span = self.span(self.pos, self.pos + 1);
            negation = if negation.is_some() { None } else { Some(span) };
            self.pos += 1;
            self.skip_blanks();
        }
        let Some(first) = self.command() else {
            if self.pos > start {
                self.error(start, self.pos, "a command is missing after `!`");
            }
            return None;
        };
        let mut span = negation.unwrap_or(first.span()).cover(first.span());
        let mut commands = Few::one(first);
        let mut operators = Vec::new();
        loop {
            self.skip_blanks();
            let (kind, len) = match (self.current(), self.byte(self.pos + 1)) {
                (b'|', b'|') => break,
                (b'|', b'&') => (OperatorKind::PipeBoth, 2),
                (b'|', _) => (OperatorKind::Pipe, 1),
                _ => break,
            };
            let operator = self.operator(kind, len);
            self.skip_newlines();
            let Some(command) = self.command() else {
                self.error_at(operator.span, MISSING_COMMAND);
                break;
            };
            span = span.cover(command.span());
            operators.push(operator);
            commands.push(command);
        }
        Some(Pipeline { span, negation, commands, operators })
    }

    /// Reads one command; `None`, with nothing read, where none starts.
    pub(super) fn command(&mut self) -> Option<Command> {
        self.count(self.pos, 4);
        if self.at_end() || self.closer().is_some() {
            return None;
        }
        let start = self.pos;
        if let Some(kind) = self.compound() {
            return Some(self.compound_command(start, kind));
        }
        // A construct whose nesting hit the limit has read nothing.
        if self.aborted { None } else { self.simple_command() }
    }

    /// The compound command that began at `start`, with the redirections after it.
    pub(super) fn compound_command(&mut self, start: usize, kind: CompoundKind) -> Command {
        let mut end = self.pos;
        let mut redirects = Vec::new();
        // What follows the body of a function belongs to the body.
        loop {
            self.skip_blanks();
            let Some(redirect) = self.redirect() else { break };
            redirects.push(redirect);
            end = self.pos;
        }
        let span = self.span(start, end);
        Command::Compound(Box::new(CompoundCommand { span, kind, redirects }))
    }

    /// The token at the cursor that ends some list, with its length.
    pub(super) fn closer(&self) -> Option<(Closers, usize)> {
        let next = self.byte(self.pos + 1);
        let closer = match self.current() {
            b')' => return Some((Closers::PARENTHESIS, 1)),
            b';' if next == b';' => {
                return Some((Closers::ARM, if self.byte(self.pos + 2) == b'&' { 3 } else { 2 }));
            }
            b';' if next == b'&' => return Some((Closers::ARM, 2)),
            b't' | b'e' | b'f' | b'd' | b'}' => match self.reserved() {
                "then" => Closers::THEN,
                "else" | "elif" => Closers::ELSE,
                "fi" => Closers::FI,
                "do" => Closers::DO,
                "done" => Closers::DONE,
                "esac" => Closers::ESAC,
                "}" => Closers::BRACE,
                _ => return None,
            },
            _ => return None,
        };
        Some((closer, self.reserved().len()))
    }

    fn at_expected_closer(&self) -> bool {
        self.closer().is_some_and(|it| self.closers.has(it.0))
    }

    fn operator(&mut self, kind: OperatorKind, len: usize) -> Operator {
        let span = self.span(self.pos, self.pos + len);
        self.pos += len;
        Operator { kind, span }
    }

    /// Goes over a token that has no place here.
    fn unexpected(&mut self) {
        let start = self.pos;
        let len = match (self.current(), self.byte(start + 1)) {
            _ if self.closer().is_some() => self.closer().map_or(1, |it| it.1),
            (b'&', b'&') | (b'|', b'|') => 2,
            _ => self.after_character(start) - start,
        };
        let end = (start + len.max(1)).min(self.end.max(start + 1));
        let message = match self.slice(start, end) {
            "" => "unexpected text".into(),
            token => format!("unexpected `{token}`"),
        };
        self.error(start, end, message);
        self.pos = end;
    }
}

const MISSING_COMMAND: &str = "a command is missing after this operator";
