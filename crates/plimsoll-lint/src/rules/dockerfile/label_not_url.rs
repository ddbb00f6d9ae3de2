use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, LabelKind, Sink};

use crate::{label::labels_not, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Label whose value is not a URL.
    ///
    /// ## Why
    /// Tools make a link of it. A text that is none leads nowhere.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// LABEL org.opencontainers.image.source=example.com/app
    /// # ^ label-not-url
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG VALUE
    /// LABEL org.opencontainers.image.source=https://example.com/app
    /// LABEL org.opencontainers.image.url=$VALUE note=x
    /// ```
    ///
    /// ## Limits
    /// Only labels of the image annotation conventions, and those that the settings ask for.
    /// Values with variables that are not known are left alone.
    ///
    /// ## References
    /// - OCI image specification: annotations
    "label-not-url" for DockerfileSubject {
        aliases: ["hadolint:DL3052"],
        severity: Info,
        confidence: Medium,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    for label in labels_not(subject, instruction, LabelKind::Url) {
        let message = format!("`{}` must be a URL with scheme and host", label.pair.name);
        sink.report(label.pair.span, message);
    }
}
