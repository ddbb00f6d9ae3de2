//! The commands that an instruction runs, however deep they are wrapped: in the shell form, in the
//! JSON form, in the text of `sh -c`, `su -c` and `eval`.

use std::sync::Arc;

use plimsoll_dockerfile::{ExecForm, Instruction};
use plimsoll_shell::{
    CommandContext, Dialect, Invocation, PositionMap, Script, Word, flag_value, parse,
    parse_argument, positional,
};

use crate::subject::dockerfile::{DockerfileSubject, ShellCommand, commands, form, scripts};

/// Shows `visit` every simple command of `instruction`, also those in the JSON form and in strings
/// that a shell is handed. Spans are spans of the file.
pub(crate) fn every_command(
    subject: &DockerfileSubject,
    instruction: &Instruction,
    visit: &mut dyn FnMut(ShellCommand<'_>),
) {
    if let Some(commands) = subject.every_command(instruction) {
        commands.visit(instruction, visit);
    }
}

/// As [`every_command`], for rules that ask for the command behind `sudo`, `env` and their kin
/// only.
pub(crate) fn every_invocation(
    subject: &DockerfileSubject,
    instruction: &Instruction,
    visit: &mut dyn FnMut(Invocation<'_>),
) {
    every_command(subject, instruction, &mut |command| {
        if let Some(invocation) = command.invocation() {
            visit(invocation);
        }
    });
}

/// The commands of one instruction at every depth, read once for all rules.
#[derive(Debug, Default)]
pub(crate) struct EveryCommand {
    /// The scripts that are no scripts of the instruction itself.
    inner: Vec<Arc<Script>>,
    /// Script and command in order, where there are inner scripts; the scripts of the instruction
    /// count first.
    order: Vec<(usize, usize)>,
}

impl EveryCommand {
    /// Reads an instruction.
    pub(crate) fn of(instruction: &Instruction) -> Self {
        let n_own = scripts(instruction).count();
        let mut reader = Reader { n_own, res: Self::default() };
        for (idx, script) in scripts(instruction).enumerate() {
            reader.script(script, idx, MAX_NESTING);
        }
        if let Some(exec) = form(instruction).and_then(|it| it.exec()) {
            reader.inner(exec_script(exec), MAX_NESTING);
        }
        if reader.res.inner.is_empty() {
            reader.res.order = Vec::new();
        }
        reader.res
    }

    /// Shows every command of the instruction that this was read from.
    pub(crate) fn visit(&self, instruction: &Instruction, visit: &mut dyn FnMut(ShellCommand<'_>)) {
        if self.inner.is_empty() {
            return commands(instruction).for_each(visit);
        }
        let inner = self.inner.iter().map(|it| &**it);
        let all: Vec<&Script> = scripts(instruction).chain(inner).collect();
        for (script_idx, command_idx) in &self.order {
            let script = all.get(*script_idx).copied();
            let context = script.and_then(|it| it.commands().get(*command_idx));
            if let Some((script, context)) = script.zip(context) {
                visit(ShellCommand { script, context });
            }
        }
    }
}

struct Reader {
    n_own: usize,
    res: EveryCommand,
}

impl Reader {
    fn script(&mut self, script: &Script, script_idx: usize, nesting: usize) {
        for (command_idx, context) in script.commands().iter().enumerate() {
            self.res.order.push((script_idx, command_idx));
            let inner = context.command.effective().and_then(|it| shell_argument(&it));
            let Some(inner) = inner.filter(|_| nesting > 0) else { continue };
            if let Some(inner) = parse_argument(script, inner, script.dialect) {
                self.inner(inner, nesting - 1);
            }
        }
    }

    fn inner(&mut self, script: Script, nesting: usize) {
        let script = Arc::new(script);
        let script_idx = self.n_own + self.res.inner.len();
        self.res.inner.push(Arc::clone(&script));
        self.script(&script, script_idx, nesting);
    }
}

/// Whether what the command prints goes to a file: by a redirection, or by `tee`.
pub(crate) fn writes_file(command: &ShellCommand<'_>) -> bool {
    let here = command.context;
    let redirected = here.command.redirects.iter().any(|it| it.operator.is_output());
    let next =
        command.script.commands().iter().find(|it| {
            it.pipeline_id == here.pipeline_id && it.pipeline_idx == here.pipeline_idx + 1
        });
    let is_tee = |it: &CommandContext| it.command.effective().is_some_and(|it| it.name == "tee");
    redirected || next.is_some_and(is_tee)
}

/// The word that `invocation` hands to a shell as a script.
fn shell_argument<'a>(invocation: &Invocation<'a>) -> Option<&'a Word> {
    match invocation.name {
        "sh" | "bash" | "dash" | "ash" | "ksh" | "zsh" | "su" | "runuser" => {
            flag_value(invocation.args, 'c', &["command"]).map(|it| it.word)
        }
        "eval" => positional(invocation.args, &[]).first().copied(),
        _ => None,
    }
}

/// The JSON form as if it were typed: each string becomes a word that stands where the string does.
fn exec_script(exec: &ExecForm) -> Script {
    let mut text = String::new();
    let mut map = PositionMap::empty();
    for word in &exec.words {
        if !text.is_empty() {
            map.push(text.len(), word.span.start.saturating_sub(1));
            text.push(' ');
        }
        let is_plain = !word.value.is_empty() && word.value.bytes().all(is_plain_byte);
        if is_plain {
            map.push(text.len(), word.span.start + 1);
            text.push_str(&word.value);
        } else {
            map.push(text.len(), word.span.start);
            text.push('\'');
            text.push_str(&word.value.replace('\'', "'\\''"));
            text.push('\'');
        }
    }
    parse(&text, &map, Dialect::Posix)
}

fn is_plain_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_./:=@%+,-".contains(&byte)
}

/// How many shells may hand text to each other.
const MAX_NESTING: usize = 4;

#[cfg(test)]
mod tests {
    use plimsoll_text::Source;

    use super::every_invocation;
    use crate::subject::dockerfile::DockerfileSubject;

    #[test]
    fn wrapped_commands_are_seen_where_they_stand() {
        for (text, expected) in [
            ("RUN a && b", "a b"),
            ("RUN [\"a\", \"b c\", \"d\"]", "a"),
            ("RUN [\"sh\", \"-c\", \"a; b\"]", "sh a b"),
            ("RUN bash -ec 'a && sudo b'", "bash a b"),
            ("RUN su app -c \"a b\"", "su a"),
            ("RUN sh -c \"sh -c 'a'\"", "sh sh a"),
            ("RUN eval 'a b'", "eval a"),
            ("RUN a; sh -c 'b'; c\n", "a sh b c"),
        ] {
            let source = Source::new("Dockerfile", text);
            let subject = DockerfileSubject::alone(&source);
            let mut names = Vec::new();
            for instruction in subject.dockerfile.all_instructions() {
                every_invocation(&subject, instruction, &mut |it| {
                    names.push(it.name.to_owned());
                    let written = source.slice(it.name_word.span);
                    assert_eq!(written.trim_matches(['"', '\'']), it.name, "{text}");
                });
            }
            assert_eq!(names.join(" "), expected, "{text}");
        }
    }
}
