use std::collections::HashSet;

use plimsoll_dockerfile::{Instruction, InstructionKind};
use plimsoll_finding::{Check, Sink};
use plimsoll_text::Span;

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Variable in `FROM` that nothing declares.
    ///
    /// ## Why
    /// `FROM` sees the `ARG`s before the first `FROM` only. Any other variable is empty there, so
    /// another image is taken than the one that is read, or none at all.
    ///
    /// ## Bad
    /// ```dockerfile
    /// ARG TAG=latest
    /// FROM alpine:${TAG}${VARIANT} AS base
    /// # ^ undeclared-arg-in-from
    /// ARG IMAGE=alpine
    /// FROM $IMAGE
    /// # ^ undeclared-arg-in-from
    /// FROM --platform=$PLATFORM alpine:3.22
    /// # ^ undeclared-arg-in-from
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// ARG VARIANT="-alpine3.22"
    /// FROM --platform=$BUILDPLATFORM node:22${VARIANT}
    /// FROM node:22${OTHER:-slim}
    /// FROM node:22-$TARGETARCH
    /// ```
    ///
    /// ## Limits
    /// A variable with a default in place (`${X:-y}`) is taken for declared.
    ///
    /// ## References
    /// - Docker build checks: undefined argument in `FROM`
    /// - Dockerfile reference: how `ARG` and `FROM` interact
    "undeclared-arg-in-from" for DockerfileSubject {
        aliases: ["buildkit:UndefinedArgInFrom", "droast:DF086"],
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
    let mut in_stages: HashSet<&str> = HashSet::new();
    for instruction in &dockerfile.instructions {
        match &instruction.kind {
            InstructionKind::Arg(arguments) if instruction.stage.is_some() => {
                in_stages.extend(arguments.iter().map(|it| it.name.text.as_str()));
            }
            InstructionKind::From(_) => {
                for (name, span) in undeclared(subject, instruction) {
                    let message = if in_stages.contains(name.as_str()) {
                        format!("`FROM` does not see the `ARG {name}` of a stage; declare it first")
                    } else {
                        format!("no `ARG {name}` stands before the first `FROM`, so it is empty")
                    };
                    sink.report(span, message);
                }
            }
            _ => {}
        }
    }
}

/// The undeclared variables of a `FROM` and where they stand, each once.
fn undeclared(subject: &DockerfileSubject, instruction: &Instruction) -> Vec<(String, Span)> {
    let InstructionKind::From(from) = &instruction.kind else { return Vec::new() };
    let image = subject.dockerfile.expand_word(instruction, &from.image.word);
    let mut res: Vec<(String, Span)> =
        image.undefined.into_iter().map(|it| (it.name, it.span)).collect();
    for flag in &instruction.flags {
        let value = subject.dockerfile.environment_at(instruction.index).expand(flag.text());
        res.extend(value.undefined.into_iter().map(|it| (it.name, flag.span)));
    }
    let mut seen = HashSet::new();
    res.retain(|it| seen.insert(it.0.clone()));
    res
}
