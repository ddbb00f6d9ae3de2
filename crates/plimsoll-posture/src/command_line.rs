//! Finds `docker` and `podman` command lines in scripts, Makefiles, systemd units, Markdown and CI
//! files, and reads them: what is run becomes a [`Service`], what is built a [`BuildLine`].
//!
//! Knows nothing of what is good or bad, runs nothing, and fills in no variable: `$IMAGE` stays the
//! text that it is.

mod text;
mod argument;
mod option;
mod value;
mod run_options;
mod run;
mod build;

use std::{collections::BTreeSet, sync::Arc};

use plimsoll_shell::{
    Dialect, Script, SimpleCommand, Word, WordPart, WordPartKind, parse, parse_argument,
    shell_argument,
};
use plimsoll_text::{Location, Source};

use crate::{
    command_line::{argument::Argument, option::skip_global_options, text::ScriptText},
    service::Service,
    setting::Setting,
};

pub use crate::command_line::build::BuildLine;

/// Commands after this many in one file are not read.
pub const MAX_COMMANDS: usize = 10_000;
/// Scripts inside of scripts (`sh -c '...'`) below this depth are not read.
pub const MAX_NESTING: usize = 4;

/// What a text is, so that its scripts can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommandText {
    /// A shell script.
    ShellScript,
    /// A Makefile: its recipes count.
    Makefile,
    /// A systemd unit: its `Exec...=` lines count.
    SystemdUnit,
    /// Markdown: its fenced blocks of shell text, or without a language, count.
    Markdown,
    /// A GitHub or GitLab CI file: its `run` and `script` texts count.
    YamlScript,
}

/// The command lines of one text.
#[derive(Clone, Debug, Default)]
pub struct CommandLines {
    /// What is run, in order.
    pub services: Vec<Service>,
    /// Indexes of the services that are not told whole, so that nothing can be said of what is
    /// absent: updates of a service, and lines that hold options in a variable.
    pub partial: BTreeSet<usize>,
    /// The files that `--env-file` names, each with the index of its service.
    pub env_files: Vec<(usize, Setting<String>)>,
    /// What is built, in order.
    pub builds: Vec<BuildLine>,
    /// Every other command, in order: `push`, `pull`, `login`, ...
    pub others: Vec<OtherCommand>,
    /// Every command that is not one of an engine, by its name: `trivy`, `cosign`, ... Only names
    /// that are known before the run.
    pub programs: Vec<Setting<String>>,
    /// Whether a limit was reached, so that a part of the text was not read.
    pub is_truncated: bool,
}

/// A command of an engine that neither runs nor builds.
#[derive(Clone, PartialEq)]
pub struct OtherCommand {
    /// The engine's word: `docker`, `podman`, ...
    pub place: Location,
    /// What it does: `push`, `login`, `image save`, ...
    pub verb: String,
    /// The words after the verb, options among them.
    pub arguments: Vec<Setting<String>>,
}

impl std::fmt::Debug for OtherCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // An argument may be a password.
        f.debug_struct("OtherCommand").field("verb", &self.verb).finish_non_exhaustive()
    }
}

/// Finds and reads every command line of `source`.
pub fn read_command_lines(source: &Arc<Source>, kind: CommandText) -> CommandLines {
    let (texts, is_truncated) = text::scripts(source, kind);
    let mut reader = Reader {
        source,
        n_left: MAX_COMMANDS,
        res: CommandLines { is_truncated, ..CommandLines::default() },
    };
    for ScriptText { text, map, dialect } in texts {
        let script = parse(&text, &map, dialect);
        reader.read_script(&script, 0);
    }
    reader.res
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    n_left: usize,
    res: CommandLines,
}

impl Reader<'_> {
    fn read_script(&mut self, script: &Script, depth: usize) {
        self.res.is_truncated |= script.coverage == plimsoll_shell::Coverage::Limited;
        for context in script.commands() {
            if self.n_left == 0 {
                self.res.is_truncated = true;
                return;
            }
            self.n_left -= 1;
            self.read_command(script, &context.command, depth);
        }
    }

    fn read_command(&mut self, script: &Script, command: &SimpleCommand, depth: usize) {
        if let Some((word, dialect)) = command.effective().and_then(|it| shell_argument(&it)) {
            if depth >= MAX_NESTING {
                self.res.is_truncated = true;
            } else if let Some(inner) = parse_argument(script, word, dialect) {
                self.read_script(&inner, depth + 1);
            }
            return;
        }
        let first = command.prefixes().last().map_or(0, |it| it.end_idx);
        let words = command.words.get(first..).unwrap_or_default();
        let engine_idx = words.iter().take(2).position(|it| is_engine(self.source, script, it));
        // A word before the engine is a prefix only if it is a variable: `$SUDO docker run`.
        let engine_idx = engine_idx.filter(|idx| {
            *idx == 0 || words.first().is_some_and(|it| is_variable(self.source, script, it))
        });
        match engine_idx.and_then(|idx| words.get(idx..)) {
            Some(words) => self.read_engine(script, words),
            None => self.read_program(command),
        }
    }

    fn read_program(&mut self, command: &SimpleCommand) {
        if let Some(invocation) = command.effective() {
            let place = Location::new(self.source, invocation.name_word.span);
            self.res.programs.push(Setting::at(place, invocation.name.to_owned()));
        }
    }

    fn read_engine(&mut self, script: &Script, words: &[Word]) {
        let arguments = words.iter().map(|it| Argument::new(self.source, script, it));
        let arguments: Vec<Argument> = arguments.collect();
        let Some((engine, rest)) = arguments.split_first() else { return };
        let rest = skip_global_options(rest);
        let Some((verb, after)) = rest.split_first() else { return };
        let sub = after.first().map(Argument::text).unwrap_or_default();
        let after_sub = after.get(1..).unwrap_or_default();
        let is_service = verb.text() == "service";
        match (verb.text(), sub) {
            ("run" | "create", _) => self.push_service(run::read_run(verb, after)),
            ("container", "run" | "create") => {
                self.push_service(after.first().and_then(|it| run::read_run(it, after_sub)));
            }
            ("service", "create" | "update") => {
                let word = after.first();
                self.push_service(word.and_then(|it| run::read_swarm(it, after_sub)));
            }
            ("build" | "bud", _) => self.res.builds.push(build::read(verb, after)),
            ("image" | "builder", "build") | ("buildx", "build" | "b") => {
                self.res.builds.extend(after.first().map(|it| build::read(it, after_sub)));
            }
            (verb_text, sub) => {
                let has_sub = is_service || GROUPS.contains(&verb_text);
                let name = if has_sub { format!("{verb_text} {sub}") } else { verb_text.into() };
                let arguments = if has_sub { after_sub } else { after };
                self.res.others.push(OtherCommand {
                    place: engine.location(),
                    verb: name,
                    arguments: arguments.iter().map(Argument::setting).collect(),
                });
            }
        }
    }

    fn push_service(&mut self, run: Option<run::Run>) {
        let Some(run) = run else { return };
        let idx = self.res.services.len();
        if run.is_partial {
            self.res.partial.insert(idx);
        }
        self.res.env_files.extend(run.env_files.into_iter().map(|it| (idx, it)));
        self.res.services.push(run.service);
    }
}

/// Words of the engine that another word follows.
#[rustfmt::skip]
static GROUPS: &[&str] = &[
    "buildx", "builder", "checkpoint", "config", "container", "context", "image", "manifest",
    "network", "node", "plugin", "secret", "service", "stack", "swarm", "system", "trust", "volume",
    "scout", "machine", "pod", "generate", "play", "kube",
];

/// Whether `word` runs an engine: by its name, or as a variable that is called like one or has one
/// as its default.
fn is_engine(source: &Arc<Source>, script: &Script, word: &Word) -> bool {
    if let Some(text) = word.literal()
        && !text.contains(text::MASK)
    {
        let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
        return ENGINES.contains(&name.strip_suffix(".exe").unwrap_or(name));
    }
    let argument = Argument::new(source, script, word);
    let Some(inner) = variable_of(argument.text()) else { return false };
    let name_len = inner.find(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    let (name, rest) = inner.split_at_checked(name_len.unwrap_or(inner.len())).unwrap_or_default();
    let default = rest.trim_start_matches([':', '-', '=']);
    ENGINE_VARIABLES.contains(&name.to_ascii_uppercase().as_str()) || ENGINES.contains(&default)
}

/// Whether `word` is nothing but a variable.
fn is_variable(source: &Arc<Source>, script: &Script, word: &Word) -> bool {
    let only = |part: &WordPart| matches!(part.kind, WordPartKind::Parameter(_));
    matches!(word.parts.as_slice(), [part] if only(part))
        || variable_of(Argument::new(source, script, word).text()).is_some()
}

/// What is named in `$x`, `${x...}` or `$(x)`.
fn variable_of(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('$')?;
    let braced = rest.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    let inner = braced.or_else(|| rest.strip_prefix('(').and_then(|it| it.strip_suffix(')')));
    let inner = inner.unwrap_or(rest);
    let is_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let is_whole = inner.len() != rest.len() || rest.chars().all(is_name);
    (is_whole && !inner.contains(['$', ' '])).then_some(inner)
}

static ENGINES: &[&str] = &["docker", "podman", "nerdctl", "buildah"];

/// What people call the variable that holds the engine.
#[rustfmt::skip]
static ENGINE_VARIABLES: &[&str] = &[
    "DOCKER", "DOCKER_BIN", "DOCKERBIN", "DOCKER_CMD", "DOCKERCMD", "DOCKER_COMMAND", "DOCKER_EXE",
    "DOCKER_CLI", "DOCKER_EXEC", "DOCKER_PATH", "DOCKER_ENGINE", "PODMAN", "NERDCTL", "BUILDAH",
    "CONTAINER_ENGINE", "CONTAINER_RUNTIME", "CONTAINER_TOOL", "CONTAINER_CLI", "CONTAINER_CMD",
    "CONTAINER_COMMAND", "CONTAINER_BIN", "CONTAINER_EXE", "OCI_ENGINE", "OCI_BIN", "OCI_RUNTIME",
];

/// The dialect of a script without a first line that names one: bash takes most.
const DEFAULT_DIALECT: Dialect = Dialect::Bash;

#[cfg(test)]
mod tests;
