use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::key_around, subject::service::ServiceSubject};

rule! {
    /// A service that switches `no-new-privileges` off.
    ///
    /// ## Why
    /// The line looks like protection and is none: set-user-id programs hand root to whoever runs
    /// them. It even overrides a daemon that forbids new privileges for all.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     security_opt:
    ///     # ^ no-new-privileges-off
    ///       - no-new-privileges:false
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     security_opt:
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     security_opt:
    ///       - no-new-privileges
    ///   other:
    ///     image: example.com/app:1.4
    ///     security_opt: ["no-new-privileges=true"]
    /// ```
    ///
    /// ## Limits
    /// What in the image needs the privileges it cannot tell.
    ///
    /// ## References
    /// - Compose Specification: `security_opt`
    /// - CIS Docker Benchmark, section 5: additional privileges
    "no-new-privileges-off" for ServiceSubject {
        aliases: [
            "kics:no_new_privileges_not_set", "semgrep:no-new-privileges",
            "compose-lint:CL-0003", "docker-bench:5.26",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.no-new-privileges"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let declared = subject.service().declared_no_new_privileges();
    let Some(declared) = declared.filter(|it| !it.value) else { return };
    let place = subject.place(&declared);
    let edits = subject.replace(&place, &Value::text("no-new-privileges:true"));
    sink.report_at(
        key_around(subject, "security_opt", &place),
        "`no-new-privileges` is switched off, so set-user-id programs hand out root",
    )
    .related_at(place, "here")
    .fix("Forbid new privileges", Safety::Unsafe, edits.unwrap_or_default());
}
