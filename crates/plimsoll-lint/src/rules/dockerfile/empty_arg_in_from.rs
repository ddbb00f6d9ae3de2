use plimsoll_dockerfile::{
    Environment, Expansion, ImageReference, Instruction, InstructionKind, Keyword, Origin,
};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `FROM` that names no image unless an argument is given.
    ///
    /// ## Why
    /// Without `--build-arg` the build fails with an error about the name of the image. A default
    /// lets everybody build, and shows what is meant.
    ///
    /// ## Bad
    /// ```dockerfile
    /// ARG TAG
    /// FROM busybox:${TAG}
    /// # ^ empty-arg-in-from
    /// FROM $TAG AS other
    /// # ^ empty-arg-in-from
    /// ```
    ///
    /// ```dockerfile
    /// ARG IMAGE=Debian
    /// ARG TAG=
    /// FROM ${IMAGE}:13
    /// # ^ empty-arg-in-from
    /// FROM debian:$TAG
    /// # ^ empty-arg-in-from
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// ARG TAG
    /// ARG VARIANT
    /// ARG BASE=Build
    /// FROM alpine:${TAG:-3.22} AS build
    /// FROM busybox:stable${VARIANT}
    /// FROM busybox:stable-$TARGETARCH
    /// FROM $BASE
    /// FROM $UNDECLARED
    /// ```
    ///
    /// ## Limits
    /// An argument that must be given may be left without a default on purpose.
    ///
    /// ## References
    /// - Docker build checks: invalid default of an argument in `FROM`
    "empty-arg-in-from" for DockerfileSubject {
        aliases: ["buildkit:InvalidDefaultArgInFrom"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::From], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::From(from) = &instruction.kind else { return };
    let dockerfile = &subject.dockerfile;
    let environment = dockerfile.environment_at(instruction.index);
    let text = from.image.word.text.as_str();
    let Some(image) = with_defaults(text, &environment) else { return };
    let is_image = ImageReference::parse(&image).is_some_and(|it| it.problem().is_none());
    if !is_image && dockerfile.stage_named(&image).is_none() {
        let message = "without arguments this names no image; give the `ARG` a default that does";
        sink.report(from.image.word.span, message);
    }
}

/// What `text` comes to if no argument is given; `None` if it has no variable, or not only known
/// ones.
fn with_defaults(text: &str, environment: &Environment<'_>) -> Option<String> {
    let expansion: Expansion = environment.expand(text);
    let is_known = expansion.undefined.is_empty() && expansion.malformed.is_empty();
    if expansion.used.is_empty() || !is_known {
        return None;
    }
    if expansion.value.is_some() {
        return expansion.value;
    }
    let mut bare = text.to_owned();
    for variable in expansion.used.iter().rev() {
        if !variable.modifier.is_empty() {
            return None;
        }
        let value = environment.get(&variable.name)?;
        let default = match (value.origin, value.value) {
            // The platform always has a value, whichever it is.
            (Origin::Predefined, _) => "x",
            (_, Some(_)) => continue,
            (_, None) => "",
        };
        bare.get(variable.span.range())?;
        bare.replace_range(variable.span.range(), default);
    }
    environment.expand(&bare).value
}
