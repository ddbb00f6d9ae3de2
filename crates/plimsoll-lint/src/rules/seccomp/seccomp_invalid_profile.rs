use plimsoll_config::seccomp::SeccompProblemKind;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::seccomp::SeccompSubject};

rule! {
    /// The profile cannot be used as it is.
    ///
    /// ## Why
    /// The engine refuses a profile that is no valid JSON or has not the form of a profile, so no
    /// container starts under it.
    ///
    /// ## Bad
    /// ```json
    /// {
    /// # ^ seccomp-invalid-profile
    ///   "syscalls": []
    /// }
    /// ```
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "architectures": ["amd64"]
    /// # ^ seccomp-invalid-profile
    /// }
    /// ```
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{ "names": ["read"] }]
    /// # ^ seccomp-invalid-profile
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "architectures": ["SCMP_ARCH_X86_64"],
    ///   "syscalls": [{ "names": ["read"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## Limits
    /// Conditions on arguments are not looked into.
    ///
    /// ## References
    /// - Docker: seccomp security profiles for Docker
    /// - OCI runtime specification: seccomp
    "seccomp-invalid-profile" for SeccompSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &SeccompSubject, sink: &mut Sink<'_>) {
    for problem in &subject.profile.problems {
        if problem.kind != SeccompProblemKind::Action {
            sink.report(problem.span, problem.message.clone());
        }
    }
}
