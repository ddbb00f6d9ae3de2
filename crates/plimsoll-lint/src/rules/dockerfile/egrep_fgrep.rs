use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_text::Edit;

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// `egrep` and `fgrep` are deprecated.
    ///
    /// ## Why
    /// GNU grep 3.8 and later print a warning for them, and distributions drop them. `grep -E`
    /// and `grep -F` do the same everywhere.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN egrep -q 'a|b' file && cat file | fgrep x
    /// # ^ egrep-fgrep
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN grep -E -q 'a|b' file && cat file | grep -F x
    /// # ^ egrep-fgrep
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN grep -E -q 'a|b' file && echo egrep
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - GNU grep manual: grep programs
    "egrep-fgrep" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2196", "hadolint:SC2196", "tally:shellcheck/SC2196",
            "shellcheck:SC2197", "hadolint:SC2197", "tally:shellcheck/SC2197",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for (_, context) in plain_commands(run) {
        let Some(invocation) = context.command.effective() else { continue };
        let wanted = match invocation.name {
            "egrep" => "grep -E",
            "fgrep" => "grep -F",
            _ => continue,
        };
        let word = invocation.name_word;
        let message = format!("`{}` is deprecated; write `{wanted}`", invocation.name);
        let draft = sink.report(word.span, message);
        if word.raw == *invocation.name {
            let title = format!("Write `{wanted}`");
            draft.fix(title, Safety::Safe, vec![Edit::replace(word.span, wanted)]);
        }
    }
}

const WANTED: Wanted = Wanted::word(&["egrep", "fgrep"]);
