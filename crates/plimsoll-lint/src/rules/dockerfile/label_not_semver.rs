use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, LabelKind, Sink};

use crate::{label::labels_not, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Label whose value is not a semantic version.
    ///
    /// ## Why
    /// Tools that sort and compare versions need three numbers.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// LABEL org.opencontainers.image.version=latest
    /// # ^ label-not-semver
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG VALUE
    /// LABEL org.opencontainers.image.version=1.2.3-rc.1
    /// LABEL org.opencontainers.image.version=$VALUE
    /// ```
    ///
    /// ## Limits
    /// Only labels of the image annotation conventions, and those that the settings ask for.
    /// Values with variables that are not known are left alone.
    ///
    /// ## References
    /// - OCI image specification: annotations
    "label-not-semver" for DockerfileSubject {
        aliases: ["hadolint:DL3056"],
        severity: Info,
        confidence: Medium,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    for label in labels_not(subject, instruction, LabelKind::SemVer) {
        let message = format!("`{}` must be a semantic version such as `1.2.3`", label.pair.name);
        sink.report(label.pair.span, message);
    }
}
