use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Enclosure, RedirectOperator};

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// `2>&1` before the redirection it should follow.
    ///
    /// ## Why
    /// Redirections are done from left to right: `2>&1 > file` sends errors to where output went
    /// before, not to the file.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make 2>&1 > /build.log
    /// # ^ redirect-order
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make > /build.log 2>&1
    /// RUN make 2>&1 > /dev/null | grep error
    /// RUN out=$(make 2>&1 > /dev/null)
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - POSIX shell command language: redirection
    "redirect-order" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2069", "hadolint:SC2069", "tally:shellcheck/SC2069",
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
    for (_, context) in plain_commands(run) {
        let redirects = &context.command.redirects;
        let errors = redirects.iter().position(|it| {
            it.operator == RedirectOperator::DuplicateOutput
                && it.number() == Some(2)
                && it.target.is("1")
        });
        let output = redirects.iter().position(|it| {
            matches!(it.operator, RedirectOperator::Output | RedirectOperator::Append)
                && it.number() == Some(1)
        });
        let (Some(errors), Some(output)) = (errors, output) else { continue };
        let meant = context.is_piped_into() || context.is_in(Enclosure::CommandSubstitution);
        if errors < output && !meant {
            let Some(redirect) = redirects.get(errors) else { continue };
            sink.report(redirect.span, "errors do not follow the output; put `2>&1` after it");
        }
    }
}

const WANTED: Wanted = Wanted::every("2>&1");
