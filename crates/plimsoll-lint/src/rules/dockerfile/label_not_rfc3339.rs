use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, LabelKind, Sink};

use crate::{label::labels_not, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Label whose value is not a time as RFC 3339 has it.
    ///
    /// ## Why
    /// Scanners and registries read it as a time, and drop what is none.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// LABEL org.opencontainers.image.created=yesterday
    /// # ^ label-not-rfc3339
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG VALUE
    /// LABEL org.opencontainers.image.created=2024-05-06T07:08:09Z
    /// LABEL org.opencontainers.image.created=$VALUE
    /// ```
    ///
    /// ## Limits
    /// Only labels of the image annotation conventions, and those that the settings ask for.
    /// Values with variables that are not known are left alone.
    ///
    /// ## References
    /// - OCI image specification: annotations
    "label-not-rfc3339" for DockerfileSubject {
        aliases: ["hadolint:DL3053"],
        severity: Info,
        confidence: Medium,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    for label in labels_not(subject, instruction, LabelKind::Rfc3339) {
        let message =
            format!("`{}` must be a time such as `2024-05-06T07:08:09Z`", label.pair.name);
        sink.report(label.pair.span, message);
    }
}
