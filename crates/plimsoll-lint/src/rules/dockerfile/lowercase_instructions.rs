use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    casing::{Casing, keywords, majority, recase},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Instructions in small letters.
    ///
    /// ## Why
    /// By custom instructions are written in capitals, so that they stand out from their arguments.
    ///
    /// ## Bad
    /// ```dockerfile
    /// from alpine:3.22 as base
    /// # ^ lowercase-instructions
    /// copy a /a
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22 AS base
    /// # ^ lowercase-instructions
    /// COPY a /a
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22 AS base
    /// COPY a /a
    /// ```
    ///
    /// ## Limits
    /// One finding stands for the whole file. A single instruction that differs from the rest is
    /// for `mixed-instruction-casing`.
    ///
    /// ## References
    /// - Dockerfile reference: format
    "lowercase-instructions" for DockerfileSubject {
        aliases: ["dockerfilelint:uppercase_commands"],
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
    if majority(dockerfile) != Casing::Lower {
        return;
    }
    let is_lower = |span| Casing::of(dockerfile.source.slice(span)) == Casing::Lower;
    let all: Vec<_> = keywords(dockerfile).filter(|it| is_lower(it.name)).collect();
    let Some(first) = all.first() else { return };
    let edits: Vec<Vec<Edit>> =
        all.iter().map(|it| recase(dockerfile, it, Casing::Upper)).collect();
    // All or none: with one left over the rule would speak again.
    let is_whole = edits.iter().all(|it| !it.is_empty());
    let edits = if is_whole { edits.concat() } else { Vec::new() };
    sink.report(first.name, "the instructions of this file are in small letters; use capitals")
        .fix("Write the instructions in capitals", Safety::Safe, edits);
}
