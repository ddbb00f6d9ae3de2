use plimsoll_dockerfile::SyntaxErrorKind;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Instruction that cannot be read.
    ///
    /// ## Why
    /// An instruction with an argument too few or too many, or with a flag that does not exist,
    /// fails the build.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN
    /// # ^ syntax-error
    /// COPY app
    /// # ^ syntax-error
    /// HEALTHCHECK --interval CMD true
    /// # ^ syntax-error
    /// COPY --chwon=1 a /b
    /// # ^ syntax-error
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// COPY app /app
    /// HEALTHCHECK --interval=30s CMD true
    /// ```
    ///
    /// ## Limits
    /// Unknown instructions, ports, names of stages and broken arrays have rules of their own.
    ///
    /// ## References
    /// - Dockerfile reference: format
    "syntax-error" for DockerfileSubject {
        aliases: [
            "hadolint:DL1000", "dockerfilelint:required_params", "dockerfilelint:missing_args",
            "dockerfilelint:extra_args", "dockerfilelint:invalid_format",
            "dockerfilelint:healthcheck_options_missing_args", "dockerfile-doctor:DD047",
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
    let errors = subject.dockerfile.errors.iter();
    for error in errors.filter(|it| !has_own_rule(it.kind)) {
        sink.report(error.span, error.message.clone());
    }
}

fn has_own_rule(kind: SyntaxErrorKind) -> bool {
    matches!(
        kind,
        SyntaxErrorKind::UnknownInstruction
            | SyntaxErrorKind::BeforeFirstStage
            | SyntaxErrorKind::BadOnbuild
            | SyntaxErrorKind::BadPort
            | SyntaxErrorKind::BadStageName
            | SyntaxErrorKind::BadStageGraph
            | SyntaxErrorKind::BadJson
            | SyntaxErrorKind::LimitExceeded
    )
}
