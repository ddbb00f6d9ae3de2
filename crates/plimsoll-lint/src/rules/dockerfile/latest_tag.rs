use plimsoll_dockerfile::{ImageReference, Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{base_image::external_base, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// An image with the tag `latest`.
    ///
    /// ## Why
    /// `latest` is a name for whatever was pushed last. A rebuild can bring another major version
    /// without a line of the Dockerfile having changed, and a rollback cannot name what it goes
    /// back to.
    ///
    /// ## Bad
    /// ```dockerfile
    /// ARG TAG=latest
    /// FROM debian:latest AS build
    /// # ^ latest-tag
    /// FROM debian:${TAG}
    /// # ^ latest-tag
    /// COPY --from=nginx:latest /etc/nginx/mime.types /etc/
    /// # ^ latest-tag
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// reference: example/app:latest
    /// # ^ latest-tag
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// reference: example/app
    /// # ^ latest-tag
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13-slim AS latest
    /// FROM latest
    /// FROM debian:latest@sha256:0000000000000000000000000000000000000000000000000000000000000000
    /// FROM debian:$UNKNOWN
    /// COPY --from=nginx:1.29 /etc/nginx/mime.types /etc/
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// reference: example/app:1.2
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// reference: 0123456789ab
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {cmd: [nginx]}
    /// ```
    ///
    /// ## Limits
    /// A variable is judged by its default; the builder may be told another value. Other tags that
    /// move, such as `stable` or `edge`, are not listed.
    ///
    /// ## References
    /// - Docker documentation: building best practices, pin base image versions
    "latest-tag" for DockerfileSubject {
        aliases: [
            "hadolint:DL3007", "kics:image_version_using_latest", "trivy:DS-0001",
            "checkov:CKV_DOCKER_7", "semgrep:avoid-latest-version", "dockerfile-doctor:DD001",
            "droast:DF001", "droast:DF024", "dockle:DKL-DI-0006", "lynis:latest",
            "dockerfilelint:latest_tag", "dockerfile_lint:is_latest_tag",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.trusted-base"],
        fix: None,
        check: Check::On(&[Keyword::From, Keyword::Copy, Keyword::Add], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let message = "`latest` means another image after every push; name the version that is meant";
    if let InstructionKind::Copy(copy) | InstructionKind::Add(copy) = &instruction.kind {
        let Some(from) = copy.from.as_ref().filter(|it| it.stage.is_none()) else { return };
        if ImageReference::parse(&from.text).is_some_and(|it| is_latest(&it)) {
            let _ = sink.report(from.span, message);
        }
        return;
    }
    let Some(base) = external_base(subject, instruction) else { return };
    if base.known().is_some_and(is_latest) || is_latest(base.written) {
        // The tag as written is the better place, but it may be inside of a variable.
        let tag = base.written.tag.as_ref().map(|it| it.span);
        let _ = sink.report(tag.unwrap_or(base.from.image.word.span), message);
    }
}

fn is_latest(image: &ImageReference) -> bool {
    image.digest.is_none() && image.tag.as_ref().is_some_and(|it| it.text == "latest")
}
