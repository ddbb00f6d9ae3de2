use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Sink};

use crate::{overridden::report_overridden, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// More than one `ENTRYPOINT` in a stage.
    ///
    /// ## Why
    /// Only the last one counts. Whoever reads or edits an earlier one is misled about what the
    /// image starts.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13 AS one
    /// ENTRYPOINT ["/old"]
    /// # ^ multiple-entrypoint
    /// USER 10001
    /// ENTRYPOINT ["/new"]
    /// FROM debian:13
    /// ENTRYPOINT ["/new"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ENTRYPOINT ["/old"]
    /// # ^ multiple-entrypoint
    /// ENTRYPOINT ["/old"]
    /// # ^ multiple-entrypoint
    /// # The one that counts.
    /// ENTRYPOINT ["/new"]
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13 AS one
    /// # ^ multiple-entrypoint
    /// USER 10001
    /// ENTRYPOINT ["/new"]
    /// FROM debian:13
    /// ENTRYPOINT ["/new"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// # ^ multiple-entrypoint
    /// # ^ multiple-entrypoint
    /// # The one that counts.
    /// ENTRYPOINT ["/new"]
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13 AS one
    /// ENTRYPOINT ["/old"]
    /// FROM one
    /// ENTRYPOINT ["/new"]
    /// ONBUILD ENTRYPOINT ["/old"]
    /// ```
    ///
    /// ## Limits
    /// One that a stage takes over from the stage it starts from may be replaced; that is no fault.
    /// One with a comment between its lines is reported, but not removed.
    ///
    /// ## References
    /// - Dockerfile reference: `ENTRYPOINT`
    "multiple-entrypoint" for DockerfileSubject {
        aliases: [
            "hadolint:DL4004", "kics:multiple_entrypoint_instructions_listed", "trivy:DS-0007",
            "semgrep:multiple-entrypoint-instructions", "buildkit:MultipleInstructionsDisallowed",
            "dockerfile-doctor:DD037", "droast:DF039",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    report_overridden(subject, Keyword::Entrypoint, sink);
}
