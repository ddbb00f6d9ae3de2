use plimsoll_config::seccomp::{Action, SyscallRule};
use plimsoll_finding::{Check, Severity, Sink};

use crate::{rule::rule, subject::seccomp::SeccompSubject};

rule! {
    /// The profile lets through what it does not name.
    ///
    /// ## Why
    /// A list of forbidden calls is never complete: each kernel brings new calls, some calls have
    /// twins on other machines, and a slip of the pen forbids nothing. A profile that forbids by
    /// default stays right.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ALLOW",
    /// # ^ seccomp-default-allow
    ///   "syscalls": [{ "names": ["mount"], "action": "SCMP_ACT_ERRNO" }]
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{ "names": ["read"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## Limits
    /// Whether the forbidden calls are the right ones is not judged here.
    ///
    /// ## References
    /// - Docker: seccomp security profiles for Docker
    /// - OCI runtime specification: seccomp
    "seccomp-default-allow" for SeccompSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["daemon.seccomp"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &SeccompSubject, sink: &mut Sink<'_>) {
    let profile = &subject.profile;
    let Some(default) = profile.default_action else { return };
    if default.action != Some(Action::Allow) {
        return;
    }
    let denies = |it: &SyscallRule| it.known_action().is_some_and(|it| !it.lets_through());
    if profile.rules.iter().any(denies) {
        let message = "calls that are not named are let through; forbid by default instead";
        sink.report(default.span, message);
    } else {
        let message = "this profile forbids nothing, as if there were none";
        sink.report(default.span, message).severity(Severity::High);
    }
}
