use plimsoll_dockerfile::{Instruction, InstructionKind};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Several copies in a row to the same folder.
    ///
    /// ## Why
    /// One `COPY` takes many sources, in one layer.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// COPY README.md ./
    /// # ^ copies-to-one-place
    /// COPY package.json ./
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// COPY README.md package.json ./
    /// COPY a /a
    /// COPY b /b
    /// COPY --from=x a /c/
    /// COPY b /c/
    /// ```
    ///
    /// ## Limits
    /// Separate copies may be there for the cache.
    ///
    /// ## References
    /// - Dockerfile reference: `COPY`
    "copies-to-one-place" for DockerfileSubject {
        aliases: ["kics:multiple_run_add_copy_instructions_listed"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let instructions: Vec<&Instruction> = subject.dockerfile.all_instructions().collect();
    for row in instructions.chunk_by(|left, right| belong_together(left, right)) {
        if let [first, _, ..] = row {
            let name = first.keyword.name();
            sink.report(first.name, format!("one `{name}` can take all these sources"));
        }
    }
}

fn belong_together(left: &Instruction, right: &Instruction) -> bool {
    let flags = |it: &Instruction| -> Vec<(String, Option<String>)> {
        it.flags.iter().map(|it| (it.name.clone(), it.value.clone())).collect()
    };
    let copy = |it: &'_ Instruction| match &it.kind {
        InstructionKind::Copy(copy) | InstructionKind::Add(copy) => {
            Some(copy.destination.text.clone())
        }
        _ => None,
    };
    let (Some(left_target), Some(right_target)) = (copy(left), copy(right)) else { return false };
    left_target == right_target
        && left.keyword == right.keyword
        && left.onbuild == right.onbuild
        && flags(left) == flags(right)
}
