use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{instruction_edit::comments_of, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Comment on a stage or an argument that does not start with its name.
    ///
    /// ## Why
    /// Docker shows the comment above a named stage or an `ARG` as its description, if it starts
    /// with the name. Any other comment on that line is not shown.
    ///
    /// ## Bad
    /// ```dockerfile
    /// # The version to build.
    /// ARG VERSION=1
    /// # ^ description-without-name
    ///
    /// # Base of all.
    /// FROM alpine:3.22 AS base
    /// # ^ description-without-name
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// # VERSION is what is built.
    /// ARG VERSION=1
    ///
    /// # Base of all.
    ///
    /// FROM alpine:3.22 AS base
    ///
    /// # Only named stages have a description.
    /// FROM alpine:3.22
    ///
    /// # hadolint ignore=DL3006
    /// FROM base AS other
    /// ```
    ///
    /// ## Limits
    /// Comments that steer a tool are left alone; they are told by the names of common tools.
    ///
    /// ## References
    /// - Docker build checks: invalid definition description
    "description-without-name" for DockerfileSubject {
        aliases: ["buildkit:InvalidDefinitionDescription"],
        severity: Info,
        confidence: Low,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::From, Keyword::Arg], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let names: Vec<&str> = match &instruction.kind {
        InstructionKind::From(from) => from.alias.iter().map(|it| it.name.text.as_str()).collect(),
        InstructionKind::Arg(arguments) => {
            arguments.iter().map(|it| it.name.text.as_str()).collect()
        }
        _ => Vec::new(),
    };
    let dockerfile = &subject.dockerfile;
    let comments = comments_of(dockerfile, instruction.index).iter();
    let above = comments.rev().find(|it| !it.in_continuation);
    let (Some(above), Some(name)) = (above, names.first()) else { return };
    let source = &dockerfile.source;
    let is_adjacent = source.line(above.span.start) + 1 == source.line(instruction.span.start);
    let text = source.slice(above.span).trim_start_matches('#').trim();
    let first = text.split([' ', '\t', ':', '=', '#']).next().unwrap_or_default();
    let is_pragma = PRAGMAS.contains(&first.to_ascii_lowercase().as_str());
    let word = text.split_whitespace().next().unwrap_or_default();
    if is_adjacent && !is_pragma && !text.is_empty() && !names.contains(&word) {
        let message = format!(
            "the comment above is shown as a description only if it starts with `{name}`; part \
             the two by a blank line if it is none"
        );
        sink.report(instruction.name, message).related(above.span, "the comment");
    }
}

/// How comments start that speak to a tool, in small letters.
static PRAGMAS: &[&str] = &[
    "check",
    "checkov",
    "dockerfile-doctor",
    "dockerfile-utils",
    "droast",
    "escape",
    "hadolint",
    "kics",
    "kics-scan",
    "nosemgrep",
    "plimsoll",
    "renovate",
    "semgrep",
    "shellcheck",
    "syntax",
    "tally",
    "trivy",
];
