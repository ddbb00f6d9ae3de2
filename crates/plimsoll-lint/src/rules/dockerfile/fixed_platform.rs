use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `FROM --platform` with a fixed platform.
    ///
    /// ## Why
    /// A fixed platform overrules the one that the builder was asked for, so the image built for
    /// another machine holds programs of the wrong kind, or runs them slowly under emulation.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM --platform=linux/amd64 debian:13
    /// # ^ fixed-platform
    /// FROM --platform=arm64 debian:13 AS build
    /// # ^ fixed-platform
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM --platform=$BUILDPLATFORM debian:13 AS build
    /// FROM --platform="${BUILDPLATFORM:-}" debian:13
    /// FROM debian:13
    /// ```
    ///
    /// ```dockerfile
    /// FROM --platform=linux/amd64 debian:13 AS build-amd64
    /// FROM --platform=linux/arm64 debian:13 AS build-arm64
    /// FROM build-${TARGETARCH}
    /// ```
    ///
    /// ## Limits
    /// A stage whose name tells the platform is taken for one of a set to choose from. An image
    /// that exists for one platform only needs the flag; allow it there.
    ///
    /// ## References
    /// - Docker build checks: FromPlatformFlagConstDisallowed
    "fixed-platform" for DockerfileSubject {
        aliases: [
            "hadolint:DL3029", "kics:using_platform_with_from", "semgrep:avoid-platform-with-from",
            "buildkit:FromPlatformFlagConstDisallowed", "droast:DF061",
        ],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::From], check),
    }
}

fn check(_: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::From(from) = &instruction.kind else { return };
    let Some(flag) = instruction.flag("platform") else { return };
    let platform = flag.text();
    let name = from.alias.as_ref().map(|it| it.name.text.to_ascii_lowercase()).unwrap_or_default();
    let mut parts = platform.split('/').skip(usize::from(platform.contains('/')));
    let is_one_of_a_set = parts.any(|it| it.len() > 2 && name.contains(&it.to_ascii_lowercase()));
    if platform.is_empty() || platform.contains('$') || is_one_of_a_set {
        return;
    }
    let message = format!("`{platform}` overrules the platform that the builder is asked for");
    let _ = sink.report(flag.span, message);
}
