//! Commands, simple and compound, their redirections and here-documents.

use std::sync::{Arc, OnceLock};

use plimsoll_text::Span;

use crate::{
    invocation::{Invocation, Names, Prefix},
    script::List,
    text::Text,
    word::{Word, WordPart},
};

/// One command of a pipeline.
#[derive(Clone, Debug)]
pub enum Command {
    /// Assignments, words and redirections.
    Simple(Arc<SimpleCommand>),
    /// Something with commands inside.
    Compound(Box<CompoundCommand>),
}

impl Command {
    /// Its bytes.
    pub fn span(&self) -> Span {
        match self {
            Self::Simple(it) => it.span,
            Self::Compound(it) => it.span,
        }
    }
}

/// A command that is a row of words.
#[derive(Clone, Debug)]
pub struct SimpleCommand {
    /// Its bytes.
    pub span: Span,
    /// `x=1` before the first word.
    pub assignments: Vec<Assignment>,
    /// The command and its arguments; empty for a bare assignment or redirection.
    pub words: Vec<Word>,
    /// The redirections, wherever they stand among the words.
    pub redirects: Vec<Redirect>,
    names: Names,
}

impl SimpleCommand {
    pub(crate) fn new(
        span: Span,
        assignments: Vec<Assignment>,
        words: Vec<Word>,
        redirects: Vec<Redirect>,
    ) -> Self {
        let names = Names::of(&words);
        Self { span, assignments, words, redirects, names }
    }

    /// What is run, without its path: `apt-get` for `/usr/bin/apt-get`. `None` where the first word
    /// is not known before the run, or there is none.
    pub fn name(&self) -> Option<&str> {
        self.names.own()
    }

    /// The words after the first.
    pub fn args(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// The command that does the work, seen through `sudo`, `env`, `timeout`, `xargs` and so on.
    /// `None` where its name is not known before the run.
    pub fn effective(&self) -> Option<Invocation<'_>> {
        self.names.invocation(&self.words)
    }

    /// The prefixes that [`SimpleCommand::effective`] looks through, outermost first; also where
    /// the name behind them is not known.
    pub fn prefixes(&self) -> &[Prefix] {
        self.names.prefixes()
    }
}

/// `name=value` before a command, or alone.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Its bytes.
    pub span: Span,
    /// The variable.
    pub name: Text,
    /// What stands in brackets after the name, as it is written. A bashism.
    pub subscript: Option<Text>,
    /// Whether it is `+=`, a bashism.
    pub is_append: bool,
    /// The value; without parts for `x=`, with one part `Array` for `x=(…)`.
    pub value: Word,
}

/// A redirection.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// Its bytes, from the descriptor to the end of the target (the body of a here-document lies
    /// elsewhere).
    pub span: Span,
    /// The number before it, or the `{name}` of bash.
    pub descriptor: Option<Text>,
    /// What it does.
    pub operator: RedirectOperator,
    /// The bytes of the operator.
    pub operator_span: Span,
    /// The file, the descriptor or the delimiter; without parts where it is missing.
    pub target: Word,
    pub(crate) document: Option<Arc<OnceLock<HereDocument>>>,
}

impl Redirect {
    /// The here-document that it opens.
    pub fn here_document(&self) -> Option<&HereDocument> {
        self.document.as_ref()?.get()
    }

    /// The descriptor that it sets if it is known: the number written, else the operator's own.
    pub fn number(&self) -> Option<u32> {
        match &self.descriptor {
            Some(text) => text.parse().ok(),
            None => Some(u32::from(self.operator.is_output())),
        }
    }
}

/// What a redirection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectOperator {
    /// `<`
    Input,
    /// `>`
    Output,
    /// `>>`
    Append,
    /// `>|`
    Clobber,
    /// `<>`
    ReadWrite,
    /// `<&`
    DuplicateInput,
    /// `>&`
    DuplicateOutput,
    /// `&>`, a bashism.
    OutputBoth,
    /// `&>>`, a bashism.
    AppendBoth,
    /// `<<`
    HereDocument,
    /// `<<-`
    HereDocumentTabs,
    /// `<<<`, a bashism.
    HereString,
}

impl RedirectOperator {
    /// Whether it sets where output goes.
    pub fn is_output(self) -> bool {
        matches!(
            self,
            Self::Output
                | Self::Append
                | Self::Clobber
                | Self::DuplicateOutput
                | Self::OutputBoth
                | Self::AppendBoth
        )
    }
}

/// The body of a here-document.
#[derive(Clone, Debug)]
pub struct HereDocument {
    /// The bytes of the body, from the line after the command to the delimiter line.
    pub span: Span,
    /// The bytes of the delimiter at the end; empty where it is missing.
    pub end_span: Span,
    /// The body as it is written.
    pub text: Text,
    /// Whether the delimiter is quoted, so that nothing in the body expands.
    pub is_literal: bool,
    /// The body with its expansions; one literal part if nothing expands.
    pub parts: Vec<WordPart>,
}

/// A command that holds others.
#[derive(Clone, Debug)]
pub struct CompoundCommand {
    /// Its bytes with its redirections.
    pub span: Span,
    /// What it is.
    pub kind: CompoundKind,
    /// The redirections after it.
    pub redirects: Vec<Redirect>,
}

/// What a compound command is.
#[derive(Clone, Debug)]
pub enum CompoundKind {
    /// `( … )`
    Subshell(List),
    /// `{ …; }`
    Group(List),
    /// `if`
    If(IfClause),
    /// `for x in …`, and the bashism `select`.
    For(ForClause),
    /// `for ((…;…;…))`, a bashism.
    ArithmeticFor(ArithmeticFor),
    /// `while` and `until`.
    Loop(LoopClause),
    /// `case`
    Case(CaseClause),
    /// A function definition.
    Function(FunctionDefinition),
    /// `[[ … ]]`, a bashism.
    Test(TestExpression),
    /// `(( … ))`, a bashism.
    Arithmetic(Arithmetic),
    /// `coproc`, a bashism.
    Coprocess(Coprocess),
    /// `time` before a compound command (before a simple one it is a word of it).
    Timed(Command),
}

/// `if … fi`.
#[derive(Clone, Debug)]
pub struct IfClause {
    /// `if` and each `elif`.
    pub branches: Vec<IfBranch>,
    /// `else`.
    pub otherwise: Option<List>,
}

/// A condition and what it guards.
#[derive(Clone, Debug)]
pub struct IfBranch {
    /// What is asked.
    pub condition: List,
    /// What follows `then`.
    pub body: List,
}

/// `for` and `select`.
#[derive(Clone, Debug)]
pub struct ForClause {
    /// The variable; empty where it is missing.
    pub variable: Text,
    /// The bytes of the variable.
    pub variable_span: Span,
    /// What follows `in`; `None` for the positional parameters.
    pub words: Option<Vec<Word>>,
    /// What follows `do`.
    pub body: List,
    /// Whether it is `select`.
    pub is_select: bool,
}

/// `for ((…;…;…))`.
#[derive(Clone, Debug)]
pub struct ArithmeticFor {
    /// What stands in the parentheses.
    pub header: Arithmetic,
    /// What follows `do`.
    pub body: List,
}

/// `while` or `until`.
#[derive(Clone, Debug)]
pub struct LoopClause {
    /// Which.
    pub keyword: LoopKeyword,
    /// What is asked.
    pub condition: List,
    /// What follows `do`.
    pub body: List,
}

/// What a loop waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopKeyword {
    /// `while`
    While,
    /// `until`
    Until,
}

/// `case … esac`.
#[derive(Clone, Debug)]
pub struct CaseClause {
    /// What is compared.
    pub subject: Word,
    /// The arms.
    pub arms: Vec<CaseArm>,
}

/// One arm of a `case`.
#[derive(Clone, Debug)]
pub struct CaseArm {
    /// The patterns.
    pub patterns: Vec<Word>,
    /// The commands.
    pub body: List,
    /// `;;`, or the bashisms `;&` and `;;&`; empty where the arm ends without.
    pub end: Text,
}

/// A function definition.
#[derive(Clone, Debug)]
pub struct FunctionDefinition {
    /// The name.
    pub name: Text,
    /// The bytes of the name.
    pub name_span: Span,
    /// The word `function` before it, a bashism.
    pub keyword: Option<Span>,
    /// The body; `None` where it is missing.
    pub body: Option<Command>,
}

/// `[[ … ]]`.
#[derive(Clone, Debug)]
pub struct TestExpression {
    /// Operands and operators (`&&`, `==`, `(`) in order, without the brackets.
    pub words: Vec<Word>,
}

/// An arithmetic expression, read for its expansions only.
#[derive(Clone, Debug)]
pub struct Arithmetic {
    /// The bytes with the delimiters.
    pub span: Span,
    /// What stands between the delimiters, as it is written.
    pub text: Text,
    /// The same with its expansions.
    pub parts: Vec<WordPart>,
}

/// `coproc [name] command`.
#[derive(Clone, Debug)]
pub struct Coprocess {
    /// The name, if one is given.
    pub name: Option<Text>,
    /// The command; `None` where it is missing.
    pub body: Option<Command>,
}
