use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::project::ProjectSubject};

rule! {
    /// A service waits for the health of one that has no health check.
    ///
    /// ## Why
    /// `condition: service_healthy` waits for a check to pass. Neither the compose file nor the
    /// Dockerfile of the other service has one, or one of them switches it off, so the start fails
    /// or never comes.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     depends_on:
    ///       api:
    ///       # ^ dependency-without-healthcheck
    ///         condition: service_healthy
    ///   off:
    ///     image: example.com/off:1
    ///     depends_on:
    ///       silenced:
    ///       # ^ dependency-without-healthcheck
    ///         condition: service_healthy
    ///   api:
    ///     build: ./api
    ///   silenced:
    ///     image: example.com/silenced:1
    ///     healthcheck:
    ///       disable: true
    /// # file: api/Dockerfile
    /// FROM debian:13
    /// CMD ["api"]
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     depends_on:
    ///       api:
    ///         condition: service_healthy
    ///       other:
    ///         condition: service_started
    ///       foreign:
    ///         condition: service_healthy
    ///   api:
    ///     build: ./api
    ///   other:
    ///     build: ./other
    ///   foreign:
    ///     image: example.com/foreign:1
    /// # file: api/Dockerfile
    /// FROM debian:13
    /// HEALTHCHECK CMD ["api", "--check"]
    /// # file: other/Dockerfile
    /// FROM debian:13
    /// CMD ["other"]
    /// ```
    ///
    /// ## Limits
    /// Whether an image that is not built here brings a check is not known, so nothing is said of
    /// it.
    ///
    /// ## References
    /// - Compose Specification: `depends_on`, `healthcheck`
    "dependency-without-healthcheck" for ProjectSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.healthcheck", "runtime.health-at-runtime"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ProjectSubject, sink: &mut Sink<'_>) {
    for service in subject.services() {
        for wanted in &service.healthy_dependencies {
            let other = subject.services().iter().find(|it| it.name == wanted.value);
            let Some(other) = other else { continue };
            let Some(check) = other.effective_healthcheck().filter(|it| !it.value) else {
                continue;
            };
            let place = wanted.location().unwrap_or(&service.place).clone();
            let message = format!(
                "`{}` waits until `{}` is healthy, which has no health check",
                service.name, other.name
            );
            let decided = check.location().unwrap_or(&other.place).clone();
            sink.report_at(place, message).related_at(decided, "no check here");
        }
    }
}
