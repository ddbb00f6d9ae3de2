use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{label::labels, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Label without a value.
    ///
    /// ## Why
    /// An empty label says nothing, and hides one of the base image.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// LABEL com.example.owner=""
    /// # ^ empty-label
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG OWNER
    /// LABEL com.example.owner=$OWNER com.example.team="a"
    /// ```
    ///
    /// ## Limits
    /// A value that is a variable is left alone.
    ///
    /// ## References
    /// - Dockerfile reference: `LABEL`
    "empty-label" for DockerfileSubject {
        aliases: ["hadolint:DL3051"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    for label in labels(subject, instruction) {
        let is_written = !label.pair.value.text.contains('$');
        if is_written && label.value.is_some_and(|it| it.trim().is_empty()) {
            sink.report(label.pair.span, format!("the label `{}` is empty", label.pair.name));
        }
    }
}
