use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service without limits of its own for open files and processes.
    ///
    /// ## Why
    /// The service inherits what the daemon was started with, which differs from host to host and
    /// is often no limit at all.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     # ^ service-without-ulimits
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     ulimits: # enough for ordinary services
    ///       nofile:
    ///         soft: 4096
    ///         hard: 8192
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     ulimits:
    ///       nproc: 65535
    /// ```
    ///
    /// ## Limits
    /// Limits that the daemon sets for all containers are not seen.
    ///
    /// ## References
    /// - Compose Specification: `ulimits`
    /// - CIS Docker Benchmark, section 5: default ulimits
    "service-without-ulimits" for ServiceSubject {
        aliases: ["docker-bench:5.19"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["runtime.ulimits"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let of_daemon = service.daemon.as_ref().is_some_and(|it| !it.ulimits.is_empty());
    if of_daemon || !service.ulimits.is_empty() {
        return;
    }
    let files = Value::map([("soft", Value::number(4096)), ("hard", Value::number(8192))]);
    let limits = Value::map([("nofile", files)]);
    let edits = subject.set("ulimits", &limits, Some("enough for ordinary services"));
    sink.report_at(service.place.clone(), "the container takes whatever ulimits the daemon has")
        .fix("Limit the open files", Safety::Unsafe, edits.unwrap_or_default());
}
