use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::remove_key, subject::service::ServiceSubject};

rule! {
    /// A service that shares the host name of the host.
    ///
    /// ## Why
    /// The service can rename the host with a system call; programs on the host that ask for their
    /// name believe it.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   agent:
    ///     image: example.com/agent:1.4
    ///     uts: host
    ///     # ^ host-uts-service
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
    ///     uts: ""
    /// ```
    ///
    /// ## Limits
    /// The right to set the name needs `SYS_ADMIN` as well.
    ///
    /// ## References
    /// - Compose Specification: `uts`
    /// - CIS Docker Benchmark, section 5: the UTS namespace of the host
    "host-uts-service" for ServiceSubject {
        aliases: ["compose-lint:CL-0010", "docker-bench:5.21"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.host-uts"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let mode = subject.service().uts.as_ref();
    let Some(mode) = mode.filter(|it| it.value.trim() == "host") else { return };
    let edits = remove_key(subject, "uts").unwrap_or_default();
    sink.report_at(
        subject.place(mode),
        "the container shares the host name of the host and may change it",
    )
    .fix("Give the service its own namespace", Safety::Unsafe, edits);
}
