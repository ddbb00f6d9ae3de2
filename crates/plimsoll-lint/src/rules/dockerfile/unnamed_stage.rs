use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Stage without a name in a build of several.
    ///
    /// ## Why
    /// A name says what the stage is for, and `--target` and `COPY --from` can use it.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM golang:1.24
    /// # ^ unnamed-stage
    /// RUN make
    /// FROM debian:12
    /// COPY --from=0 /app /app
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM golang:1.24 AS build
    /// RUN make
    /// FROM debian:12
    /// COPY --from=build /app /app
    /// ```
    ///
    /// ## Limits
    /// The last stage needs no name.
    ///
    /// ## References
    /// - Dockerfile reference: multi-stage builds
    "unnamed-stage" for DockerfileSubject {
        aliases: ["droast:DF023"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let Some((_, before)) = dockerfile.stages.split_last() else { return };
    for stage in before.iter().filter(|it| it.name.is_none()) {
        if let Some(from) = dockerfile.instructions.get(stage.from) {
            sink.report(from.name, "give this stage a name with `AS`");
        }
    }
}
