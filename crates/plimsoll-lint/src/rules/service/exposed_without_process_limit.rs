use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, service_gap::report_processes, subject::service::ServiceSubject};

rule! {
    /// A service that has no limit of processes and can be reached from outside.
    ///
    /// ## Why
    /// The number of processes of a host is finite. A fork bomb, or a program that starts a child
    /// for each request, takes them all, and nobody can log in any more. This one is published, so
    /// whoever finds a hole in it starts from there.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     # ^ exposed-without-process-limit
    ///     image: example.com/app:1.4
    ///     ports: ["8080:8080"]
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     ports: ["8080:8080"]
    ///     pids_limit: 200
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     ports: ["8080:8080"]
    ///     pids_limit: 100
    ///   internal:
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// A limit that the daemon or its system slice sets is not seen.
    ///
    /// ## References
    /// - Compose Specification: `pids_limit`, `deploy.resources`
    /// - CIS Docker Benchmark, section 5: the PIDs cgroup limit
    "exposed-without-process-limit" for ServiceSubject {
        aliases: ["kics:pids_limit_not_set", "docker-bench:5.29"],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["runtime.pids-limit"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    if subject.service().is_published() {
        report_processes(subject, sink);
    }
}
