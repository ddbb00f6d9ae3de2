use plimsoll_finding::{Check, Sink};
use plimsoll_posture::Healthcheck;

use crate::{rule::rule, service_place::value_place, subject::service::ServiceSubject};

rule! {
    /// A service whose health check is switched off.
    ///
    /// ## Why
    /// The image may bring a check, and this line silences it: a service that hangs stays in place,
    /// and what waits for it to be healthy waits for nothing.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     healthcheck:
    ///       disable: true
    ///       # ^ healthcheck-switched-off
    ///   other:
    ///     image: example.com/app:1.4
    ///     healthcheck:
    ///       test: ["NONE"]
    ///       # ^ healthcheck-switched-off
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     healthcheck:
    ///       test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"]
    /// ```
    ///
    /// ## Limits
    /// Whether something else watches the service is not known.
    ///
    /// ## References
    /// - Compose Specification: `healthcheck`
    /// - CIS Docker Benchmark, section 5: container health
    "healthcheck-switched-off" for ServiceSubject {
        aliases: ["kics:healthcheck_not_set", "docker-bench:5.27"],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["runtime.health-at-runtime"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let Some(own) = &subject.service().healthcheck else { return };
    let is_off = match &own.value {
        Healthcheck::Disabled => true,
        Healthcheck::Test(words) => words.first().is_some_and(|it| it == "NONE"),
        Healthcheck::Inherited => false,
    };
    if !is_off {
        return;
    }
    let keys: [&[&str]; 2] = [&["healthcheck", "disable"], &["healthcheck", "test"]];
    let place = keys.iter().find_map(|it| value_place(subject, it));
    let place = place.unwrap_or_else(|| subject.place(own));
    let _ = sink.report_at(place, "the health check is switched off; what hangs stays");
}
