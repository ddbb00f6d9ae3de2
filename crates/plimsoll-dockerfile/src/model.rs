//! What a Dockerfile reads as. Knows no rule and no syntax; the parser fills it.

use std::{fmt, sync::Arc};

use plimsoll_text::{Source, Span};

use crate::{
    directive::{CheckOptions, Directive, DirectiveKind},
    environment::{Definitions, Environment},
    expansion::{Expansion, expand},
    keyword::Keyword,
    logical::LogicalText,
    parse,
    payload::InstructionKind,
    shell_in_force::ShellInForce,
    stage::{Stage, StageNames},
};

/// A Dockerfile, or a fragment of one (no `FROM`, hence no stage).
#[derive(Clone, Debug)]
pub struct Dockerfile {
    /// The text that every span points into.
    pub source: Arc<Source>,
    /// Parser directives at the top, unknown and repeated ones too.
    pub directives: Vec<Directive>,
    /// The escape and continuation character: a backslash or a backtick.
    pub escape: char,
    /// Every comment line that is no parser directive, also those inside continued instructions.
    pub comments: Vec<Comment>,
    /// Blank lines inside continued instructions, without their line ending.
    pub blank_continuations: Vec<Span>,
    /// The instructions in source order. `ONBUILD RUN x` is one instruction, of keyword
    /// [`Keyword::Onbuild`], that holds the inner one; see [`Dockerfile::all_instructions`].
    pub instructions: Vec<Instruction>,
    /// The build stages; empty in a fragment without `FROM`.
    pub stages: Vec<Stage>,
    /// What is wrong with the text, in the order it was found.
    pub errors: Vec<SyntaxError>,
    pub(crate) definitions: Definitions,
    pub(crate) stage_names: StageNames,
}

impl Dockerfile {
    /// Reads `source`. Never fails: what is wrong is in [`Dockerfile::errors`].
    pub fn parse(source: &Arc<Source>) -> Self {
        parse::parse(source)
    }

    /// Whether it has no `FROM`, such as a snippet of a guide.
    pub fn is_fragment(&self) -> bool {
        self.stages.is_empty()
    }

    /// Every instruction that does something: as [`Dockerfile::instructions`], but in the place of
    /// each `ONBUILD` stands the instruction inside it, with `onbuild` set and the same `index`.
    pub fn all_instructions(&self) -> impl Iterator<Item = &Instruction> {
        self.instructions.iter().map(Instruction::effective)
    }

    /// The instructions of one stage, its `FROM` first; none if there is no such stage.
    pub fn stage_instructions(&self, stage: usize) -> &[Instruction] {
        let range = self.stages.get(stage).map(|it| it.instructions.clone());
        range.and_then(|it| self.instructions.get(it)).unwrap_or_default()
    }

    /// The variables in effect when the instruction at `index` runs (its own are not yet set).
    /// Costs nothing until asked for a name.
    pub fn environment_at(&self, index: usize) -> Environment<'_> {
        let instruction = self.instructions.get(index);
        let in_from = instruction.is_some_and(|it| it.keyword == Keyword::From);
        let stage = if in_from { None } else { instruction.and_then(|it| it.stage) };
        Environment::new(&self.definitions, &self.stages, stage, index, self.escape)
    }

    /// Expands a word of `instruction` where it stands; the spans of the result point into the
    /// file.
    pub fn expand_word(&self, instruction: &Instruction, word: &Word) -> Expansion {
        let environment = self.environment_at(instruction.index);
        let mut res = expand(&word.text, &environment);
        for variable in res.used.iter_mut().chain(&mut res.undefined) {
            let start = word.offset + variable.span.start;
            variable.span = instruction.text.locate(start..start + variable.span.len());
        }
        res
    }

    /// What the `# check=` directive asks for, if there is one.
    pub fn check_options(&self) -> Option<CheckOptions> {
        let mut known = self.directives.iter().filter(|it| !it.duplicate);
        known.find(|it| it.kind == DirectiveKind::Check).map(Directive::check_options)
    }
}

/// One instruction.
#[derive(Clone)]
pub struct Instruction {
    /// Its place in [`Dockerfile::instructions`]; inside `ONBUILD` that of the `ONBUILD`.
    pub index: usize,
    /// Which instruction.
    pub keyword: Keyword,
    /// The keyword as written.
    pub name: Span,
    /// All of it: continuation lines and heredoc bodies with their terminators too.
    pub span: Span,
    /// What follows the keyword, flags included, heredoc bodies not; empty if nothing does.
    pub args: Span,
    /// The stage it belongs to; `None` before the first `FROM`.
    pub stage: Option<usize>,
    /// Whether it stands inside `ONBUILD`.
    pub onbuild: bool,
    /// The `--name=value` words before the arguments.
    pub flags: Vec<Flag>,
    /// The heredocs it opens, in order.
    pub heredocs: Vec<Heredoc>,
    /// The shell that shell forms run in here.
    pub shell: Arc<ShellInForce>,
    /// The instruction on one line: continuations joined, comments and heredoc bodies left out.
    pub text: LogicalText,
    /// What it says.
    pub kind: InstructionKind,
}

impl Instruction {
    /// Itself, or for `ONBUILD` the instruction inside.
    pub fn effective(&self) -> &Instruction {
        match &self.kind {
            InstructionKind::Onbuild(inner) => inner,
            _ => self,
        }
    }

    /// The first flag called `name` (without dashes).
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|it| it.name == name)
    }

    /// Every flag called `name`, for those that may be repeated.
    pub fn flags_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Flag> {
        self.flags.iter().filter(move |it| it.name == name)
    }
}

impl fmt::Debug for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The arguments may hold a secret; keyword and place say enough.
        let mut res = f.debug_struct("Instruction");
        res.field("index", &self.index).field("keyword", &self.keyword).field("span", &self.span);
        res.finish_non_exhaustive()
    }
}

/// A `--name` or `--name=value` before the arguments.
#[derive(Clone, PartialEq, Eq)]
pub struct Flag {
    /// The name without dashes, as written.
    pub name: String,
    /// What follows the equals sign, quotes taken off; `None` without an equals sign.
    pub value: Option<String>,
    /// The whole flag.
    pub span: Span,
    /// The value as written, with its quotes.
    pub value_span: Option<Span>,
}

impl fmt::Debug for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value may be a secret.
        f.debug_struct("Flag")
            .field("name", &self.name)
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}

impl Flag {
    /// The value, or an empty text.
    pub fn text(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }

    /// Whether a flag of the kind `--link`, `--link=true` is set; `None` if it is neither true nor
    /// false.
    pub fn is_true(&self) -> Option<bool> {
        match self.value.as_deref() {
            None | Some("1" | "t" | "T" | "true" | "TRUE" | "True") => Some(true),
            Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Some(false),
            Some(_) => None,
        }
    }
}

/// A heredoc: its opener in the instruction, and the lines it takes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The word that ends it, without quotes.
    pub delimiter: String,
    /// Whether the delimiter was quoted or escaped.
    pub quoted: bool,
    /// Whether it is `<<-`, so that leading tabs fall away.
    pub strip_tabs: bool,
    /// The word that opens it, such as `<<"EOF"`.
    pub opener: Span,
    /// The lines between, with their line endings; the terminator is not in it.
    pub body: Span,
    /// The line that ends it, without its line ending; empty if there is none.
    pub terminator: Span,
    /// Whether the terminator was found.
    pub terminated: bool,
}

impl Heredoc {
    /// Whether variables in the body are expanded, as they are unless the delimiter is quoted.
    pub fn expand(&self) -> bool {
        !self.quoted
    }
}

/// A piece of the arguments, as written. Where it spans a continuation, `text` is the joined text
/// and `span` covers the continuation too.
#[derive(Clone, PartialEq, Eq)]
pub struct Word {
    /// As written, quotes and escapes included; for JSON forms the decoded string.
    pub text: String,
    /// Where it stands; for JSON forms with its quotes.
    pub span: Span,
    /// Where it starts in [`Instruction::text`].
    pub offset: usize,
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value may be a secret.
        f.debug_struct("Word").field("span", &self.span).finish_non_exhaustive()
    }
}

impl Word {
    /// The text without its quotes and escapes; variables are left alone.
    pub fn unquoted(&self, escape: char) -> String {
        crate::words::unquote(&self.text, escape)
    }
}

/// A string of a JSON array.
#[derive(Clone, PartialEq, Eq)]
pub struct ExecWord {
    /// The string, escapes resolved.
    pub value: String,
    /// Where it stands, with its quotes.
    pub span: Span,
}

impl fmt::Debug for ExecWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value may be a secret.
        f.debug_struct("ExecWord").field("span", &self.span).finish_non_exhaustive()
    }
}

/// A comment line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From the `#` to the end of the line.
    pub span: Span,
    /// Whether it stands inside a continued instruction.
    pub in_continuation: bool,
    /// The index of the instruction it stands in, or else of the next one after it (which may be
    /// one past the last).
    pub instruction: usize,
}

/// Something that a builder would refuse, or that this reader could not take in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What sort of error.
    pub kind: SyntaxErrorKind,
    /// In words.
    pub message: String,
}

/// The sorts of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// The line does not start with a known instruction.
    UnknownInstruction,
    /// The instruction needs an argument more.
    MissingArgument,
    /// The instruction takes fewer arguments.
    TooManyArguments,
    /// The instruction does not know this flag.
    UnknownFlag,
    /// The flag may stand once only.
    DuplicateFlag,
    /// The flag needs a value, or another one.
    BadFlagValue,
    /// No line ends the heredoc.
    UnterminatedHeredoc,
    /// The delimiter of the heredoc is not what it seems to be.
    MalformedHeredoc,
    /// The JSON array holds something that is no string, or is needed and not there.
    BadJson,
    /// A pair has no equals sign.
    MissingEquals,
    /// A pair has no name.
    MissingName,
    /// The value of a parser directive is not allowed.
    BadDirective,
    /// The name of a stage has a form that is not allowed.
    BadStageName,
    /// The name of an image cannot be one.
    BadImageReference,
    /// `FROM` is not of the form `FROM image [AS name]`.
    BadFrom,
    /// The instruction cannot stand inside `ONBUILD`.
    BadOnbuild,
    /// `HEALTHCHECK` is followed by neither `NONE` nor `CMD`.
    BadHealthcheck,
    /// A port is no port.
    BadPort,
    /// The instruction stands before the first `FROM`.
    BeforeFirstStage,
    /// A stage takes files from itself or from a later one, or the stages are too deep.
    BadStageGraph,
    /// The text is larger than what this reader takes; the rest is not in the model.
    LimitExceeded,
}
