use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, LabelKind, Sink};

use crate::{label::labels_not, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Label whose value is not a licence expression.
    ///
    /// ## Why
    /// Licence scanners know the short names of SPDX only.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// LABEL org.opencontainers.image.licenses="MIT License"
    /// # ^ label-not-spdx
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG VALUE
    /// LABEL org.opencontainers.image.licenses="MIT OR Apache-2.0"
    /// LABEL org.opencontainers.image.licenses=$VALUE
    /// ```
    ///
    /// ## Limits
    /// Only labels of the image annotation conventions, and those that the settings ask for.
    /// Values with variables that are not known are left alone. The form is checked, not whether
    /// the licence exists.
    ///
    /// ## References
    /// - OCI image specification: annotations
    "label-not-spdx" for DockerfileSubject {
        aliases: ["hadolint:DL3054"],
        severity: Info,
        confidence: Medium,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    for label in labels_not(subject, instruction, LabelKind::Spdx) {
        let message =
            format!("`{}` must be an SPDX expression such as `MIT OR Apache-2.0`", label.pair.name);
        sink.report(label.pair.span, message);
    }
}
