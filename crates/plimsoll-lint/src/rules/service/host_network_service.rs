use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::remove_key, subject::service::ServiceSubject};

rule! {
    /// A service in the network of the host.
    ///
    /// ## Why
    /// The service sees every interface and every loopback port of the host, may listen anywhere,
    /// and no firewall rule of Docker stands between it and what listens on `127.0.0.1`.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   agent:
    ///     image: example.com/agent:1.4
    ///     network_mode: host
    ///     # ^ host-network-service
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
    ///     network_mode: none
    /// ```
    ///
    /// ## Limits
    /// Some agents measure the host and need this; waive them by name.
    ///
    /// ## References
    /// - Compose Specification: `network_mode`
    /// - CIS Docker Benchmark, section 5: the network namespace of the host
    "host-network-service" for ServiceSubject {
        aliases: [
            "kics:shared_host_network_namespace", "compose-lint:CL-0008", "docker-bench:5.10",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.host-network"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let mode = subject.service().network_mode.as_ref();
    let Some(mode) = mode.filter(|it| it.value.trim() == "host") else { return };
    let edits = remove_key(subject, "network_mode").unwrap_or_default();
    sink.report_at(
        subject.place(mode),
        "the container shares the network of the host, loopback ports included; publish what it serves",
    )
    .fix("Give the service its own namespace", Safety::Unsafe, edits);
}
