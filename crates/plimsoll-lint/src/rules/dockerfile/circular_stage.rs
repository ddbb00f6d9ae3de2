use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword, StageReference};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Stage that takes files from itself.
    ///
    /// ## Why
    /// A stage has to be finished before files can be taken from it. One that needs itself never
    /// is, and the build fails.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// COPY --from=build /a /b
    /// # ^ circular-stage
    /// RUN --mount=from=0,target=/x true
    /// # ^ circular-stage
    /// ```
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS one
    /// COPY --from=two /a /b
    /// # ^ circular-stage
    /// FROM alpine:3.22 AS two
    /// COPY --from=one /b /c
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM golang:1.25
    /// COPY --from=build /a /b
    /// FROM alpine:3.22 AS build
    /// FROM alpine:3.22
    /// COPY --from=build /a /b
    /// COPY --from=0 /a /b
    /// FROM alpine:3.22 AS build
    /// ```
    ///
    /// ## Limits
    /// A circle over more than two stages is not followed; the reference to a later stage, without
    /// which there is none, is for `unknown-stage`.
    ///
    /// ## References
    /// - Dockerfile reference: `COPY --from`
    "circular-stage" for DockerfileSubject {
        aliases: [
            "hadolint:DL3023", "kics:copy_from_references_current_from_alias", "trivy:DS-0006",
            "droast:DF050", "tally:circular-stage-deps",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let mut budget = MAX_FORWARD_REFERENCES;
    for instruction in subject.dockerfile.all_instructions() {
        for from in references(instruction) {
            if let Some(message) = circle(subject, instruction, from, &mut budget) {
                sink.report(from.span, message);
            }
        }
    }
}

fn references(instruction: &Instruction) -> Vec<&StageReference> {
    match &instruction.kind {
        _ if instruction.keyword == Keyword::Onbuild || instruction.onbuild => Vec::new(),
        InstructionKind::Copy(copy) | InstructionKind::Add(copy) => copy.from.iter().collect(),
        InstructionKind::Run(run) => run.mounts.iter().filter_map(|it| it.from.as_ref()).collect(),
        _ => Vec::new(),
    }
}

fn circle(
    subject: &DockerfileSubject,
    instruction: &Instruction,
    from: &StageReference,
    budget: &mut usize,
) -> Option<String> {
    // An earlier stage of the same name is meant before the stage itself is.
    if from.stage.is_some() {
        return None;
    }
    let dockerfile = &subject.dockerfile;
    let own = dockerfile.stages.get(instruction.stage?)?;
    let named = dockerfile.stage_named(&from.text).map(|it| it.index);
    let own_name = own.name.as_ref().map(|it| it.0.as_str());
    let is_own = own_name.is_some_and(|it| it.eq_ignore_ascii_case(&from.text))
        || from.text.parse() == Ok(own.index);
    if is_own {
        return Some("this stage takes files from itself; name another one".to_owned());
    }
    let later = named.filter(|it| *it > own.index)?;
    *budget = budget.checked_sub(1)?;
    let needs_own = dockerfile.stage_parents(later).iter().any(|it| it.target == own.index);
    needs_own.then(|| format!("this stage and `{}` take files from each other", from.text))
}

/// References to later stages after this many are not followed: each one costs a walk over the
/// stage it names, and `unknown-stage` reports all of them.
const MAX_FORWARD_REFERENCES: usize = 256;
