use plimsoll_finding::{Check, Confidence, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Stage that the last one does not use.
    ///
    /// ## Why
    /// A plain build skips it. Either a `COPY --from` was forgotten, or the stage is left over.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM golang:1.24 AS build
    /// # ^ unreachable-stage
    /// RUN make
    /// FROM debian:12
    /// COPY app /app
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
    /// A stage may be there for `--target`; that is not known here, so a stage with a name is
    /// reported with low confidence.
    ///
    /// ## References
    /// - Dockerfile reference: multi-stage builds
    "unreachable-stage" for DockerfileSubject {
        aliases: [
            "tally:no-unreachable-stages", "dockerfile-doctor:DD066",
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
    let dockerfile = &subject.dockerfile;
    let Some(last) = dockerfile.final_stage() else { return };
    if dockerfile.stages.len() < 2 {
        return;
    }
    let reached = dockerfile.reachable_stages(last.index);
    for stage in dockerfile.stages.iter().filter(|it| !reached.contains(&it.index)) {
        let Some(from) = dockerfile.instructions.get(stage.from) else { continue };
        let draft = sink.report(from.name, "the last stage uses nothing of this one");
        if stage.name.is_some() {
            draft.confidence(Confidence::Low);
        }
    }
}
