use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, signal::canonical_name, subject::dockerfile::DockerfileSubject};

rule! {
    /// `STOPSIGNAL` by number or short name.
    ///
    /// ## Why
    /// `SIGTERM` is what a reader looks for; `15` and `term` have to be looked up.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// STOPSIGNAL 15
    /// # ^ uncanonical-stopsignal
    /// STOPSIGNAL int
    /// # ^ uncanonical-stopsignal
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// STOPSIGNAL SIGTERM
    /// # ^ uncanonical-stopsignal
    /// STOPSIGNAL SIGINT
    /// # ^ uncanonical-stopsignal
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// STOPSIGNAL SIGTERM
    /// STOPSIGNAL $SIGNAL
    /// STOPSIGNAL SIGFOO
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Dockerfile reference: `STOPSIGNAL`
    "uncanonical-stopsignal" for DockerfileSubject {
        aliases: ["tally:prefer-canonical-stopsignal"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::On(&[Keyword::Stopsignal], check),
    }
}

fn check(_: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Stopsignal(word) = &instruction.kind else { return };
    let Some(name) = canonical_name(&word.text).filter(|it| *it != word.text) else { return };
    let edit = Edit::replace(word.span, name.clone());
    sink.report(word.span, format!("write `{name}`")).fix(
        format!("Write `{name}`"),
        Safety::Safe,
        vec![edit],
    );
}
