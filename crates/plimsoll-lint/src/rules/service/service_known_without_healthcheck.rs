use plimsoll_finding::{Check, Sink};
use plimsoll_posture::ServiceOrigin;

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service that is known to have no health check.
    ///
    /// ## Why
    /// Nothing tells the engine whether the service still answers. It counts as running while it
    /// hangs, and those that depend on it start too early. Neither the compose file nor the
    /// Dockerfile has a check.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   app:
    ///     # ^ service-known-without-healthcheck
    ///     build: .
    /// # file: Dockerfile
    /// FROM alpine:3.22
    /// CMD ["/app"]
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   app:
    ///     build: .
    /// # file: Dockerfile
    /// FROM alpine:3.22
    /// HEALTHCHECK CMD wget -q -O /dev/null http://127.0.0.1:8080/
    /// CMD ["/app"]
    /// ```
    ///
    /// ```yaml
    /// services:
    ///   unknown:
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// Only images that are built here, on a base that is known to bring no check, are judged.
    ///
    /// ## References
    /// - Dockerfile reference: `HEALTHCHECK`
    /// - CIS Docker Benchmark, section 5: container health
    "service-known-without-healthcheck" for ServiceSubject {
        aliases: ["kics:healthcheck_not_set", "docker-bench:5.27"],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: ["runtime.health-at-runtime"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let is_container = service.origin == ServiceOrigin::Container;
    // What the service or its image switches off on purpose is told by other rules.
    let silent = service.healthcheck.is_none()
        && (is_container
            || service.built_image.as_ref().is_some_and(|it| it.healthcheck.is_none()));
    if silent && service.effective_healthcheck().is_some_and(|it| !it.value) {
        let message = if is_container {
            "nothing tells the engine whether it still answers: there is no health check"
        } else {
            "neither compose file nor Dockerfile has a health check"
        };
        let _ = sink.report_at(service.place.clone(), message);
    }
}
