use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Sink};

use crate::{
    base::{final_from, final_instructions},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Image without a label.
    ///
    /// ## Why
    /// Labels such as `org.opencontainers.image.source` and `.version` tell later what an image
    /// is and where it came from.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// # ^ missing-labels
    /// RUN make
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    /// # ^ missing-labels
    ///   cmd: [nginx]
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// LABEL org.opencontainers.image.version=1.2.3
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   labels: {org.opencontainers.image.version: 1.2.3}
    /// ```
    ///
    /// ## Limits
    /// Labels can also be given where the image is built.
    ///
    /// ## References
    /// - OCI image specification: annotations
    "missing-labels" for DockerfileSubject {
        aliases: [
            "dockerfile-doctor:DD046", "dockerfile-doctor:DD078", "droast:DF074",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let Some(from) = final_from(&subject.dockerfile) else { return };
    if !final_instructions(&subject.dockerfile).any(|it| it.keyword == Keyword::Label) {
        sink.report(from.name, "no label says what this image is and where it comes from");
    }
}
