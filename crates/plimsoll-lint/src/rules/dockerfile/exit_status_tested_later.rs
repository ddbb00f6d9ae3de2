use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    rule::rule,
    shell_text::{is_test, plain_commands, test_words},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `$?` asked instead of the command.
    ///
    /// ## Why
    /// Between the command and the test of `$?` nothing may come, or it is the status of
    /// something else. `if command` says it directly.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make; if [ $? -ne 0 ]; then cat log; exit 1; fi
    /// # ^ exit-status-tested-later
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN if ! make; then cat log; exit 1; fi
    /// RUN make; status=$?; cat log; exit $status
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - POSIX shell command language: special parameters
    "exit-status-tested-later" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2181", "hadolint:SC2181", "tally:shellcheck/SC2181",
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
        let asked = is_test(&context.command)
            && test_words(&context.command).first().is_some_and(|it| it.text() == "$?");
        if asked {
            sink.report(context.command.span, "ask the command itself: `if command; then`");
        }
    }
}

const WANTED: Wanted = Wanted::word(&["[", "test"]).and_every("$?");
