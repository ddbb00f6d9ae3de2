use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, LabelKind, Sink};

use crate::{label::labels_not, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Label whose value is not a git hash.
    ///
    /// ## Why
    /// With the hash the source of the image can be found; a branch moves on.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// LABEL org.opencontainers.image.revision=main
    /// # ^ label-not-git-hash
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG VALUE
    /// LABEL org.opencontainers.image.revision=2dbc1a3
    /// LABEL org.opencontainers.image.revision=$VALUE
    /// ```
    ///
    /// ## Limits
    /// Only labels of the image annotation conventions, and those that the settings ask for.
    /// Values with variables that are not known are left alone.
    ///
    /// ## References
    /// - OCI image specification: annotations
    "label-not-git-hash" for DockerfileSubject {
        aliases: ["hadolint:DL3055"],
        severity: Info,
        confidence: Medium,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    for label in labels_not(subject, instruction, LabelKind::GitHash) {
        let message = format!("`{}` must be a commit hash", label.pair.name);
        sink.report(label.pair.span, message);
    }
}
