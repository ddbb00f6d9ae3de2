use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::remove_key, subject::service::ServiceSubject};

rule! {
    /// A service that shares the memory segments of the host.
    ///
    /// ## Why
    /// Shared memory, semaphores and message queues of every program on the host lie open to the
    /// service: databases and desktops keep data there.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   agent:
    ///     image: example.com/agent:1.4
    ///     ipc: host
    ///     # ^ host-ipc-service
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
    ///     ipc: shareable
    /// ```
    ///
    /// ## Limits
    /// Sharing with another container (`service:`, `container:`) is not reported.
    ///
    /// ## References
    /// - Compose Specification: `ipc`
    /// - CIS Docker Benchmark, section 5: the IPC namespace of the host
    "host-ipc-service" for ServiceSubject {
        aliases: [
            "kics:shared_host_ipc_namespace", "compose-lint:CL-0010", "docker-bench:5.17",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.host-ipc"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let mode = subject.service().ipc.as_ref();
    let Some(mode) = mode.filter(|it| it.value.trim() == "host") else { return };
    let edits = remove_key(subject, "ipc").unwrap_or_default();
    sink.report_at(
        subject.place(mode),
        "the container reads and writes the shared memory of the host",
    )
    .fix("Give the service its own namespace", Safety::Unsafe, edits);
}
