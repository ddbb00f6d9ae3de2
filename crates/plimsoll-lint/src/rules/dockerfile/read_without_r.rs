use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::has_flag;

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// `read` without `-r` eats backslashes.
    ///
    /// ## Why
    /// Without `-r` a backslash in the input escapes the next character, so paths and patterns
    /// come out changed.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN while read line; do echo "$line"; done < list
    /// # ^ read-without-r
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN while read -r line; do echo "$line"; done < list
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - POSIX utilities: `read`
    "read-without-r" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2162", "hadolint:SC2162", "tally:shellcheck/SC2162",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for (_, context) in plain_commands(run) {
        let command = &context.command;
        if command.name() == Some("read") && !has_flag(command.args(), 'r', &[]) {
            sink.report(command.span, "`read` without `-r` takes backslashes out");
        }
    }
}

const WANTED: Wanted = Wanted::word(&["read"]);
