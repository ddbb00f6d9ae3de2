use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Sink};

use crate::{overridden::report_overridden, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// More than one `CMD` in a stage.
    ///
    /// ## Why
    /// Only the last one counts. Whoever reads or edits an earlier one is misled about what the
    /// image starts.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13 AS one
    /// CMD ["/old"]
    /// # ^ multiple-cmd
    /// USER 10001
    /// CMD ["/new"]
    /// FROM debian:13
    /// CMD ["/new"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// CMD ["/old"]
    /// # ^ multiple-cmd
    /// CMD ["/old"]
    /// # ^ multiple-cmd
    /// # The one that counts.
    /// CMD ["/new"]
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13 AS one
    /// # ^ multiple-cmd
    /// USER 10001
    /// CMD ["/new"]
    /// FROM debian:13
    /// CMD ["/new"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// # ^ multiple-cmd
    /// # ^ multiple-cmd
    /// # The one that counts.
    /// CMD ["/new"]
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13 AS one
    /// CMD ["/old"]
    /// FROM one
    /// CMD ["/new"]
    /// ONBUILD CMD ["/old"]
    /// ```
    ///
    /// ## Limits
    /// One that a stage takes over from the stage it starts from may be replaced; that is no fault.
    /// One with a comment between its lines is reported, but not removed.
    ///
    /// ## References
    /// - Dockerfile reference: `CMD`
    "multiple-cmd" for DockerfileSubject {
        aliases: [
            "hadolint:DL4003", "kics:multiple_cmd_instructions_listed", "trivy:DS-0016",
            "buildkit:MultipleInstructionsDisallowed", "dockerfile-doctor:DD036", "droast:DF038",
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
    report_overridden(subject, Keyword::Cmd, sink);
}
