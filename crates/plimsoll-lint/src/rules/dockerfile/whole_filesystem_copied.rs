use plimsoll_dockerfile::{Base, Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Confidence, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Whole file system copied from another stage or image.
    ///
    /// ## Why
    /// Everything comes along: compilers, caches, keys, files whose owner and capabilities are
    /// lost on the way. Copy what the image needs.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12 AS build
    /// RUN make
    /// FROM debian:12
    /// COPY --from=build / /
    /// # ^ whole-filesystem-copied
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12 AS build
    /// RUN make
    /// FROM debian:12
    /// COPY --from=build /app /app
    /// COPY rootfs/ /
    /// ```
    ///
    /// ## Limits
    /// Into an empty stage (`FROM scratch`) it is a known way to flatten an image, so it is
    /// reported with low confidence there.
    ///
    /// ## References
    /// - Dockerfile reference: multi-stage builds
    "whole-filesystem-copied" for DockerfileSubject {
        aliases: [
            "hadolint:DL3067", "droast:DF026",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.minimal"],
        fix: None,
        check: Check::On(&[Keyword::Copy, Keyword::Add], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let (InstructionKind::Copy(copy) | InstructionKind::Add(copy)) = &instruction.kind else {
        return;
    };
    let is_root = |it: &str| matches!(it.trim_matches(['"', '\'']), "/" | "/." | "/*" | "/./");
    if copy.from.is_none() || !copy.paths().any(|it| is_root(&it.text)) {
        return;
    }
    let stage = instruction.stage.and_then(|it| subject.dockerfile.stages.get(it));
    let flattens = stage.is_some_and(|it| it.base == Base::Scratch);
    let draft =
        sink.report(instruction.name, "this copies a whole file system; name what is needed");
    if flattens {
        draft.confidence(Confidence::Low);
    }
}
