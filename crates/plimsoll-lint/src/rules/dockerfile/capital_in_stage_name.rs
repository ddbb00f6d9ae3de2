use std::collections::HashMap;

use plimsoll_dockerfile::{Base, Instruction, InstructionKind};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Capital letter in the name of a stage.
    ///
    /// ## Why
    /// Stages are found without regard to case, images are not and have no capitals at all. A name
    /// in small letters reads the same everywhere it is used.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM golang:1.25 AS BuildBase
    /// # ^ capital-in-stage-name
    /// FROM buildbase AS next
    /// FROM alpine:3.22
    /// COPY --from=BuildBase /app /app
    /// RUN --mount=type=bind,from=BuildBase,target=/x true
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM golang:1.25 AS buildbase
    /// # ^ capital-in-stage-name
    /// FROM buildbase AS next
    /// FROM alpine:3.22
    /// COPY --from=buildbase /app /app
    /// RUN --mount=type=bind,from=buildbase,target=/x true
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM golang:1.25 AS build_base-2
    /// FROM alpine:3.22
    /// ```
    ///
    /// ## Limits
    /// Names given to `--target`, to bake or to compose are in other files and stay as they are;
    /// builders find the stage all the same.
    ///
    /// ## References
    /// - Docker build checks: casing of stage names
    "capital-in-stage-name" for DockerfileSubject {
        aliases: ["buildkit:StageNameCasing", "dockerfile-doctor:DD050", "droast:DF085"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let mut uses = uses_by_stage(subject);
    for stage in &dockerfile.stages {
        let Some((name, span)) = &stage.name else { continue };
        if !name.contains(|it: char| it.is_ascii_uppercase()) {
            continue;
        }
        let mut edits = Vec::new();
        for span in [*span].into_iter().chain(uses.remove(&stage.index).unwrap_or_default()) {
            let written = dockerfile.source.slice(span);
            if written.eq_ignore_ascii_case(name) && written != written.to_ascii_lowercase() {
                edits.push(Edit::replace(span, written.to_ascii_lowercase()));
            }
        }
        let message = format!("write the stage name in small letters: `{}`", name.to_lowercase());
        sink.report(*span, message).fix("Write the name in small letters", Safety::Safe, edits);
    }
}

/// Where each stage is named again.
fn uses_by_stage(subject: &DockerfileSubject) -> HashMap<usize, Vec<Span>> {
    let mut res: HashMap<usize, Vec<Span>> = HashMap::new();
    for instruction in subject.dockerfile.all_instructions() {
        for (stage, span) in uses(subject, instruction) {
            res.entry(stage).or_default().push(span);
        }
    }
    res
}

fn uses(subject: &DockerfileSubject, instruction: &Instruction) -> Vec<(usize, Span)> {
    let own = instruction.stage.and_then(|it| subject.dockerfile.stages.get(it));
    let froms: Vec<_> = match &instruction.kind {
        InstructionKind::From(from) => {
            let below = match own.map(|it| &it.base) {
                Some(Base::Stage(below)) => Some(*below),
                _ => None,
            };
            return below.map(|it| (it, from.image.word.span)).into_iter().collect();
        }
        InstructionKind::Copy(copy) | InstructionKind::Add(copy) => copy.from.iter().collect(),
        InstructionKind::Run(run) => run.mounts.iter().filter_map(|it| it.from.as_ref()).collect(),
        _ => Vec::new(),
    };
    froms.into_iter().filter_map(|it| Some((it.stage?, it.span))).collect()
}
