use plimsoll_dockerfile::SyntaxErrorKind;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Instruction before the first `FROM`.
    ///
    /// ## Why
    /// Only `ARG` may stand there; anything else fails the build.
    ///
    /// ## Bad
    /// ```dockerfile
    /// LABEL name=app
    /// # ^ instruction-before-from
    /// FROM debian:12
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// ARG VERSION=12
    /// FROM debian:${VERSION}
    /// LABEL name=app
    /// ```
    /// ```dockerfile
    /// LABEL name=app
    /// ```
    ///
    /// ## Limits
    /// A fragment without any `FROM` is not judged by this rule.
    ///
    /// ## References
    /// - Dockerfile reference: format, `FROM`
    "instruction-before-from" for DockerfileSubject {
        aliases: [
            "hadolint:DL3061", "droast:DF037", "dockerfilelint:from_first",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    if subject.dockerfile.is_fragment() {
        return;
    }
    let errors = subject.dockerfile.errors.iter();
    for error in errors.filter(|it| it.kind == SyntaxErrorKind::BeforeFirstStage) {
        sink.report(error.span, "only `ARG` may stand before the first `FROM`");
    }
}
