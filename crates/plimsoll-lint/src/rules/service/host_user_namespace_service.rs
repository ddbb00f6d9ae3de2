use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::remove_key, subject::service::ServiceSubject};

rule! {
    /// A service that opts out of user namespaces.
    ///
    /// ## Why
    /// Where the daemon maps the root of containers to an ordinary user, this service opts out: its
    /// root is the root of the host again.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   agent:
    ///     image: example.com/agent:1.4
    ///     userns_mode: host
    ///     # ^ host-user-namespace-service
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   agent:
    ///     image: example.com/agent:1.4
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   agent:
    ///     image: example.com/agent:1.4
    ///   tool:
    ///     image: example.com/tool:2.0
    ///     userns_mode: ""
    /// ```
    ///
    /// ## Limits
    /// Where the daemon maps no users the setting changes nothing yet.
    ///
    /// ## References
    /// - Compose Specification: `userns_mode`
    /// - CIS Docker Benchmark, section 5: the user namespaces of the host
    "host-user-namespace-service" for ServiceSubject {
        aliases: [
            "kics:shared_host_user_namespace", "compose-lint:CL-0010", "docker-bench:5.31",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.host-userns"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let mode = subject.service().userns_mode.as_ref();
    let Some(mode) = mode.filter(|it| it.value.trim() == "host") else { return };
    let edits = remove_key(subject, "userns_mode").unwrap_or_default();
    sink.report_at(
        subject.place(mode),
        "the container opts out of user namespaces, so its root is the root of the host",
    )
    .fix("Give the service its own namespace", Safety::Unsafe, edits);
}
