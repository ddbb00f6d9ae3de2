use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    rule::rule,
    service_gap::{PROCESSES, limit_place, process_edits},
    subject::service::ServiceSubject,
};

rule! {
    /// A service that has no limit of processes.
    ///
    /// ## Why
    /// The number of processes of a host is finite. A fork bomb, or a program that starts a child
    /// for each request, takes them all, and nobody can log in any more.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     # ^ service-without-process-limit
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     pids_limit: 200
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     pids_limit: 100
    /// ```
    ///
    /// ## Limits
    /// A limit that the daemon or its system slice sets is not seen.
    ///
    /// ## References
    /// - Compose Specification: `pids_limit`, `deploy.resources`
    /// - CIS Docker Benchmark, section 5: the PIDs cgroup limit
    "service-without-process-limit" for ServiceSubject {
        aliases: ["kics:pids_limit_not_set", "docker-bench:5.29"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.pids-limit"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let limit = subject.service().pids_limit.as_ref();
    if limit.is_some_and(|it| it.value > 0) {
        return;
    }
    let (place, edits) = match limit {
        Some(limit) => {
            let place = subject.place(limit);
            let edits = subject.replace(&place, &Value::number(PROCESSES));
            (place, edits)
        }
        None => (limit_place(subject), process_edits(subject)),
    };
    sink.report_at(place, "without a process limit a fork bomb takes the host down").fix(
        "Limit the number of processes",
        Safety::Unsafe,
        edits.unwrap_or_default(),
    );
}
