//! Compound commands.

use plimsoll_text::Span;

use crate::{
    command::{
        ArithmeticFor, CaseArm, CaseClause, Command, CompoundKind, Coprocess, ForClause, IfBranch,
        IfClause, LoopClause, LoopKeyword, TestExpression,
    },
    parser::{Closers, Parser},
    script::List,
    text::Text,
    word::Word,
};

impl Parser<'_> {
    /// Reads the compound command that starts at the cursor, if one does.
    pub(super) fn compound(&mut self) -> Option<CompoundKind> {
        let read: fn(&mut Self) -> CompoundKind = match self.current() {
            b'(' if self.byte(self.pos + 1) == b'(' && self.is_arithmetic(self.pos + 2) => {
                |it| CompoundKind::Arithmetic(it.arithmetic(it.pos, 2))
            }
            b'(' => Self::subshell,
            b'{' | b'i' | b'f' | b'w' | b'u' | b'c' | b's' | b'[' | b't' => match self.reserved() {
                "{" => Self::group,
                "if" => Self::if_clause,
                "for" => Self::for_clause,
                "select" if self.is_followed_by_name(6) => Self::for_clause,
                "while" | "until" => Self::loop_clause,
                "case" => Self::case_clause,
                "function" if self.is_followed_by_name(8) => Self::function_keyword,
                "coproc" => Self::coprocess,
                "[[" => Self::test,
                "time" if self.is_timed_compound() => Self::timed,
                _ => return None,
            },
            _ => return None,
        };
        self.deeper(read)
    }

    fn subshell(&mut self) -> CompoundKind {
        let start = self.pos;
        self.pos += 1;
        let list = self.list(Closers::PARENTHESIS);
        if self.current() == b')' {
            self.pos += 1;
        } else {
            self.error(start, start + 1, "this `(` is never closed");
        }
        CompoundKind::Subshell(list)
    }

    fn group(&mut self) -> CompoundKind {
        let start = self.pos;
        self.pos += 1;
        let list = self.list(Closers::BRACE);
        self.close(start, 1, "}", "this `{` is never closed");
        CompoundKind::Group(list)
    }

    fn if_clause(&mut self) -> CompoundKind {
        let start = self.pos;
        let mut branches = Vec::new();
        let mut otherwise = None;
        self.pos += "if".len();
        loop {
            let condition = self.list(Closers::THEN.and(Closers::ELSE).and(Closers::FI));
            self.close(start, 2, "then", "this `if` has no `then`");
            let body = self.list(Closers::ELSE.and(Closers::FI));
            branches.push(IfBranch { condition, body });
            if self.reserved() != "elif" {
                break;
            }
            self.pos += "elif".len();
        }
        if self.reserved() == "else" {
            self.pos += "else".len();
            otherwise = Some(self.list(Closers::FI));
        }
        self.close(start, 2, "fi", "this `if` has no `fi`");
        CompoundKind::If(IfClause { branches, otherwise })
    }

    /// `for`, `select` and the arithmetic `for`.
    fn for_clause(&mut self) -> CompoundKind {
        let start = self.pos;
        let is_select = self.reserved() == "select";
        self.pos += self.reserved().len();
        self.skip_blanks();
        if self.looks_at("((") {
            let header = self.arithmetic(self.pos, 2);
            self.skip_blanks();
            if self.current() == b';' {
                self.pos += 1;
            }
            let body = self.loop_body(start);
            return CompoundKind::ArithmeticFor(ArithmeticFor { header, body });
        }
        let variable_start = self.pos;
        if self.at_word() && !matches!(self.reserved(), "do" | "in") {
            self.word();
        } else {
            self.error(start, self.pos, "the variable of this loop is missing");
        }
        let variable = self.text(variable_start, self.pos);
        let variable_span = self.span(variable_start, self.pos);
        self.skip_newlines();
        let words = (self.reserved() == "in").then(|| {
            self.pos += "in".len();
            self.words()
        });
        self.skip_blanks();
        if self.current() == b';' && self.byte(self.pos + 1) != b';' {
            self.pos += 1;
        }
        let body = self.loop_body(start);
        CompoundKind::For(ForClause { variable, variable_span, words, body, is_select })
    }

    /// The words up to the end of the command.
    fn words(&mut self) -> Vec<Word> {
        let mut words = Vec::new();
        self.skip_blanks();
        while self.at_word() {
            words.push(self.word());
            self.skip_blanks();
        }
        words
    }

    /// `do … done`, or the old `{ … }`.
    fn loop_body(&mut self, start: usize) -> List {
        self.skip_newlines();
        if self.reserved() == "{" {
            self.pos += 1;
            let body = self.list(Closers::BRACE);
            self.close(start, 3, "}", "the body of this loop is never closed");
            return body;
        }
        if self.reserved() != "do" {
            self.error(start, start + 3, "this loop has no `do`");
            return self.list(Closers::NONE);
        }
        self.pos += "do".len();
        let body = self.list(Closers::DONE);
        self.close(start, 3, "done", "this loop has no `done`");
        body
    }

    fn loop_clause(&mut self) -> CompoundKind {
        let start = self.pos;
        let keyword =
            if self.reserved() == "while" { LoopKeyword::While } else { LoopKeyword::Until };
        self.pos += self.reserved().len();
        let condition = self.list(Closers::DO.and(Closers::DONE));
        self.close(start, 5, "do", "this loop has no `do`");
        let body = self.list(Closers::DONE);
        self.close(start, 5, "done", "this loop has no `done`");
        CompoundKind::Loop(LoopClause { keyword, condition, body })
    }

    fn case_clause(&mut self) -> CompoundKind {
        let start = self.pos;
        self.pos += "case".len();
        self.skip_blanks();
        let subject = if self.at_word() {
            self.word()
        } else {
            self.error(start, start + 4, "this `case` has no word");
            self.word_from(self.pos, Vec::new())
        };
        self.skip_newlines();
        self.close(start, 4, "in", "this `case` has no `in`");
        let mut arms = Vec::new();
        loop {
            self.skip_newlines();
            if self.at_end() || self.reserved() == "esac" {
                break;
            }
            let before = self.pos;
            arms.extend(self.case_arm());
            if self.pos == before {
                break;
            }
        }
        self.close(start, 4, "esac", "this `case` has no `esac`");
        CompoundKind::Case(CaseClause { subject, arms })
    }

    /// One arm of a `case`; `None`, with nothing read, where none starts.
    fn case_arm(&mut self) -> Option<CaseArm> {
        let start = self.pos;
        if self.current() == b'(' {
            self.pos += 1;
        }
        let mut patterns = Vec::new();
        self.skip_blanks();
        while self.at_word() {
            patterns.push(self.word());
            self.skip_blanks();
            if self.current() == b'|' {
                self.pos += 1;
                self.skip_blanks();
            }
        }
        if self.current() == b')' {
            self.pos += 1;
        } else if patterns.is_empty() {
            self.pos = start;
            return None;
        } else {
            self.error(start, self.pos, "a pattern without `)`");
        }
        let body = self.list(Closers::ARM.and(Closers::ESAC));
        let end = match self.closer() {
            Some((Closers::ARM, len)) => {
                self.pos += len;
                self.text(self.pos - len, self.pos)
            }
            _ => self.text(self.pos, self.pos),
        };
        Some(CaseArm { patterns, body, end })
    }

    fn function_keyword(&mut self) -> CompoundKind {
        let keyword = self.span(self.pos, self.pos + "function".len());
        self.pos += "function".len();
        self.skip_blanks();
        let name = self.word();
        self.skip_blanks();
        if self.current() == b'(' {
            self.pos += 1;
            self.skip_blanks();
            if self.current() == b')' {
                self.pos += 1;
            } else {
                self.error(self.pos, self.pos, "`)` is missing");
            }
        }
        self.function_body(name, Some(keyword))
    }

    fn coprocess(&mut self) -> CompoundKind {
        self.pos += "coproc".len();
        self.skip_blanks();
        let mut name: Option<Text> = None;
        if !self.starts_compound() {
            let start = self.pos;
            let word_len = self
                .slice(start, self.end)
                .bytes()
                .position(|it| !it.is_ascii_alphanumeric() && it != b'_');
            if let Some(len) = word_len.filter(|it| (1..MAX_NAME).contains(it)) {
                self.pos += len;
                self.skip_blanks();
                if self.starts_compound() {
                    name = Some(self.text(start, start + len));
                } else {
                    self.pos = start;
                }
            }
        }
        let body: Option<Command> = self.command();
        if body.is_none() {
            self.error(self.pos, self.pos, "a command is missing after `coproc`");
        }
        CompoundKind::Coprocess(Coprocess { name, body })
    }

    fn timed(&mut self) -> CompoundKind {
        self.pos += "time".len();
        self.skip_blanks();
        match self.command() {
            Some(command) => CompoundKind::Timed(command),
            None => CompoundKind::Group(List::default()),
        }
    }

    /// `[[ … ]]`: operands and operators become words.
    fn test(&mut self) -> CompoundKind {
        let start = self.pos;
        self.pos += 2;
        let mut words: Vec<Word> = Vec::new();
        loop {
            self.skip_newlines();
            if self.reserved() == "]]" {
                self.pos += 2;
                break;
            }
            let is_pattern = words.last().is_some_and(|it| it.raw == "=~");
            if is_pattern && !self.at_end() {
                let pattern = self.regex_word();
                if !pattern.parts.is_empty() {
                    words.push(pattern);
                    continue;
                }
            }
            if self.at_word() {
                words.push(self.word());
                continue;
            }
            let Some(len) = self.test_operator_len() else {
                self.error(start, start + 2, "this `[[` has no `]]`");
                break;
            };
            let operator_start = self.pos;
            self.pos += len;
            let mut parts = Vec::new();
            self.push_literal(&mut parts, operator_start, self.pos);
            let operator = self.word_from(operator_start, parts);
            words.push(operator);
        }
        CompoundKind::Test(TestExpression { words })
    }

    fn test_operator_len(&self) -> Option<usize> {
        match (self.current(), self.byte(self.pos + 1)) {
            (b'&', b'&') | (b'|', b'|') => Some(2),
            (b'(' | b')' | b'<' | b'>', _) => Some(1),
            _ => None,
        }
    }

    /// Goes over the reserved word `word`, or tells that the construct at `start` lacks it.
    fn close(
        &mut self,
        start: usize,
        len: usize,
        word: &str,
        message: &'static str,
    ) -> Option<Span> {
        if self.reserved() == word {
            let span = self.span(self.pos, self.pos + word.len());
            self.pos += word.len();
            return Some(span);
        }
        self.error(start, start + len, message);
        None
    }

    /// Whether a blank and then a word follow the `len` bytes at the cursor.
    fn is_followed_by_name(&self, len: usize) -> bool {
        let mut pos = self.pos + len;
        while matches!(self.byte(pos), b' ' | b'\t') {
            pos += 1;
        }
        let byte = self.byte(pos);
        pos > self.pos + len
            && (byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':'))
    }

    fn is_timed_compound(&self) -> bool {
        let mut pos = self.pos + "time".len();
        while matches!(self.byte(pos), b' ' | b'\t') {
            pos += 1;
        }
        matches!(self.byte(pos), b'(' | b'{') && !super::class::continues_name(self.byte(pos + 1))
    }

    fn starts_compound(&self) -> bool {
        let words = ["{", "if", "for", "while", "until", "case", "[[", "select"];
        self.current() == b'(' || words.contains(&self.reserved())
    }
}

/// The longest name of a coprocess that is looked for, in bytes.
const MAX_NAME: usize = 256;
