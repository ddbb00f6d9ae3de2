use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Confidence, Sink};

use crate::{
    base_image::{ExternalBase, external_base},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A base image without a tag.
    ///
    /// ## Why
    /// Without a tag the builder takes `latest`: whatever was pushed last. The same Dockerfile
    /// gives another image tomorrow, and nobody can say which one is in production.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine
    /// # ^ untagged-base-image
    /// FROM --platform=linux/amd64 registry.example.com:5000/team/base AS build
    /// # ^ untagged-base-image
    /// FROM ${REGISTRY}/team/base
    /// # ^ untagged-base-image
    /// ```
    ///
    /// ```dockerfile
    /// ARG TAG
    /// FROM alpine$TAG
    /// # ^ untagged-base-image
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// ARG BASE
    /// FROM alpine:3.24 AS build
    /// FROM build
    /// FROM scratch
    /// FROM $BASE
    /// FROM ${REGISTRY}/team/${IMAGE}
    /// FROM alpine@sha256:0000000000000000000000000000000000000000000000000000000000000000
    /// FROM alpine:${VERSION}
    /// ```
    ///
    /// ## Limits
    /// Where the whole name is a variable, its value may hold a tag, so nothing is said. Where a
    /// variable without value follows the name (`alpine$TAG`), the builder may be told one; the
    /// finding then has low confidence.
    ///
    /// ## References
    /// - Dockerfile reference: `FROM`
    /// - CIS Docker Benchmark: use trusted base images
    "untagged-base-image" for DockerfileSubject {
        aliases: [
            "hadolint:DL3006", "kics:image_version_not_explicit", "trivy:DS-0001",
            "checkov:CKV_DOCKER_7", "semgrep:missing-image-version", "dockerfile-doctor:DD001",
            "droast:DF001", "dockerfilelint:missing_tag", "dockerfile_lint:no_tag",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.trusted-base"],
        fix: None,
        check: Check::On(&[Keyword::From], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(base) = external_base(subject, instruction) else { return };
    let Some(confidence) = untagged(&base) else { return };
    let span = base.from.image.word.span;
    sink.report(
        span,
        "the base image has no tag, so it is whatever `latest` is that day; name one",
    )
    .confidence(confidence);
}

/// How sure it is that neither tag nor digest is named; `None` if one is, or may well be.
fn untagged(base: &ExternalBase<'_>) -> Option<Confidence> {
    let has_version =
        |it: &plimsoll_dockerfile::ImageReference| it.tag.is_some() || it.digest.is_some();
    if has_version(base.written) || base.expanded.is_some_and(has_version) {
        return None;
    }
    if base.expanded.is_some() {
        return Some(Confidence::High);
    }
    let name = base.written.base_name();
    match name.find('$') {
        None => Some(Confidence::High),
        Some(0) => None,
        // What follows may be empty, a part of the name, or the tag with its colon.
        Some(_) => Some(Confidence::Low),
    }
}
