use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, signal::canonical_name, subject::dockerfile::DockerfileSubject};

rule! {
    /// `STOPSIGNAL` that leaves no time to stop.
    ///
    /// ## Why
    /// `SIGKILL` and `SIGSTOP` cannot be handled: the process loses what it has not yet written,
    /// at every stop.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// STOPSIGNAL SIGKILL
    /// # ^ ungraceful-stopsignal
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// STOPSIGNAL SIGTERM
    /// # ^ ungraceful-stopsignal
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// STOPSIGNAL SIGINT
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Dockerfile reference: `STOPSIGNAL`
    "ungraceful-stopsignal" for DockerfileSubject {
        aliases: ["tally:no-ungraceful-stopsignal"],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::On(&[Keyword::Stopsignal], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Stopsignal(word) = &instruction.kind else { return };
    let value = subject.dockerfile.expand_word(instruction, word).value;
    let Some(name) = value.and_then(|it| canonical_name(&it)) else { return };
    if matches!(name.as_str(), "SIGKILL" | "SIGSTOP") {
        let edit = Edit::replace(word.span, "SIGTERM");
        sink.report(word.span, format!("`{name}` gives the process no time to stop")).fix(
            "Use `SIGTERM`",
            Safety::Unsafe,
            vec![edit],
        );
    }
}
