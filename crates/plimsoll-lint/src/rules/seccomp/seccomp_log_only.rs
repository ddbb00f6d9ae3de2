use plimsoll_config::seccomp::Action;
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::seccomp::SeccompSubject};

rule! {
    /// The profile only writes down what it does not name.
    ///
    /// ## Why
    /// `SCMP_ACT_LOG` as the default is for learning what a program does: every call is carried
    /// out. Left in place it protects nothing.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_LOG"
    /// # ^ seccomp-log-only
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO"
    /// # ^ seccomp-log-only
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO"
    /// }
    /// ```
    ///
    /// ## Limits
    /// The fix forbids what the profile does not name, so finish the list first.
    ///
    /// ## References
    /// - Docker: seccomp security profiles for Docker
    /// - OCI runtime specification: seccomp
    "seccomp-log-only" for SeccompSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["daemon.seccomp"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &SeccompSubject, sink: &mut Sink<'_>) {
    let Some(default) = subject.profile.default_action else { return };
    if default.action == Some(Action::Log) {
        let edits = vec![Edit::replace(default.span, "\"SCMP_ACT_ERRNO\"")];
        sink.report(default.span, "calls that are not named are only logged, not stopped").fix(
            "Forbid calls that are not named",
            Safety::Unsafe,
            edits,
        );
    }
}
