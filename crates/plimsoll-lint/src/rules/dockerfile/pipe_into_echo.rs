use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::CommandContext;

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// Pipe into a command that reads nothing.
    ///
    /// ## Why
    /// `echo`, `rm`, `cp` and their kin take operands, not standard input. What the first command
    /// prints is lost; `xargs` or `$(...)` was meant.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN find . -name '*.pyc' | rm
    /// # ^ pipe-into-echo
    /// RUN date | echo
    /// # ^ pipe-into-echo
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN find . -name '*.pyc' | xargs rm
    /// RUN yes | cp -i a b && yes | rm -i a && ls | { echo header; cat; }
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - POSIX utilities: `xargs`
    "pipe-into-echo" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2008", "hadolint:SC2008", "tally:shellcheck/SC2008",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let mut before: Option<&CommandContext> = None;
    for (_, context) in plain_commands(run) {
        let answers = before.is_some_and(|it| {
            it.pipeline_id == context.pipeline_id
                && matches!(it.command.name(), Some("yes" | "echo" | "printf"))
        });
        let name = context.command.name();
        let reads_nothing = name.is_some_and(|it| READ_NOTHING.contains(&it));
        if context.is_piped_from() && reads_nothing && !answers {
            let name = name.unwrap_or_default();
            let message = format!("`{name}` does not read what is piped into it; use `xargs`");
            sink.report(context.command.span, message);
        }
        before = Some(context);
    }
}

const READ_NOTHING: &[&str] = &[
    "echo", "rm", "rmdir", "cp", "mv", "ln", "mkdir", "touch", "chmod", "chown", "ls", "basename",
];

const WANTED: Wanted = Wanted::word(READ_NOTHING).and_every("|");
