use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Sink};

use crate::{
    base::{final_from, final_instructions},
    rule::rule,
    started::start_instruction,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Image that does not say which port it serves.
    ///
    /// ## Why
    /// `EXPOSE` is how an image tells people and tools where it listens.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// # ^ no-exposed-port
    /// CMD ["/app/server"]
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// EXPOSE 8080
    /// CMD ["/app/server"]
    /// ```
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make
    /// ```
    ///
    /// ## Limits
    /// A program that serves nothing needs none, and the base image may have said it.
    ///
    /// ## References
    /// - Dockerfile reference: `EXPOSE`
    "no-exposed-port" for DockerfileSubject {
        aliases: ["droast:DF022"],
        severity: Info,
        confidence: Low,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let Some(from) = final_from(dockerfile) else { return };
    let exposes = final_instructions(dockerfile).any(|it| it.keyword == Keyword::Expose);
    if !exposes && start_instruction(dockerfile).is_some() {
        sink.report(from.name, "no `EXPOSE` says where this image listens");
    }
}
