use plimsoll_finding::{Check, Sink};

use crate::{
    base::final_from, rule::rule, started::start_instruction,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Image that does not say what to start.
    ///
    /// ## Why
    /// Without `CMD` or `ENTRYPOINT` of its own the container starts what the base image says,
    /// mostly a shell that ends at once.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// # ^ no-command
    /// COPY app /app
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    /// # ^ no-command
    ///   user: "10001"
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12 AS base
    /// CMD ["/app"]
    /// FROM base
    /// COPY app /app
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {entrypoint: [/app]}
    /// ```
    ///
    /// ## Limits
    /// What the base image starts is not known; for an image that others build on, nothing is
    /// missing.
    ///
    /// ## References
    /// - Dockerfile reference: `CMD`, `ENTRYPOINT`
    "no-command" for DockerfileSubject {
        aliases: [
            "droast:DF036", "lynis:entrypoint", "lynis:cmd",
        ],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let Some(from) = final_from(&subject.dockerfile) else { return };
    if start_instruction(&subject.dockerfile).is_none() {
        sink.report(from.name, "no `CMD` or `ENTRYPOINT` says what this image starts");
    }
}
