use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, service_gap::report_memory, subject::service::ServiceSubject};

rule! {
    /// A service that has no memory limit and can be reached from outside.
    ///
    /// ## Why
    /// One leak or one large request takes all memory, and the kernel then ends whatever it likes
    /// on the whole host. This one is published, so whoever finds a hole in it starts from there.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     # ^ exposed-without-memory-limit
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
    ///     mem_limit: 512m
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     ports: ["8080:8080"]
    ///     deploy:
    ///       resources:
    ///         limits: {memory: 256M}
    ///   internal:
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// How much the service needs it cannot tell; the fix writes a number to start from.
    ///
    /// ## References
    /// - Compose Specification: `mem_limit`, `deploy.resources`
    /// - CIS Docker Benchmark, section 5: memory usage
    "exposed-without-memory-limit" for ServiceSubject {
        aliases: [
            "kics:memory_not_limited", "compose-lint:CL-0026", "docker-bench:5.11",
        ],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["runtime.memory-limit"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    if subject.service().is_published() {
        report_memory(subject, sink);
    }
}
