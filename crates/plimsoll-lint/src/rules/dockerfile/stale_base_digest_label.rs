use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{base_image::is_whole_digest, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// A label that names another base image than the one built on.
    ///
    /// ## Why
    /// Scanners and update bots trust `org.opencontainers.image.base.digest` to tell what an image
    /// was built on. A digest typed by hand stays when `FROM` moves on, and then it misleads them.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine@sha256:0000000000000000000000000000000000000000000000000000000000000000
    /// LABEL org.opencontainers.image.base.digest=\
    /// "sha256:1111111111111111111111111111111111111111111111111111111111111111"
    /// # ^ stale-base-digest-label
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24
    /// LABEL org.opencontainers.image.base.digest=\
    /// sha256:1111111111111111111111111111111111111111111111111111111111111111
    /// # ^ stale-base-digest-label
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine@sha256:0000000000000000000000000000000000000000000000000000000000000000
    /// LABEL org.opencontainers.image.base.digest=\
    /// sha256:0000000000000000000000000000000000000000000000000000000000000000
    /// LABEL org.opencontainers.image.base.name=alpine
    /// ```
    ///
    /// ```dockerfile
    /// ARG BASE_DIGEST
    /// FROM alpine@${BASE_DIGEST}
    /// LABEL org.opencontainers.image.base.digest=$BASE_DIGEST
    /// ```
    ///
    /// ## Limits
    /// A value with a variable is left alone.
    ///
    /// ## References
    /// - OCI image specification: annotations
    "stale-base-digest-label" for DockerfileSubject {
        aliases: ["tally:labels/no-stale-base-digest"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["supply.base-image-fresh"],
        fix: None,
        check: Check::On(&[Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Label(label) = &instruction.kind else { return };
    let Some(stage) = instruction.stage else { return };
    let chain = subject.dockerfile.base_chain(stage);
    let lowest = chain.last().and_then(|it| subject.dockerfile.instructions.get(it.from));
    let Some(InstructionKind::From(from)) = lowest.map(|it| &it.kind) else { return };
    let digest = from.image.expanded.as_ref().and_then(|it| it.digest.as_ref());
    for pair in label.pairs.iter().filter(|it| it.name == "org.opencontainers.image.base.digest") {
        let value = pair.value.unquoted(subject.dockerfile.escape);
        let is_same = digest.is_some_and(|it| it.text == value);
        if is_whole_digest(&value) && !is_same && from.image.expanded.is_some() {
            let _ = sink
                .report(pair.value.span, "the label names another digest than `FROM` builds on")
                .related(from.image.word.span, "this is built on");
        }
    }
}
