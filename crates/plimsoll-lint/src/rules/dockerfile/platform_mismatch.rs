use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{base_image::external_base, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// A platform that the named base image is not made for.
    ///
    /// ## Why
    /// The repository says one kind of machine and the flag another. The build then fails, or gives
    /// an image whose programs do not start where they should.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM --platform=linux/amd64 arm64v8/alpine:3.24
    /// # ^ platform-mismatch
    /// FROM --platform=windows/amd64 alpine:3.24
    /// # ^ platform-mismatch
    /// FROM --platform=linux/arm64 mcr.microsoft.com/windows/nanoserver:ltsc2025
    /// # ^ platform-mismatch
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM --platform=linux/arm64/v8 arm64v8/alpine:3.24
    /// FROM --platform=$BUILDPLATFORM arm64v8/alpine:3.24
    /// FROM --platform=linux/arm64 alpine:3.24
    /// FROM --platform=windows/amd64 mcr.microsoft.com/windows/nanoserver:ltsc2025
    /// ```
    ///
    /// ## Limits
    /// The registry is not asked which platforms an image has; only the names are compared.
    ///
    /// ## References
    /// - Docker build checks: InvalidBaseImagePlatform
    "platform-mismatch" for DockerfileSubject {
        aliases: ["buildkit:InvalidBaseImagePlatform", "tally:platform-mismatch"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::From], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(flag) = instruction.flag("platform") else { return };
    let Some(base) = external_base(subject, instruction) else { return };
    let Some(image) = base.known().filter(|_| !flag.text().contains('$')) else { return };
    let name = image.familiar_name();
    let Some(actual) = platform_of(&name) else { return };
    let asked = flag.text().to_ascii_lowercase();
    // `linux/arm64` covers `linux/arm64/v8`, and the other way round.
    let fits = is_prefix(actual, &asked) || is_prefix(&asked, actual);
    if !fits && asked.contains('/') {
        let message = format!("`{name}` is made for `{actual}`, not for `{asked}`");
        let _ = sink.report(flag.span, message).related(base.from.image.word.span, "this image");
    }
}

/// What a repository is made for, as far as its name tells.
fn platform_of(name: &str) -> Option<&'static str> {
    if name.starts_with("mcr.microsoft.com/windows") {
        return Some("windows");
    }
    let owner = name.split_once('/').map(|it| it.0);
    match owner {
        Some(owner) => ARCHITECTURES.iter().find(|it| it.0 == owner).map(|it| it.1),
        None => LINUX_ONLY.contains(&name).then_some("linux"),
    }
}

fn is_prefix(short: &str, long: &str) -> bool {
    long.strip_prefix(short).is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

/// The owners of official images for one architecture.
static ARCHITECTURES: &[(&str, &str)] = &[
    ("amd64", "linux/amd64"),
    ("i386", "linux/386"),
    ("arm32v5", "linux/arm/v5"),
    ("arm32v6", "linux/arm/v6"),
    ("arm32v7", "linux/arm/v7"),
    ("arm64v8", "linux/arm64/v8"),
    ("ppc64le", "linux/ppc64le"),
    ("riscv64", "linux/riscv64"),
    ("s390x", "linux/s390x"),
    ("winamd64", "windows/amd64"),
];

/// Distributions, which are never made for Windows.
static LINUX_ONLY: &[&str] =
    &["alpine", "debian", "ubuntu", "fedora", "busybox", "amazonlinux", "rockylinux", "almalinux"];
