use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword, StageReference};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Stage named by its number.
    ///
    /// ## Why
    /// A stage put in before it changes the number, and the wrong files are copied without a
    /// word. A name stays.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM golang:1.24
    /// RUN make
    /// FROM debian:12
    /// COPY --from=0 /app /app
    /// # ^ stage-by-number
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM golang:1.24 AS stage-0
    /// RUN make
    /// FROM debian:12
    /// COPY --from=stage-0 /app /app
    /// # ^ stage-by-number
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM golang:1.24 AS build
    /// RUN make
    /// FROM debian:12
    /// COPY --from=build /app /app
    /// COPY --from=7 /app /app
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Dockerfile reference: multi-stage builds
    "stage-by-number" for DockerfileSubject {
        aliases: ["kics:using_unnamed_build_stages"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Safe,
        check: Check::On(&[Keyword::Copy, Keyword::Add, Keyword::Run], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let references: Vec<&StageReference> = match &instruction.kind {
        InstructionKind::Copy(copy) | InstructionKind::Add(copy) => copy.from.iter().collect(),
        InstructionKind::Run(run) => run.mounts.iter().filter_map(|it| it.from.as_ref()).collect(),
        _ => return,
    };
    let is_number = |it: &&StageReference| it.text.bytes().all(|it| it.is_ascii_digit());
    for reference in references.into_iter().filter(is_number) {
        let Some(stage) = reference.stage else { continue };
        let draft = sink.report(reference.span, "a number moves when a stage is added; use a name");
        if let Some(edits) = name_it(subject, reference, stage) {
            draft.fix("Use a name", Safety::Safe, edits);
        }
    }
}

fn name_it(
    subject: &DockerfileSubject,
    reference: &StageReference,
    stage: usize,
) -> Option<Vec<Edit>> {
    let dockerfile = &subject.dockerfile;
    let target = dockerfile.stages.get(stage)?;
    if let Some((name, _)) = &target.name {
        // A later stage of the same name would be meant instead.
        let is_unique = dockerfile.stage_named(name).is_some_and(|it| it.index == stage);
        return is_unique.then(|| vec![Edit::replace(reference.span, name.clone())]);
    }
    let name = format!("stage-{stage}");
    let InstructionKind::From(from) = &dockerfile.instructions.get(target.from)?.kind else {
        return None;
    };
    dockerfile.stage_named(&name).is_none().then(|| {
        let end = from.image.word.span.end;
        vec![Edit::insert(end, format!(" AS {name}")), Edit::replace(reference.span, name.clone())]
    })
}
