use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Sink};

use crate::{overridden::report_overridden, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// More than one `HEALTHCHECK` in a stage.
    ///
    /// ## Why
    /// Only the last one counts. Whoever reads or edits an earlier one is misled about what the
    /// image probes.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13 AS one
    /// HEALTHCHECK --retries=9 CMD ["/old"]
    /// # ^ multiple-healthcheck
    /// USER 10001
    /// HEALTHCHECK CMD ["/new"]
    /// FROM debian:13
    /// HEALTHCHECK CMD ["/new"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// HEALTHCHECK --retries=9 CMD ["/old"]
    /// # ^ multiple-healthcheck
    /// HEALTHCHECK --retries=9 CMD ["/old"]
    /// # ^ multiple-healthcheck
    /// # The one that counts.
    /// HEALTHCHECK CMD ["/new"]
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13 AS one
    /// # ^ multiple-healthcheck
    /// USER 10001
    /// HEALTHCHECK CMD ["/new"]
    /// FROM debian:13
    /// HEALTHCHECK CMD ["/new"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// # ^ multiple-healthcheck
    /// # ^ multiple-healthcheck
    /// # The one that counts.
    /// HEALTHCHECK CMD ["/new"]
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13 AS one
    /// HEALTHCHECK --retries=9 CMD ["/old"]
    /// FROM one
    /// HEALTHCHECK CMD ["/new"]
    /// ONBUILD HEALTHCHECK --retries=9 CMD ["/old"]
    /// ```
    ///
    /// ## Limits
    /// One that a stage takes over from the stage it starts from may be replaced; that is no fault.
    /// One with a comment between its lines is reported, but not removed.
    ///
    /// ## References
    /// - Dockerfile reference: `HEALTHCHECK`
    "multiple-healthcheck" for DockerfileSubject {
        aliases: [
            "hadolint:DL3012", "trivy:DS-0023", "buildkit:MultipleInstructionsDisallowed",
            "dockerfile-doctor:DD049", "droast:DF041",
        ],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    report_overridden(subject, Keyword::Healthcheck, sink);
}
