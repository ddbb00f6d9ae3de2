use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Stage with a name that means something else.
    ///
    /// ## Why
    /// `scratch` is the empty image and `context` the files of the build. A stage with such a name
    /// hides one of the two, or is itself not found.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22 AS scratch
    /// # ^ reserved-stage-name
    /// FROM alpine:3.22 AS Context
    /// # ^ reserved-stage-name
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM scratch AS empty
    /// FROM alpine:3.22 AS contexts
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Docker build checks: reserved stage names
    "reserved-stage-name" for DockerfileSubject {
        aliases: ["hadolint:DL3063", "buildkit:ReservedStageName", "droast:DF084"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    for (name, span) in subject.dockerfile.stages.iter().filter_map(|it| it.name.as_ref()) {
        if ["scratch", "context"].iter().any(|it| it.eq_ignore_ascii_case(name)) {
            sink.report(*span, format!("`{name}` already means something; rename this stage"));
        }
    }
}
