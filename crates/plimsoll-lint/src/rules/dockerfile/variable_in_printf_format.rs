use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_text::Edit;

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// Variable in the format of `printf`.
    ///
    /// ## Why
    /// A `%` or a backslash in the value is read as format. Give the value as an argument of
    /// `%s`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN printf "$MESSAGE" > /message
    /// # ^ variable-in-printf-format
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN printf '%s' "$MESSAGE" > /message
    /// # ^ variable-in-printf-format
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN printf '%s\n' "$MESSAGE" > /message
    /// RUN printf -- "$FORMAT" a b
    /// ```
    ///
    /// ## Limits
    /// A format that is followed by arguments may well be a variable on purpose, and is left
    /// alone.
    ///
    /// ## References
    /// - POSIX utilities: `printf`
    "variable-in-printf-format" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2059", "hadolint:SC2059", "tally:shellcheck/SC2059",
        ],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for (_, context) in plain_commands(run) {
        let command = &context.command;
        let [format] = command.args() else { continue };
        if command.name() != Some("printf") || !format.has_expansion() {
            continue;
        }
        let draft = sink.report(format.span, "the value is read as a format; print it with `%s`");
        // Escapes in the format would lose their meaning as an argument.
        if !format.raw.contains(['\\', '%']) {
            let edit = Edit::insert(format.span.start, "'%s' ");
            draft.fix("Print it with `%s`", Safety::Unsafe, vec![edit]);
        }
    }
}

const WANTED: Wanted = Wanted::word(&["printf"]).and_one_of("$`");
