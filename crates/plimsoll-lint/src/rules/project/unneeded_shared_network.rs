use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, service_network::are_related, subject::project::ProjectSubject};

rule! {
    /// A service is in a network in which nobody needs it.
    ///
    /// ## Why
    /// A network is a permission: everyone in it reaches everyone else. This service neither names
    /// another service of the network nor is named by one, so the permission only serves whoever
    /// breaks in.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     depends_on: [database]
    ///     networks: [back]
    ///   database:
    ///     image: postgres:18
    ///     networks: [back]
    ///   mail:
    ///     image: example.com/mail:1
    ///     networks:
    ///       - back
    ///       # ^ unneeded-shared-network
    ///       - mail
    /// networks:
    ///   back:
    ///   mail:
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     depends_on: [database]
    ///     networks: [back, edge]
    ///   database:
    ///     image: postgres:18
    ///     networks: [back]
    ///   mail:
    ///     image: example.com/mail:1
    ///     environment:
    ///       STORE: postgres://mail@database/mail
    ///     networks: [back]
    /// networks:
    ///   back:
    ///   edge:
    /// ```
    ///
    /// ## Limits
    /// Services that find each other by other means than their names in compose files, such as
    /// settings in a database, look unrelated. A service alone in a network is left alone: the
    /// network may be its way out. External networks are shared with others that are not seen.
    ///
    /// ## References
    /// - Compose Specification: `networks`
    "unneeded-shared-network" for ProjectSubject {
        aliases: [],
        severity: Info,
        confidence: Low,
        audience: Hygiene,
        controls: ["runtime.egress"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ProjectSubject, sink: &mut Sink<'_>) {
    let services = subject.services();
    if services.len() > MAX_SERVICES {
        return;
    }
    for service in services {
        for network in &service.networks {
            let name = network.value.as_str();
            let is_external = subject.project.networks.get(name).is_some_and(|it| it.is_external);
            let is_in = |it: &&plimsoll_posture::Service| {
                it.name != service.name && it.networks.iter().any(|it| it.value == name)
            };
            let mut others = services.iter().filter(is_in).peekable();
            if is_external || others.peek().is_none() || others.any(|it| are_related(service, it)) {
                continue;
            }
            let message = format!("nobody in the network `{name}` needs `{}`", service.name);
            let place = network.location().unwrap_or(&service.place).clone();
            let _ = sink.report_at(place, message);
        }
    }
}

/// Every pair of services is compared; projects with more services than this are none.
const MAX_SERVICES: usize = 500;
