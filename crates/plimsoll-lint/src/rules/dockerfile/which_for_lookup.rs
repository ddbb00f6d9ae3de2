use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// `which` to find a command.
    ///
    /// ## Why
    /// `which` is a package of its own that small images do not have, and its exit status differs
    /// between versions. `command -v` is part of every shell.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN which curl > /dev/null || exit 1
    /// # ^ which-for-lookup
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN command -v curl > /dev/null || exit 1
    /// # ^ which-for-lookup
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN command -v curl
    /// ```
    ///
    /// ## Limits
    /// With options of `which` no fix is offered.
    ///
    /// ## References
    /// - POSIX utilities: `command`
    "which-for-lookup" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2230", "hadolint:SC2230", "tally:shellcheck/SC2230",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Unsafe,
        check: Check::On(&[Keyword::Run], check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for (_, context) in plain_commands(run) {
        let command = &context.command;
        let Some(first) = command.words.first() else { continue };
        if command.name() != Some("which") {
            continue;
        }
        let draft = sink.report(first.span, "`which` may not be there; use `command -v`");
        let one_name = matches!(command.args(), [name] if !name.text().starts_with('-'));
        if one_name && first.raw == *"which" {
            let edit = Edit::replace(first.span, "command -v");
            draft.fix("Use `command -v`", Safety::Unsafe, vec![edit]);
        }
    }
}
