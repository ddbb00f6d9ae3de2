//! Shell text to a tree: POSIX sh, dash, busybox ash, bash, ksh and zsh, as far as rules ask.
//!
//! [`parse`] takes the logical text of a script (or of a Dockerfile instruction) and a
//! [`PositionMap`] that leads back to the file; every span of the tree is a span of the file. It
//! never fails: what cannot be understood becomes a [`SyntaxError`] beside the tree, and reading
//! goes on to the end. Time and memory are linear in the text, and nesting has a limit.
//!
//! Rules mostly want [`Script::commands`]: every simple command with what stands around it, and
//! [`SimpleCommand::effective`]: the command behind `sudo`, `env`, `timeout` and their kin.
//! Knows nothing of Dockerfiles or rules, and runs nothing.

mod dialect;
mod position;
mod text;
mod few;
mod word;
mod script;
mod command;
mod invocation;
mod arguments;
mod walk;
mod context;
mod parser;
mod nested;

pub use crate::{
    arguments::{FlagValue, find_flag, flag_value, flag_values, has_flag, positional},
    command::{
        Arithmetic, ArithmeticFor, Assignment, CaseArm, CaseClause, Command, CompoundCommand,
        CompoundKind, Coprocess, ForClause, FunctionDefinition, HereDocument, IfBranch, IfClause,
        LoopClause, LoopKeyword, Redirect, RedirectOperator, SimpleCommand, TestExpression,
    },
    context::{CommandContext, Enclosure, Enclosures},
    dialect::Dialect,
    few::Few,
    invocation::{Invocation, Prefix},
    nested::{located_text, parse_argument, shell_argument},
    parser::{MAX_DEPTH, MAX_ERRORS, MAX_NODES, MAX_TEXT, parse},
    position::PositionMap,
    script::{
        AndOr, Coverage, ErrorKind, List, Operator, OperatorKind, Pipeline, Script, SyntaxError,
    },
    text::Text,
    walk::{Node, walk_list, walk_script, walk_word},
    word::{
        CommandSubstitution, Parameter, ParameterOperator, ProcessSubstitution, SubstitutionStyle,
        Word, WordPart, WordPartKind,
    },
};
