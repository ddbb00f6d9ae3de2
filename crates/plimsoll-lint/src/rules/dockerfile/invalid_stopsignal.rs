use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, signal::canonical_name, subject::dockerfile::DockerfileSubject};

rule! {
    /// `STOPSIGNAL` names no signal.
    ///
    /// ## Why
    /// The container cannot be started, or never gets a signal that it knows.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// STOPSIGNAL SIGTREM
    /// # ^ invalid-stopsignal
    /// STOPSIGNAL 99
    /// # ^ invalid-stopsignal
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// STOPSIGNAL SIGTERM
    /// STOPSIGNAL 9
    /// STOPSIGNAL RTMIN+3
    /// STOPSIGNAL $SIGNAL
    /// ```
    ///
    /// ## Limits
    /// A variable is left alone.
    ///
    /// ## References
    /// - Dockerfile reference: `STOPSIGNAL`
    "invalid-stopsignal" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD079"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Stopsignal], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Stopsignal(word) = &instruction.kind else { return };
    let expansion = subject.dockerfile.expand_word(instruction, word);
    let Some(value) = expansion.value.filter(|_| expansion.used.is_empty()) else { return };
    if canonical_name(&value).is_none() {
        sink.report(word.span, format!("`{value}` is no signal"));
    }
}
