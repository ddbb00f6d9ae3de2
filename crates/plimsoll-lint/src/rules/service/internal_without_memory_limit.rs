use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, service_gap::report_memory, subject::service::ServiceSubject};

rule! {
    /// A service that has no memory limit and is not published.
    ///
    /// ## Why
    /// One leak or one large request takes all memory, and the kernel then ends whatever it likes
    /// on the whole host.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     # ^ internal-without-memory-limit
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     mem_limit: 512m
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     deploy:
    ///       resources:
    ///         limits: {memory: 256M}
    ///   published:
    ///     image: example.com/app:1.4
    ///     ports: ["8080:8080"]
    /// ```
    ///
    /// ## Limits
    /// How much the service needs it cannot tell; the fix writes a number to start from.
    ///
    /// ## References
    /// - Compose Specification: `mem_limit`, `deploy.resources`
    /// - CIS Docker Benchmark, section 5: memory usage
    "internal-without-memory-limit" for ServiceSubject {
        aliases: [
            "kics:memory_not_limited", "compose-lint:CL-0026", "docker-bench:5.11",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.memory-limit"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    if !subject.service().is_published() {
        report_memory(subject, sink);
    }
}
