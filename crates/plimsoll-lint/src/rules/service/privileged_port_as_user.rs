use plimsoll_finding::{Check, Severity, Sink};
use plimsoll_posture::{ServiceOrigin, User};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// An ordinary user who is to listen on a port below 1024.
    ///
    /// ## Why
    /// Such ports are for root, or for whoever holds `NET_BIND_SERVICE`. Docker's own networks
    /// allow them to everyone since release 20.10, but the host's network, older engines and other
    /// ones do not: there the service does not start. Listening above 1024 and publishing 80 works
    /// everywhere.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     build: .
    ///     user: "10001:10001"
    ///     # ^ privileged-port-as-user
    ///   host:
    ///     build: .
    ///     user: "10001:10001"
    ///     # ^ privileged-port-as-user
    ///     network_mode: host
    ///     cap_add: [NET_BIND_SERVICE]
    /// # file: Dockerfile
    /// FROM debian:13
    /// EXPOSE 80
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   high:
    ///     build: ./high
    ///     user: "10001:10001"
    ///     ports: ["80:8080"]
    ///   root:
    ///     build: ./low
    ///   able:
    ///     build: ./low
    ///     user: "10001:10001"
    ///     cap_add: [NET_BIND_SERVICE]
    ///   allowed:
    ///     build: ./low
    ///     user: "10001:10001"
    ///     sysctls:
    ///       net.ipv4.ip_unprivileged_port_start: 0
    ///   foreign:
    ///     image: example.com/web:1
    ///     ports: ["80:80"]
    /// # file: high/Dockerfile
    /// FROM debian:13
    /// EXPOSE 8080
    /// # file: low/Dockerfile
    /// FROM debian:13
    /// EXPOSE 80
    /// ```
    ///
    /// ## Limits
    /// Goes by the ports that are published or exposed, not by what the program does. A file
    /// capability on the program itself is not seen.
    ///
    /// ## References
    /// - Compose Specification: `user`, `cap_add`, `sysctls`
    "privileged-port-as-user" for ServiceSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    // The engine lets every user of a container that is there listen on every port.
    if service.origin == ServiceOrigin::Container {
        return;
    }
    let user = service.effective_user();
    let is_ordinary = matches!(user.value, User::Named(_)) && user.value.is_root() == Some(false);
    let is_allowed = service.sysctls.iter().any(|it| it.0 == "net.ipv4.ip_unprivileged_port_start");
    if !is_ordinary || is_allowed {
        return;
    }
    let on_host = service.network_mode.as_ref().is_some_and(|it| it.value == "host");
    // A capability that is added reaches only root, but it shows that the author has thought of it;
    // in the network of the host it does not help.
    let added = service.effective_capabilities().added;
    if !on_host && added.iter().any(|it| matches!(it.value.as_str(), "NET_BIND_SERVICE" | "ALL")) {
        return;
    }
    let ports = service.container_ports();
    let Some((number, _, place)) = ports.iter().find(|it| (1..1024).contains(&it.0)) else {
        return;
    };
    let message = format!(
        "an ordinary user cannot listen on port {number} everywhere; listen above 1024 instead"
    );
    let mut draft = sink.report_at(subject.place(&user), message);
    if let Some(place) = place {
        draft = draft.related_at(place.clone(), "the port is named here");
    }
    if on_host {
        let _ = draft.severity(Severity::Medium);
    }
}
