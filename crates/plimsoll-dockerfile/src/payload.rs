//! What each instruction says, typed. Filled by the parser; knows no rule.

use std::fmt;

use plimsoll_shell::Script;
use plimsoll_text::Span;

use crate::{
    image_reference::ImageReference,
    logical::LogicalText,
    model::{ExecWord, Instruction, Word},
    shell_in_force::ShellKind,
};

/// What an instruction says.
#[derive(Clone, Debug)]
pub enum InstructionKind {
    /// `FROM`
    From(Box<From>),
    /// `RUN`
    Run(Run),
    /// `COPY`
    Copy(Copy),
    /// `ADD`
    Add(Copy),
    /// `ARG`, one or more
    Arg(Vec<Argument>),
    /// `ENV`
    Env(Pairs),
    /// `LABEL`
    Label(Pairs),
    /// `EXPOSE`
    Expose(Vec<Port>),
    /// `USER`
    User(User),
    /// `WORKDIR`; the path is all that follows
    Workdir(Word),
    /// `VOLUME`
    Volume(Volume),
    /// `CMD`
    Cmd(ShellOrExec),
    /// `ENTRYPOINT`
    Entrypoint(ShellOrExec),
    /// `HEALTHCHECK`
    Healthcheck(Healthcheck),
    /// `SHELL`
    Shell(Vec<ExecWord>),
    /// `STOPSIGNAL`
    Stopsignal(Word),
    /// `MAINTAINER`
    Maintainer(Word),
    /// `ONBUILD`, with the instruction that it keeps for later
    Onbuild(Box<Instruction>),
    /// A word that is no instruction
    Unknown {
        /// The word, as written.
        name: String,
    },
    /// A known instruction whose arguments cannot be read; the errors say why
    Invalid,
}

/// `FROM image [AS name]`
#[derive(Clone, Debug)]
pub struct From {
    /// What the stage starts from.
    pub image: Image,
    /// The value of `--platform`.
    pub platform: Option<String>,
    /// `AS name`
    pub alias: Option<Alias>,
}

/// The image that `FROM` names.
#[derive(Clone, Debug)]
pub struct Image {
    /// As written.
    pub word: Word,
    /// Its parts as written, where variables stay variables. Spans point into the file.
    pub reference: Option<ImageReference>,
    /// The image after expansion with the defaults of the global arguments; `None` where that is
    /// not known. Its spans point into the expanded text, not the file.
    pub expanded: Option<ImageReference>,
}

/// `AS name`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The word `AS`, in the case it was written.
    pub keyword: Span,
    /// The name, in the case it was written.
    pub name: Word,
}

/// `RUN`
#[derive(Clone, Debug)]
pub struct Run {
    /// What is run.
    pub form: ShellOrExec,
    /// The `--mount` flags, read.
    pub mounts: Vec<Mount>,
}

/// One `--mount=` of `RUN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The value of `type`, or `bind`.
    pub kind: String,
    /// Its options in order, `type` too.
    pub options: Vec<MountOption>,
    /// The value of the flag.
    pub span: Span,
    /// Where `from` leads, if there is one.
    pub from: Option<StageReference>,
}

impl Mount {
    /// The value of an option under any of its names; `Some("")` for one without a value.
    pub fn option(&self, names: &[&str]) -> Option<&str> {
        let option = self.options.iter().find(|it| names.contains(&it.key.as_str()))?;
        Some(option.value.as_deref().unwrap_or_default())
    }

    /// Where it is mounted.
    pub fn target(&self) -> Option<&str> {
        self.option(&["target", "dst", "destination"])
    }

    /// What is mounted.
    pub fn source(&self) -> Option<&str> {
        self.option(&["source", "src"])
    }
}

/// One `key=value` of a mount.
#[derive(Clone, PartialEq, Eq)]
pub struct MountOption {
    /// The key in lower case.
    pub key: String,
    /// The value, if there is an equals sign.
    pub value: Option<String>,
    /// All of it.
    pub span: Span,
    /// The value alone.
    pub value_span: Option<Span>,
}

impl fmt::Debug for MountOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value may be a secret.
        f.debug_struct("MountOption")
            .field("key", &self.key)
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}

/// What `--from` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageReference {
    /// As written, quotes taken off.
    pub text: String,
    /// Where.
    pub span: Span,
    /// The earlier stage it means; `None` for an image, a named context, or a variable.
    pub stage: Option<usize>,
}

/// A command in one of its two forms.
#[derive(Clone, Debug)]
pub enum ShellOrExec {
    /// Text for the shell in force.
    Shell(Box<ShellForm>),
    /// A JSON array, run as it is.
    Exec(ExecForm),
}

impl ShellOrExec {
    /// The shell form, if it is one.
    pub fn shell(&self) -> Option<&ShellForm> {
        match self {
            ShellOrExec::Shell(form) => Some(form),
            ShellOrExec::Exec(_) => None,
        }
    }

    /// The exec form, if it is one.
    pub fn exec(&self) -> Option<&ExecForm> {
        match self {
            ShellOrExec::Shell(_) => None,
            ShellOrExec::Exec(form) => Some(form),
        }
    }

    /// Every script in it that could be read: the command itself, then those in heredocs.
    pub fn scripts(&self) -> impl Iterator<Item = &Script> {
        let form = self.shell();
        let embedded = form.map(|it| it.embedded.as_slice()).unwrap_or_default();
        let own = form.and_then(|it| it.script.as_ref());
        own.into_iter().chain(embedded.iter().filter_map(|it| it.script.as_ref()))
    }
}

/// A command as text for a shell.
#[derive(Clone, Debug)]
pub struct ShellForm {
    /// What the shell is handed: the joined line with its heredocs, or, where a heredoc is all
    /// there is (`RUN <<EOF`), the body of that heredoc.
    pub text: LogicalText,
    /// Where the command stands, heredoc bodies left out.
    pub span: Span,
    /// The index of the heredoc whose body `text` is, for `RUN <<EOF`.
    pub body_of: Option<usize>,
    /// The program that reads `text`: the shell in force, or what the `#!` line names.
    pub shell: ShellKind,
    /// The words after the program on the `#!` line.
    pub shebang_options: Vec<String>,
    /// Whether a `#!` line names the program, so that the options of `SHELL` are not in force.
    pub shebang: bool,
    /// `text` read as a script; `None` where `shell` is not a shell that can be read.
    pub script: Option<Script>,
    /// Scripts handed to a shell or interpreter by heredoc, as in `bash <<EOF`.
    pub embedded: Vec<EmbeddedScript>,
    /// Whether it starts with `[` but is no JSON array, so that it silently became a shell form.
    /// Note that `[ -f x ] && y` starts so too, and is meant.
    pub exec_fallback: bool,
}

/// The body of a heredoc that some command of the line runs.
#[derive(Clone, Debug)]
pub struct EmbeddedScript {
    /// The index of the heredoc.
    pub heredoc: usize,
    /// What runs it.
    pub shell: ShellKind,
    /// The body, leading tabs gone for `<<-`.
    pub text: LogicalText,
    /// The body read as a script, where it is one that can be read.
    pub script: Option<Script>,
}

/// A command as a JSON array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecForm {
    /// Its strings.
    pub words: Vec<ExecWord>,
    /// The array with its brackets.
    pub span: Span,
}

/// `COPY` or `ADD`. The flags other than `--from` are in [`Instruction::flags`].
#[derive(Clone, Debug)]
pub struct Copy {
    /// What is copied.
    pub sources: Vec<CopySource>,
    /// Where to.
    pub destination: Word,
    /// Whether it is the JSON form.
    pub json: bool,
    /// The value of `--from`.
    pub from: Option<StageReference>,
}

impl Copy {
    /// The sources that are paths or addresses.
    pub fn paths(&self) -> impl Iterator<Item = &Word> {
        self.sources.iter().filter_map(|it| match it {
            CopySource::Path(word) => Some(word),
            CopySource::Heredoc(_) => None,
        })
    }
}

/// One source of `COPY` or `ADD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopySource {
    /// A path, pattern or address.
    Path(Word),
    /// The heredoc of this index.
    Heredoc(usize),
}

/// One name of `ARG`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The name.
    pub name: Word,
    /// The default as written, which may be empty.
    pub default: Option<Word>,
    /// All of it.
    pub span: Span,
}

/// The pairs of `ENV` or `LABEL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// In order.
    pub pairs: Vec<Pair>,
    /// Whether it is the old form `ENV key value`.
    pub legacy: bool,
}

/// One pair of `ENV` or `LABEL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The key without quotes.
    pub name: String,
    /// The key as written.
    pub key: Word,
    /// The value as written, which may be empty.
    pub value: Word,
    /// Both, and the sign between.
    pub span: Span,
}

/// One word of `EXPOSE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// As written.
    pub word: Word,
    /// First and last port as written, even if out of range (which is an error too); `None` where a
    /// variable stands in the way or it is no number.
    pub range: Option<(u32, u32)>,
    /// What follows the slash, in lower case; `None` means TCP.
    pub protocol: Option<String>,
    /// Whether a host address or port is written before it, which has no effect.
    pub has_host: bool,
}

/// `USER`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// All that follows.
    pub word: Word,
    /// Before the colon.
    pub user: Word,
    /// After the colon.
    pub group: Option<Word>,
}

/// `VOLUME`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// The paths.
    pub paths: Vec<Word>,
    /// Whether it is the JSON form.
    pub json: bool,
}

/// `HEALTHCHECK`; the options are in [`Instruction::flags`].
#[derive(Clone, Debug)]
pub enum Healthcheck {
    /// `HEALTHCHECK NONE`
    None,
    /// `HEALTHCHECK CMD`
    Cmd(ShellOrExec),
}
