use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Image without a `HEALTHCHECK`.
    ///
    /// ## Why
    /// Docker and swarm then only see whether the process runs, not whether it answers: a hung
    /// service keeps its place in the load balancer.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22 AS base
    /// HEALTHCHECK CMD ["/probe"]
    /// FROM alpine:3.22
    /// # ^ missing-healthcheck
    /// CMD ["/serve"]
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    /// # ^ missing-healthcheck
    ///   cmd: [/serve]
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22 AS base
    /// HEALTHCHECK CMD ["/probe"]
    /// FROM base
    /// CMD ["/serve"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// HEALTHCHECK NONE
    /// ```
    ///
    /// ```dockerfile
    /// RUN true
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {healthcheck: [CMD, /probe]}
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {healthcheck: [NONE]}
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// rootfs: true
    /// ```
    ///
    /// ## Limits
    /// The base image may bring a health check of its own, which the file does not show. Kubernetes
    /// does not look at health checks of images; there probes belong into the manifest, as they may
    /// for compose. `HEALTHCHECK NONE` says that none is wanted.
    ///
    /// ## References
    /// - Dockerfile reference: `HEALTHCHECK`
    /// - CIS Docker Benchmark: health check instructions have been added to the image
    "missing-healthcheck" for DockerfileSubject {
        aliases: [
            "hadolint:DL3057", "kics:healthcheck_instruction_missing", "trivy:DS-0026",
            "checkov:CKV_DOCKER_2", "dockerfile-doctor:DD012", "droast:DF012",
            "dockle:CIS-DI-0006", "docker-bench:4.6",
        ],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.healthcheck"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let Some(last) = dockerfile.final_stage() else { return };
    let has_check = dockerfile.base_chain(last.index).iter().any(|stage| {
        let mut instructions = dockerfile.stage_instructions(stage.index).iter();
        instructions.any(|it| it.keyword == Keyword::Healthcheck)
    });
    if let (false, Some(from)) = (has_check, dockerfile.instructions.get(last.from)) {
        sink.report(from.name, "the image says no way to tell whether it is healthy");
    }
}
