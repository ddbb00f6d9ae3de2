//! Questions about shell text that several rules ask. Knows no rule.

use std::collections::BTreeMap;

use plimsoll_dockerfile::{Instruction, Origin, ShellOrExec};
use plimsoll_shell::{
    AndOr, Command, CommandContext, CompoundKind, Dialect, Enclosure, Node, OperatorKind,
    Parameter, Script, SimpleCommand, Word, WordPart, WordPartKind, walk_script,
};
use plimsoll_text::Span;

use crate::subject::dockerfile::{DockerfileSubject, form};

/// The scripts of an instruction whose text the shell reads as it is written. In the body of a
/// heredoc without quotes, handed to another shell, the first shell has expanded all variables.
pub(crate) fn plain_scripts(instruction: &Instruction) -> Vec<&Script> {
    let Some(form) = form(instruction).and_then(ShellOrExec::shell) else { return Vec::new() };
    let embedded = form.embedded.iter().filter(|it| {
        let heredoc = instruction.heredocs.get(it.heredoc);
        heredoc.is_some_and(|heredoc| heredoc.quoted)
    });
    form.script.iter().chain(embedded.filter_map(|it| it.script.as_ref())).collect()
}

/// The commands of [`plain_scripts`].
pub(crate) fn plain_commands(
    instruction: &Instruction,
) -> impl Iterator<Item = (&Script, &CommandContext)> {
    let scripts = plain_scripts(instruction).into_iter();
    scripts.flat_map(|script| script.commands().iter().map(move |it| (script, it)))
}

/// The dialect of a script of `instruction`, if it is no guess.
pub(crate) fn known_dialect(instruction: &Instruction, script: &Script) -> Option<Dialect> {
    let is_guess = script.dialect == Dialect::Posix && !instruction.shell.dialect_known;
    (!is_guess).then_some(script.dialect)
}

/// Whether a failing command ends the script: by the options of its shell or by `set -e` in it.
pub(crate) fn has_errexit(instruction: &Instruction, script: &Script) -> bool {
    let from_shell = match form(instruction).and_then(ShellOrExec::shell) {
        Some(form) if form.shebang => form.shebang_options.iter().any(|it| is_cluster(it, 'e')),
        _ => instruction.shell.errexit(),
    };
    from_shell || sets_option(script, 'e', "errexit")
}

/// Whether the script says `set -LETTER` or `set -o NAME` somewhere.
pub(crate) fn sets_option(script: &Script, letter: char, name: &str) -> bool {
    let sets = |command: &SimpleCommand| {
        let args = command.args();
        command.name() == Some("set")
            && args.iter().enumerate().any(|(idx, arg)| {
                let text = arg.text();
                let next_is_name = args.get(idx + 1).is_some_and(|it| it.is(name));
                is_cluster(&text, letter) || (is_cluster(&text, 'o') && next_is_name)
            })
    };
    script.commands().iter().any(|it| sets(&it.command))
}

/// Whether `text` is a cluster of short options that holds `letter`.
fn is_cluster(text: &str, letter: char) -> bool {
    text.strip_prefix('-').is_some_and(|it| !it.starts_with('-') && it.contains(letter))
}

/// A variable outside of quotes.
pub(crate) struct Unquoted<'a> {
    /// Its part of the word.
    pub(crate) part: &'a WordPart,
    /// The variable.
    pub(crate) parameter: &'a Parameter,
}

/// The variables of `word` that stand outside of quotes.
pub(crate) fn unquoted_parameters(word: &Word) -> impl Iterator<Item = Unquoted<'_>> {
    word.parts.iter().filter_map(|part| match &part.kind {
        WordPartKind::Parameter(parameter) => Some(Unquoted { part, parameter }),
        _ => None,
    })
}

/// What a script gives to its variables, in every way that can be seen.
#[derive(Default)]
pub(crate) struct Assignments {
    /// Whether all that a variable is set to is known before the run, and plain.
    by_name: BTreeMap<String, bool>,
}

impl Assignments {
    /// Collects them from the whole of `script`.
    pub(crate) fn of(script: &Script) -> Self {
        let mut res = Self::default();
        walk_script(script, &mut |node| match node {
            Node::Assignment(it) => {
                let known = it.value.literal().filter(|_| !it.is_append && it.subscript.is_none());
                res.push(&it.name, known.as_deref());
            }
            Node::Simple(command) => res.push_arguments(command),
            Node::Compound(compound) => {
                if let CompoundKind::For(clause) = &compound.kind {
                    for word in clause.words.iter().flatten() {
                        res.push(&clause.variable, word.literal().as_deref());
                    }
                }
            }
            _ => {}
        });
        res
    }

    /// Whether the script sets `name` at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// Whether `name` has a value in `instruction` that is known, not empty, and free of blanks and
    /// pattern characters: by `ENV`, or by assignments of the script alone.
    pub(crate) fn is_known_plain(
        &self,
        subject: &DockerfileSubject,
        instruction: &Instruction,
        name: &str,
    ) -> bool {
        if let Some(plain) = self.by_name.get(name) {
            return *plain;
        }
        let variable = subject.dockerfile.environment_at(instruction.index).get(name);
        let fixed = variable.filter(|it| it.origin == Origin::Env);
        fixed.and_then(|it| it.value).is_some_and(is_plain)
    }

    fn push_arguments(&mut self, command: &SimpleCommand) {
        let reads = command.name().is_some_and(|it| READERS.contains(&it));
        for word in command.args() {
            if let Some(name) = word.assignment_name() {
                let literal = word.literal();
                let value = literal.as_deref().and_then(|it| it.split_once('='));
                self.push(name, value.map(|it| it.1));
            } else if reads {
                self.push(&word.text(), None);
            }
        }
    }

    fn push(&mut self, name: &str, value: Option<&str>) {
        *self.by_name.entry(name.to_owned()).or_insert(true) &= value.is_some_and(is_plain);
    }
}

fn is_plain(value: &str) -> bool {
    !value.is_empty() && !value.contains(|it: char| it.is_whitespace() || "*?[\\".contains(it))
}

/// Whether the command stands where its result only answers a question.
pub(crate) fn is_condition(context: &CommandContext) -> bool {
    context.is_in(Enclosure::Condition) || context.is_negated
}

/// Whether backticks in the text make it unsafe to put quotes around a part of it.
pub(crate) fn has_backtick(subject: &DockerfileSubject, span: Span) -> bool {
    subject.dockerfile.source.slice(span).contains('`')
}

/// Whether `name` is a word that ends up as `[` or `test`.
pub(crate) fn is_test(command: &SimpleCommand) -> bool {
    matches!(command.name(), Some("[" | "test"))
}

/// The words between `[` and `]`, or after `test`.
pub(crate) fn test_words(command: &SimpleCommand) -> &[Word] {
    let args = command.args();
    match args.split_last() {
        Some((last, rest)) if command.name() == Some("[") && last.is("]") => rest,
        _ => args,
    }
}

/// Commands that set variables whose names they are given.
static READERS: &[&str] = &["read", "getopts", "mapfile", "readarray", "unset", "export", "local"];

/// Whether the command puts another shell in the place of `/bin/sh`.
pub(crate) fn replaces_default_shell(command: &SimpleCommand) -> bool {
    let Some(invocation) = command.effective() else { return false };
    let target = invocation.args.iter().rev().find(|it| !it.text().starts_with('-'));
    let is_shell = target.is_some_and(|it| matches!(&*it.text(), "/bin/sh" | "/usr/bin/sh"));
    let n_operands = invocation.args.iter().filter(|it| !it.text().starts_with('-')).count();
    matches!(invocation.name, "ln" | "mv" | "cp") && is_shell && n_operands > 1
}

/// Whether the failure of a list that is not the last one of its script is lost without anybody
/// having looked at it.
pub(crate) fn hides_failure(and_or: &AndOr) -> bool {
    if and_or.operators.iter().any(|it| it.kind == OperatorKind::Or) {
        return false;
    }
    let Some(Command::Simple(command)) = and_or.pipelines.last().and_then(|it| it.commands.last())
    else {
        return false;
    };
    let is_negated = and_or.pipelines.iter().any(|it| it.negation.is_some());
    // The substitutions in `x=$(...)` may fail, but mostly an empty value is looked at later.
    !is_negated && !command.words.is_empty() && !command.name().is_some_and(|it| CALM.contains(&it))
}

/// Whether the script ends in a command that always succeeds, or sets its own status.
pub(crate) fn ends_in_success(script: &Script) -> bool {
    let last = script.list.items.last().and_then(|it| it.pipelines.last());
    let Some(Command::Simple(command)) = last.and_then(|it| it.commands.last()) else {
        return false;
    };
    matches!(command.name(), Some("true" | ":" | "exit"))
}

/// Whether the script asks for the status of a command by `$?`.
pub(crate) fn asks_status(script: &Script) -> bool {
    let mut res = false;
    walk_script(script, &mut |node| {
        res |= matches!(node, Node::Part(part, _)
            if matches!(&part.kind, WordPartKind::Parameter(it) if it.name == *"?"));
    });
    res
}

/// Commands that hardly fail, or whose failure does no harm; `cd` has a rule of its own.
static CALM: &[&str] = &[
    "echo", "printf", "true", ":", "set", "export", "unset", "umask", "ulimit", "trap", "sleep",
    "exit", "return", "wait", "shift", "local", "alias", "cd", "pushd", "popd", "shopt", "false",
    "date", "pwd", "[", "test", "kill", "readonly", "break", "continue", "rm", "ls", "env",
];
