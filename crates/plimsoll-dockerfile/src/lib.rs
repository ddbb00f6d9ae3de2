//! The Dockerfile reader: text to a tree with spans, errors beside it.
//!
//! Pure and lossless: nothing is opened or fetched, and one bad line costs that line only. What is
//! good or bad in a Dockerfile is not known here; that is for the rules.

mod model;
mod keyword;
mod payload;
mod logical;
mod directive;
mod image_reference;
mod stage;
mod shell_in_force;
mod environment;
mod expansion;
mod parse;
mod lines;
mod heredoc;
mod words;
mod flags;
mod json;
mod instruction;
mod script;
mod base_shell;

pub use crate::{
    directive::{CheckOptions, Directive, DirectiveKind},
    environment::{Environment, Origin, Variable},
    expansion::{Expansion, VariableUse},
    image_reference::{ImageReference, ReferencePart, ReferenceProblem},
    keyword::Keyword,
    logical::LogicalText,
    model::{
        Comment, Dockerfile, ExecWord, Flag, Heredoc, Instruction, SyntaxError, SyntaxErrorKind,
        Word,
    },
    payload::{
        Alias, Argument, Copy, CopySource, EmbeddedScript, ExecForm, From, Healthcheck, Image,
        InstructionKind, Mount, MountOption, Pair, Pairs, Port, Run, ShellForm, ShellOrExec,
        StageReference, User, Volume,
    },
    shell_in_force::{ShellInForce, ShellKind},
    stage::{Base, EdgeKind, Stage, StageEdge},
};
