use std::collections::HashSet;

use plimsoll_dockerfile::{Instruction, InstructionKind, Word};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{
    instruction_edit::has_comment_inside, rule::rule, subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `MAINTAINER`, which is out of use.
    ///
    /// ## Why
    /// `MAINTAINER` sets a field that few tools read and newer builders warn about. The label
    /// `org.opencontainers.image.authors` says the same and shows in every registry.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// MAINTAINER Ann Example <ann@example.com>
    /// # ^ maintainer-instruction
    /// FROM alpine:3.22
    /// MAINTAINER "ann@example.com"
    /// # ^ maintainer-instruction
    /// FROM alpine:3.22
    /// MAINTAINER Ann "A." Example for $5
    /// # ^ maintainer-instruction
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.authors="Bob"
    /// maintainer Ann
    /// # ^ maintainer-instruction
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.authors="Ann Example <ann@example.com>"
    /// # ^ maintainer-instruction
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.authors="ann@example.com"
    /// # ^ maintainer-instruction
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.authors="Ann \"A.\" Example for \$5"
    /// # ^ maintainer-instruction
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.authors="Ann Example <ann@example.com>"
    /// LABEL maintainer="Ann Example <ann@example.com>"
    /// ```
    ///
    /// ## Limits
    /// Where the stage has the label already, or a comment stands inside the instruction, there is
    /// no fix.
    ///
    /// ## References
    /// - Dockerfile reference: `MAINTAINER`
    "maintainer-instruction" for DockerfileSubject {
        aliases: [
            "hadolint:DL4000", "kics:maintainer_instruction_being_used", "trivy:DS-0022",
            "checkov:CKV_DOCKER_6", "semgrep:maintainer-is-deprecated",
            "buildkit:MaintainerDeprecated", "dockerfile-doctor:DD017", "droast:DF019",
            "dockerfilelint:deprecated_in_1.13", "dockerfile_lint:maintainer_deprecated",
            "lynis:maintainer",
        ],
        severity: Info,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let labelled: HashSet<Option<usize>> =
        dockerfile.instructions.iter().filter(|it| has_authors(it)).map(|it| it.stage).collect();
    for instruction in dockerfile.all_instructions() {
        let InstructionKind::Maintainer(word) = &instruction.kind else { continue };
        // Before the first FROM no label may stand either.
        let has_place = instruction.stage.is_some() || dockerfile.is_fragment();
        let can_fix = has_place
            && !labelled.contains(&instruction.stage)
            && !has_comment_inside(dockerfile, instruction);
        let edit = can_fix.then(|| label(instruction, word, dockerfile.escape));
        let message = format!("`MAINTAINER` is out of use; set the label `{AUTHORS}`");
        sink.report(instruction.name, message).fix(
            "Make it a label",
            Safety::Safe,
            edit.into_iter().collect(),
        );
    }
}

fn has_authors(instruction: &Instruction) -> bool {
    let InstructionKind::Label(labels) = &instruction.kind else { return false };
    labels.pairs.iter().any(|it| it.name == AUTHORS)
}

fn label(instruction: &Instruction, word: &Word, escape: char) -> Edit {
    let text = word.text.trim();
    let inner = ['"', '\''].iter().find_map(|quote| {
        let inner = text.strip_prefix(*quote)?.strip_suffix(*quote)?;
        (!inner.contains(['"', '\'', escape])).then_some(inner)
    });
    let mut value = String::with_capacity(text.len());
    for char in inner.unwrap_or(text).chars() {
        // A label is expanded, which the maintainer is not.
        if char == '"' || char == '$' || char == escape {
            value.push(escape);
        }
        value.push(char);
    }
    let span = Span::new(instruction.name.start, word.span.end);
    Edit::replace(span, format!("LABEL {AUTHORS}=\"{value}\""))
}

const AUTHORS: &str = "org.opencontainers.image.authors";
