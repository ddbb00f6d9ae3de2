use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service that runs privileged.
    ///
    /// ## Why
    /// A privileged container holds every capability, sees every device and is confined by neither
    /// seccomp nor AppArmor. Root in it is root on the host.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: nginx:1.27
    ///     privileged: true
    ///     # ^ privileged-service
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   web:
    ///     image: nginx:1.27
    ///     privileged: false
    ///     # ^ privileged-service
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: nginx:1.27
    ///     privileged: false
    ///     cap_add: [NET_BIND_SERVICE]
    /// ```
    ///
    /// ## Limits
    /// What the service needs instead (a capability, a device) it cannot tell.
    ///
    /// ## References
    /// - Compose Specification: `privileged`
    /// - CIS Docker Benchmark, section 5: privileged containers
    "privileged-service" for ServiceSubject {
        aliases: [
            "kics:privileged_containers_enabled", "semgrep:privileged-service",
            "compose-lint:CL-0002", "docker-bench:5.5",
        ],
        severity: Critical,
        confidence: High,
        audience: Default,
        controls: ["runtime.privileged"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let Some(privileged) = subject.service().privileged.as_ref().filter(|it| it.value) else {
        return;
    };
    let place = subject.place(privileged);
    let edits = subject.replace(&place, &Value::truth(false)).unwrap_or_default();
    sink.report_at(
        place,
        "a privileged container is root on the host; grant what it needs by name",
    )
    .fix("Run it unprivileged", Safety::Unsafe, edits);
}
