use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_posture::ServiceOrigin;

use crate::{rule::rule, service_place::remove_key, subject::service::ServiceSubject};

rule! {
    /// A service in the default bridge network.
    ///
    /// ## Why
    /// All containers of the host that name no network meet in the default bridge and can reach
    /// each other. A network of the project keeps strangers out and gives names to its services.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     network_mode: bridge
    ///     # ^ default-bridge-network
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     networks: [front]
    ///   other:
    ///     image: example.com/app:1.4
    /// networks:
    ///   front:
    /// ```
    ///
    /// ## Limits
    /// Whether other containers are in the bridge is not known.
    ///
    /// ## References
    /// - Docker documentation: bridge network driver
    /// - CIS Docker Benchmark, section 5: the default bridge
    "default-bridge-network" for ServiceSubject {
        aliases: ["docker-bench:5.30"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.default-bridge"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let message = "the container meets every other container in the default bridge";
    match &service.network_mode {
        Some(mode) if matches!(mode.value.as_str(), "bridge" | "default") => {
            let edits = remove_key(subject, "network_mode").unwrap_or_default();
            let draft = sink.report_at(subject.place(mode), message);
            draft.fix("Use the network of the project", Safety::Unsafe, edits);
        }
        None if service.origin == ServiceOrigin::CommandLine && service.networks.is_empty() => {
            let _ = sink.report_at(service.place.clone(), message);
        }
        _ => {}
    }
}
