use plimsoll_dockerfile::{Instruction, Keyword, Origin};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject, word_edit::delete_word};

rule! {
    /// `FROM --platform=$TARGETPLATFORM` says what happens anyway.
    ///
    /// ## Why
    /// The builder takes the base image for the target platform by itself. A flag that changes
    /// nothing makes a reader look for what it changes.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM --platform=$TARGETPLATFORM alpine:3.24 AS build
    /// # ^ redundant-platform
    /// FROM --platform="${TARGETPLATFORM}" alpine:3.24
    /// # ^ redundant-platform
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.24 AS build
    /// # ^ redundant-platform
    /// FROM alpine:3.24
    /// # ^ redundant-platform
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM --platform=$BUILDPLATFORM alpine:3.24 AS build
    /// FROM alpine:3.24
    /// ```
    ///
    /// ```dockerfile
    /// ARG TARGETPLATFORM=linux/arm64
    /// FROM --platform=$TARGETPLATFORM alpine:3.24
    /// ```
    ///
    /// ## References
    /// - Docker build checks: RedundantTargetPlatform
    "redundant-platform" for DockerfileSubject {
        aliases: ["hadolint:DL3065", "buildkit:RedundantTargetPlatform", "droast:DF083"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::On(&[Keyword::From], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(flag) = instruction.flag("platform") else { return };
    let is_target = matches!(flag.text(), "$TARGETPLATFORM" | "${TARGETPLATFORM}");
    let variable = subject.dockerfile.environment_at(instruction.index).get("TARGETPLATFORM");
    // An argument of that name overrules what the builder sets.
    let is_overruled = variable.is_some_and(|it| it.origin == Origin::GlobalArg);
    if is_target && !is_overruled {
        let removal = delete_word(&subject.dockerfile.source, flag.span);
        let _ = sink
            .report(flag.span, "the target platform is what `FROM` takes without being told")
            .fix("Leave the flag out", Safety::Safe, removal.into_iter().collect());
    }
}
