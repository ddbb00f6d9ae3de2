use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, LabelKind, Sink};

use crate::{label::labels_not, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Label whose value is not an e-mail address.
    ///
    /// ## Why
    /// Who has to be told of a fault needs an address that works.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// LABEL com.example.email=nobody
    /// # ^ label-not-email
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG VALUE
    /// LABEL com.example.email=team@example.com
    /// LABEL com.example.email=$VALUE
    /// ```
    ///
    /// ## Limits
    /// Only labels of the image annotation conventions, and those that the settings ask for.
    /// Values with variables that are not known are left alone.
    ///
    /// ## References
    /// - OCI image specification: annotations
    "label-not-email" for DockerfileSubject {
        aliases: ["hadolint:DL3058"],
        severity: Info,
        confidence: Medium,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    for label in labels_not(subject, instruction, LabelKind::Email) {
        let message = format!("`{}` must be an e-mail address", label.pair.name);
        sink.report(label.pair.span, message);
    }
}
