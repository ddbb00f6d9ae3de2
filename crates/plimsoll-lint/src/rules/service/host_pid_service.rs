use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::remove_key, subject::service::ServiceSubject};

rule! {
    /// A service that sees the processes of the host.
    ///
    /// ## Why
    /// From the host's process namespace the service sees every process, its arguments and its
    /// environment, and can signal or trace those of its user; as root it walks into the host
    /// through `/proc/1/root`.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   agent:
    ///     image: example.com/agent:1.4
    ///     pid: host
    ///     # ^ host-pid-service
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
    ///     pid: "container:other"
    /// ```
    ///
    /// ## Limits
    /// Sharing the processes of another container is not reported.
    ///
    /// ## References
    /// - Compose Specification: `pid`
    /// - CIS Docker Benchmark, section 5: the process namespace of the host
    "host-pid-service" for ServiceSubject {
        aliases: [
            "kics:host_namespace_is_shared", "compose-lint:CL-0010", "docker-bench:5.16",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.host-pid"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let mode = subject.service().pid.as_ref();
    let Some(mode) = mode.filter(|it| it.value.trim() == "host") else { return };
    let edits = remove_key(subject, "pid").unwrap_or_default();
    sink.report_at(subject.place(mode), "the container sees and reaches every process of the host")
        .fix("Give the service its own namespace", Safety::Unsafe, edits);
}
