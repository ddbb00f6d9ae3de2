use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    rule::rule,
    service_gap::{limit_edits, limit_place},
    subject::service::ServiceSubject,
};

rule! {
    /// A service without a limit of processor time.
    ///
    /// ## Why
    /// One busy loop takes all processors, and every other service of the host waits.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     # ^ service-without-cpu-limit
    ///     image: example.com/app:1.4
    ///   long:
    ///     image: example.com/app:1.4
    ///     deploy:
    ///       resources:
    ///       # ^ service-without-cpu-limit
    ///         reservations: {cpus: "0.1"}
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     cpus: 1.0
    ///   long:
    ///     image: example.com/app:1.4
    ///     deploy:
    ///       resources:
    ///         reservations: {cpus: "0.1"}
    ///     cpus: 1.0
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     cpus: 0.5
    ///   long:
    ///     image: example.com/app:1.4
    ///     deploy:
    ///       resources:
    ///         limits: {cpus: "0.5"}
    ///   shares:
    ///     image: example.com/app:1.4
    ///     cpu_shares: 512
    /// ```
    ///
    /// ## Limits
    /// How much the service needs it cannot tell; the fix writes a number to start from.
    ///
    /// ## References
    /// - Compose Specification: `cpus`, `deploy.resources`
    /// - CIS Docker Benchmark, section 5: CPU priority
    "service-without-cpu-limit" for ServiceSubject {
        aliases: [
            "kics:cpus_not_limited", "compose-lint:CL-0026", "docker-bench:5.12",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.cpu-shares"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let is_limited = service.cpu_limit.as_ref().is_some_and(|it| it.value > 0.0);
    if is_limited || service.cpu_shares.is_some() || service.cpuset.is_some() {
        return;
    }
    let one = Value::Literal("1.0".to_owned());
    let edits = limit_edits(subject, ("cpus", &one), ("cpus", &Value::text("1.0")));
    sink.report_at(limit_place(subject), "without a CPU limit one busy container slows all others")
        .fix("Limit the service to one CPU", Safety::Unsafe, edits.unwrap_or_default());
}
