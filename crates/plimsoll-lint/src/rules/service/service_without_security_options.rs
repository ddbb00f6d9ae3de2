use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_posture::ServiceOrigin;

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service without any `security_opt`.
    ///
    /// ## Why
    /// A look at `security_opt` shows that somebody thought of seccomp, AppArmor, SELinux and new
    /// privileges. Without it the service has what the engine happens to give.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     # ^ service-without-security-options
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     security_opt: # set-user-id programs gain nothing
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     security_opt:
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Limits
    /// What the options say is judged by other rules.
    ///
    /// ## References
    /// - Compose Specification: `security_opt`
    /// - CIS Docker Benchmark, section 5: AppArmor and SELinux
    "service-without-security-options" for ServiceSubject {
        aliases: ["kics:security_opt_not_set", "docker-bench:5.3"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.selinux", "runtime.apparmor"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    // What confines a container that is there has fields of its own.
    let is_resolved = service.origin == ServiceOrigin::Container;
    if is_resolved || !service.security_opt.is_empty() {
        return;
    }
    let reason = Some("set-user-id programs gain nothing");
    let edits = subject.add_to_list("security_opt", "no-new-privileges:true", reason);
    sink.report_at(service.place.clone(), "the service has no `security_opt` of any kind").fix(
        "Forbid new privileges",
        Safety::Unsafe,
        edits.unwrap_or_default(),
    );
}
