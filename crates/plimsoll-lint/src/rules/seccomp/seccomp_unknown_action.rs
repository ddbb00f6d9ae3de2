use plimsoll_config::seccomp::SeccompProblemKind;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::seccomp::SeccompSubject};

rule! {
    /// An action that seccomp does not know.
    ///
    /// ## Why
    /// The runtime refuses a profile with an action that it does not know, so no container starts
    /// under it.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_DENY",
    /// # ^ seccomp-unknown-action
    ///   "syscalls": [{ "names": ["read"], "action": "ALLOW" }]
    /// # ^ seccomp-unknown-action
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_KILL_PROCESS",
    ///   "syscalls": [{ "names": ["read"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## References
    /// - OCI runtime specification: seccomp
    "seccomp-unknown-action" for SeccompSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &SeccompSubject, sink: &mut Sink<'_>) {
    for problem in &subject.profile.problems {
        if problem.kind == SeccompProblemKind::Action {
            let message = "seccomp does not know this action, such as `SCMP_ACT_ERRNO`";
            sink.report(problem.span, message);
        }
    }
}
