use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{base_image::external_base, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// A base image from a registry that the team does not allow.
    ///
    /// ## Why
    /// Whoever owns the registry decides what code the image starts with. Teams that mirror and
    /// scan their base images want every build to use those.
    ///
    /// ## Bad
    /// ```dockerfile
    /// # allowed-registries: ghcr.io/acme
    /// FROM ghcr.io/other/base:1
    /// # ^ disallowed-registry
    /// FROM alpine:3.24
    /// # ^ disallowed-registry
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// # allowed-registries: ghcr.io/acme
    /// FROM ghcr.io/acme/base:1 AS build
    /// FROM build
    /// FROM scratch
    /// FROM $BASE
    /// ```
    ///
    /// ```dockerfile
    /// FROM any.example.com/base:1
    /// ```
    ///
    /// ## Limits
    /// Says nothing until the settings name allowed registries. A name that is a variable without a
    /// default is left alone.
    ///
    /// ## References
    /// - CIS Docker Benchmark: use trusted base images
    /// - NIST SP 800-190: untrusted images
    "disallowed-registry" for DockerfileSubject {
        aliases: ["hadolint:DL3026"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.trusted-base"],
        fix: None,
        check: Check::On(&[Keyword::From], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(base) = external_base(subject, instruction) else { return };
    let Some(image) = base.known() else { return };
    if !subject.settings.allows_image(&image.full_name()) {
        let host = image.registry_host();
        let message = format!("`{host}` is not among the registries that the settings allow here");
        let _ = sink.report(base.from.image.word.span, message);
    }
}
