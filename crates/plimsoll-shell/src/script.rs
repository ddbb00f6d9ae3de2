//! A script and its lists: what joins commands to each other.

use std::{borrow::Cow, sync::Arc};

use plimsoll_text::Span;

use crate::{
    command::Command, context::CommandContext, dialect::Dialect, few::Few, position::PositionMap,
};

/// A parsed shell text.
#[derive(Clone, Debug)]
pub struct Script {
    /// The commands as a tree.
    pub list: List,
    /// What could not be understood, in the order in which it was met.
    pub errors: Vec<SyntaxError>,
    /// The comments, each from its `#` to the end of its line.
    pub comments: Vec<Span>,
    /// The shell that the text was read for.
    pub dialect: Dialect,
    /// How much of the text the tree speaks for.
    pub coverage: Coverage,
    pub(crate) commands: Vec<CommandContext>,
    pub(crate) text: Arc<str>,
    pub(crate) map: PositionMap,
}

impl Script {
    /// Every simple command at any depth in source order (a command comes before those in its
    /// substitutions), with what stands around it. The strings given to `sh -c` and `eval` are not
    /// looked into; see [`crate::parse_argument`].
    pub fn commands(&self) -> &[CommandContext] {
        &self.commands
    }

    /// Whether the tree speaks for the whole text and nothing in it was in doubt.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty() && self.coverage == Coverage::Whole
    }
}

/// How much of a text its tree speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// All of it.
    Whole,
    /// A limit was hit: what follows the last node was not read. An error says which limit.
    Limited,
    /// Nothing: the dialect is not one that is parsed.
    Unparsed,
}

/// A place where the text is not shell as the parser knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where; for something left open, its opening.
    pub span: Span,
    /// What is wrong.
    pub message: Cow<'static, str>,
    /// Whether the text or a limit is to blame.
    pub kind: ErrorKind,
}

/// What is to blame for an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text.
    Syntax,
    /// A limit of the parser; the rest was not read, or not reported.
    Limit,
}

/// Commands one after the other.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// From the first to the last command with its separator; empty at the place of an empty list.
    pub span: Span,
    /// The and-or lists.
    pub items: Vec<AndOr>,
}

/// Pipelines joined by `&&` and `||`.
#[derive(Clone, Debug)]
pub struct AndOr {
    /// Its bytes without the separator.
    pub span: Span,
    /// The pipelines; at least one.
    pub pipelines: Few<Pipeline>,
    /// What joins them: the operator at index `n` stands after pipeline `n`.
    pub operators: Vec<Operator>,
    /// The `;`, `&` or newline that ends it.
    pub separator: Option<Operator>,
}

/// Commands joined by `|`.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Its bytes.
    pub span: Span,
    /// The `!` before it.
    pub negation: Option<Span>,
    /// The commands; at least one.
    pub commands: Few<Command>,
    /// What joins them: the operator at index `n` stands after command `n`.
    pub operators: Vec<Operator>,
}

/// A piece of text that joins or ends commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Which one.
    pub kind: OperatorKind,
    /// Its bytes.
    pub span: Span,
}

/// The operators between commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorKind {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;`
    Semicolon,
    /// `&`
    Background,
    /// A line feed.
    Newline,
    /// `|`
    Pipe,
    /// `|&`, a bashism.
    PipeBoth,
}
