use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule, service_image_name::is_database, service_network::networks_of,
    subject::project::ProjectSubject,
};

rule! {
    /// A network of a database leads out of the host.
    ///
    /// ## Why
    /// No service publishes a port through this network, and a database has nobody to call outside.
    /// With `internal: true` what is stolen cannot be carried away from there, and nothing can be
    /// fetched.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   api:
    ///     image: example.com/api:1
    ///     ports: ["127.0.0.1:8000:8000"]
    ///     networks: [front, back]
    ///   database:
    ///     image: postgres:18
    ///     networks: [back]
    /// networks:
    ///   front:
    ///   back:
    ///   # ^ back-end-network-not-internal
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   api:
    ///     image: example.com/api:1
    ///     ports: ["127.0.0.1:8000:8000"]
    ///     networks: [front, back]
    ///   database:
    ///     image: postgres:18
    ///     networks: [back]
    /// networks:
    ///   front:
    ///   back:
    ///     internal: true
    /// ```
    ///
    /// ```yaml
    /// services:
    ///   api:
    ///     image: example.com/api:1
    ///     networks: [all]
    ///   database:
    ///     image: postgres:18
    ///     networks: [all]
    /// networks:
    ///   all:
    /// ```
    ///
    /// ## Limits
    /// Databases are known by the names of their images. A network that is the only way out of one
    /// of its other services is left alone.
    ///
    /// ## References
    /// - Compose Specification: `networks`, `internal`
    "back-end-network-not-internal" for ProjectSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: ["runtime.egress"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ProjectSubject, sink: &mut Sink<'_>) {
    for (name, network) in &subject.project.networks {
        if network.is_external || network.is_internal {
            continue;
        }
        let mut members = subject
            .services()
            .iter()
            .filter(|it| networks_of(it).contains(name.as_str()))
            .peekable();
        let has_database = members.clone().any(is_database);
        // A database that publishes a port, and a service without another way out, need it.
        let all_can_do_without = members
            .all(|it| if is_database(it) { !it.is_published() } else { networks_of(it).len() > 1 });
        if has_database && all_can_do_without {
            let message = format!("the network `{name}` of a database leads out; make it internal");
            let _ = sink.report_at(network.place.clone(), message);
        }
    }
}
