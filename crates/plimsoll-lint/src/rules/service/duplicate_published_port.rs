use plimsoll_finding::{Check, Sink};
use plimsoll_posture::{Port, Service, ServiceOrigin, Setting};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A port of the host that two services publish.
    ///
    /// ## Why
    /// A port of an address can be bound once: the second service does not start.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports: ["8080:80"]
    ///   api:
    ///     image: example.com/api:1
    ///     ports:
    ///       - "127.0.0.1:8000-8090:8000-8090"
    ///       # ^ duplicate-published-port
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports: ["127.0.0.1:8080:80/tcp", "8081"]
    ///   api:
    ///     image: example.com/api:1
    ///     ports: ["127.0.0.1:8080:80/udp", "192.0.2.1:8080:80", "8081"]
    ///   blue:
    ///     image: example.com/api:1
    ///     ports: ["9000:9000"]
    ///     profiles: [blue]
    ///   green:
    ///     image: example.com/api:1
    ///     ports: ["9000:9000"]
    ///     profiles: [green]
    /// ```
    ///
    /// ## Limits
    /// Services of different profiles are taken to be alternatives. Ports that a variable names
    /// without a value are not compared, and no more than 4096 ports of a project are.
    ///
    /// ## References
    /// - Compose Specification: `ports`
    "duplicate-published-port" for ServiceSubject {
        aliases: ["dclint:no-duplicate-exported-ports"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let own = subject.service();
    // Two containers that are there may take turns.
    if own.origin == ServiceOrigin::Container {
        return;
    }
    let others = subject.project.services.iter().take(subject.service_idx);
    let earlier: Vec<(&Service, &Setting<Port>)> = others
        .filter(|it| may_meet(it, own))
        .flat_map(|service| service.ports.iter().map(move |it| (service, it)))
        .take(MAX_PORTS)
        .collect();
    for (idx, port) in own.ports.iter().enumerate().take(MAX_OWN_PORTS) {
        let own_earlier = own.ports.iter().take(idx).map(|it| (own, it));
        let mut all = earlier.iter().copied().chain(own_earlier);
        let Some((service, other)) = all.find(|it| clash(&it.1.value, &port.value)) else {
            continue;
        };
        let first = port.value.host.map(|it| it.0).unwrap_or_default();
        let message = format!("port {first} of the host is taken by `{}`", service.name);
        sink.report_at(subject.place(port), message)
            .related_at(subject.place(other), "it is published here too");
    }
}

fn clash(first: &Port, second: &Port) -> bool {
    let (Some(a), Some(b)) = (first.host, second.host) else { return false };
    let same_number = a.0 <= b.1 && b.0 <= a.1;
    // A range of the host for one port of the container leaves the choice to the engine.
    let is_choice = |it: &Port| {
        it.host.is_some_and(|host| host.1 > host.0) && { it.container.0 == it.container.1 }
    };
    same_number
        && first.protocol == second.protocol
        && same_address(first, second)
        && !is_choice(first)
        && !is_choice(second)
}

fn same_address(first: &Port, second: &Port) -> bool {
    let address = |it: &Port| it.host_address.clone().unwrap_or_default();
    let (a, b) = (address(first), address(second));
    let covers = |any: &Port, other: &str| match any.host_address.as_deref() {
        None => true,
        Some("0.0.0.0") => !other.contains("::") || other.is_empty(),
        _ => any.is_on_every_interface() && (other.is_empty() || other.contains(':')),
    };
    a == b || covers(first, &b) || covers(second, &a)
}

fn may_meet(first: &Service, second: &Service) -> bool {
    let names = |it: &Service, name: &str| it.profiles.iter().any(|it| it.value == name);
    first.profiles.is_empty()
        || second.profiles.is_empty()
        || first.profiles.iter().any(|it| names(second, &it.value))
}

/// No more ports of other services than this are compared.
const MAX_PORTS: usize = 4096;

/// No more ports of one service than this are compared.
const MAX_OWN_PORTS: usize = 256;
