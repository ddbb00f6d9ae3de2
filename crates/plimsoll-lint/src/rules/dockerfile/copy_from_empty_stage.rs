use plimsoll_dockerfile::{Base, Dockerfile, InstructionKind, Stage};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Files taken from a stage that holds none.
    ///
    /// ## Why
    /// A stage that starts from `scratch` and neither copies nor runs anything is empty, so a
    /// `COPY` from it cannot find its source and the build fails.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM scratch AS assets
    /// LABEL org.opencontainers.image.title="assets"
    /// FROM alpine:3.22
    /// COPY --from=assets /web /srv
    /// # ^ copy-from-empty-stage
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM scratch AS assets
    /// COPY web /web
    /// FROM assets AS more
    /// FROM alpine:3.22
    /// COPY --from=assets /web /srv
    /// COPY --from=more /web /srv
    /// COPY --from=0 /web /srv
    /// ```
    ///
    /// ## Limits
    /// Whether a stage that is not empty holds the very file is not looked at.
    ///
    /// ## References
    /// - Dockerfile reference: `COPY --from`
    "copy-from-empty-stage" for DockerfileSubject {
        aliases: ["tally:copy-from-empty-scratch-stage"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let mut is_empty: Vec<bool> = Vec::with_capacity(dockerfile.stages.len());
    for stage in &dockerfile.stages {
        let starts_empty = match stage.base {
            Base::Scratch => true,
            Base::Stage(below) => is_empty.get(below).copied().unwrap_or_default(),
            Base::Image(_) | Base::Unresolved => false,
        };
        is_empty.push(starts_empty && !fills(dockerfile, stage));
    }
    for instruction in dockerfile.all_instructions() {
        let (InstructionKind::Copy(copy) | InstructionKind::Add(copy)) = &instruction.kind else {
            continue;
        };
        let Some(from) = &copy.from else { continue };
        if from.stage.and_then(|it| is_empty.get(it)) == Some(&true) {
            sink.report(from.span, "this stage is empty, so there is nothing to copy from it");
        }
    }
}

/// Whether a stage puts anything into its file system.
fn fills(dockerfile: &Dockerfile, stage: &Stage) -> bool {
    dockerfile.stage_instructions(stage.index).iter().any(|it| {
        !matches!(
            it.kind,
            InstructionKind::From(_)
                | InstructionKind::Arg(_)
                | InstructionKind::Env(_)
                | InstructionKind::Label(_)
                | InstructionKind::Expose(_)
                | InstructionKind::User(_)
                | InstructionKind::Cmd(_)
                | InstructionKind::Entrypoint(_)
                | InstructionKind::Healthcheck(_)
                | InstructionKind::Shell(_)
                | InstructionKind::Stopsignal(_)
                | InstructionKind::Maintainer(_)
                | InstructionKind::Onbuild(_)
        )
    })
}
