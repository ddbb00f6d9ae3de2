use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::value_place, subject::service::ServiceSubject};

rule! {
    /// A service whose output is thrown away.
    ///
    /// ## Why
    /// After a break-in, or an outage, nothing can be read: `docker logs` is empty and no collector
    /// has anything.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   cache:
    ///     image: example.com/cache:8
    ///     logging:
    ///       driver: none
    ///       # ^ service-log-switched-off
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   cache:
    ///     image: example.com/cache:8
    ///     logging:
    ///       driver: local
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   cache:
    ///     image: example.com/cache:8
    ///     logging:
    ///       driver: json-file
    ///       options: {max-size: 10m}
    ///   other:
    ///     image: example.com/cache:8
    /// ```
    ///
    /// ## Limits
    /// A service that writes its own log files may do without.
    ///
    /// ## References
    /// - Compose Specification: `logging`
    /// - CIS Docker Benchmark, section 2: centralized and remote logging
    "service-log-switched-off" for ServiceSubject {
        aliases: ["compose-lint:CL-0014"],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["daemon.remote-logging"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let Some(logging) = &subject.service().logging else { return };
    if logging.value.driver.as_deref() != Some("none") {
        return;
    }
    let place = value_place(subject, &["logging", "driver"]);
    let place = place.unwrap_or_else(|| subject.place(logging));
    let edits = subject.replace(&place, &Value::text("local")).unwrap_or_default();
    sink.report_at(place, "the output of the container is thrown away; use `local` with a limit")
        .fix("Keep the output in a small local log", Safety::Unsafe, edits);
}
