use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service whose health check, if there is one, is the image's.
    ///
    /// ## Why
    /// Nothing here tells the engine how to see whether the service still answers. The image may
    /// bring a check; that cannot be seen from the files.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     # ^ service-without-healthcheck
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     healthcheck:
    ///       test: ["CMD", "true"]
    /// ```
    ///
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   app:
    ///     build: .
    /// # file: Dockerfile
    /// FROM alpine:3.22
    /// HEALTHCHECK CMD /app --check
    /// CMD ["/app"]
    /// ```
    ///
    /// ## Limits
    /// Images are not looked into.
    ///
    /// ## References
    /// - Compose Specification: `healthcheck`
    /// - CIS Docker Benchmark, section 5: container health
    "service-without-healthcheck" for ServiceSubject {
        aliases: ["kics:healthcheck_not_set", "docker-bench:5.27"],
        severity: Low,
        confidence: Low,
        audience: Hygiene,
        controls: ["runtime.health-at-runtime"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    if service.healthcheck.is_none() && service.effective_healthcheck().is_none() {
        let message = "no health check is written here; the image may bring one or not";
        let _ = sink.report_at(service.place.clone(), message);
    }
}
