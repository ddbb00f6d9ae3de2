use plimsoll_dockerfile::SyntaxErrorKind;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Stage name that builders refuse.
    ///
    /// ## Why
    /// A stage name starts with a letter and goes on with letters, digits, `-`, `_` and `.`. With
    /// any other name, one with a variable too, the build fails.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22 AS 2nd
    /// # ^ invalid-stage-name
    /// FROM alpine:3.22 AS $NAME
    /// # ^ invalid-stage-name
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22 AS second_stage-2.0
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Dockerfile reference: `FROM`
    "invalid-stage-name" for DockerfileSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let errors = subject.dockerfile.errors.iter();
    for error in errors.filter(|it| it.kind == SyntaxErrorKind::BadStageName) {
        sink.report(error.span, error.message.clone());
    }
}
