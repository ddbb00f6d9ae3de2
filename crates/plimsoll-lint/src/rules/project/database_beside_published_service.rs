use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    service_image_name::is_database,
    service_network::{are_related, networks_of},
    subject::project::ProjectSubject,
};

rule! {
    /// A published service shares a network with a database that it does not use.
    ///
    /// ## Why
    /// The first thing that is broken into is what the network reaches. From there this database is
    /// one step away, although the service has no business with it. A network for each pair that
    /// must talk keeps it apart.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   proxy:
    ///     # ^ database-beside-published-service
    ///     image: nginx:1.29
    ///     ports: ["443:8443"]
    ///     depends_on: [api]
    ///   api:
    ///     image: example.com/api:1
    ///     depends_on: [database]
    ///   database:
    ///     image: postgres:18
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   proxy:
    ///     image: nginx:1.29
    ///     ports: ["443:8443"]
    ///     networks: [front]
    ///   api:
    ///     image: example.com/api:1
    ///     depends_on: [database]
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
    ///   app:
    ///     image: example.com/app:1
    ///     ports: ["443:8443"]
    ///     environment:
    ///       DATABASE_HOST: database
    ///   database:
    ///     image: postgres:18
    /// ```
    ///
    /// ## Limits
    /// Databases are known by the names of their images. A service that uses the database without
    /// naming it in the compose file looks as if it did not.
    ///
    /// ## References
    /// - Compose Specification: `networks`
    "database-beside-published-service" for ProjectSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: ["runtime.mixed-sensitivity"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ProjectSubject, sink: &mut Sink<'_>) {
    let databases: Vec<_> = subject.services().iter().filter(|it| is_database(it)).collect();
    for service in subject.services() {
        if !service.is_published() || is_database(service) {
            continue;
        }
        let networks = networks_of(service);
        let reached = databases.iter().find(|it| {
            let theirs = networks_of(it);
            !networks.is_disjoint(&theirs) && !are_related(service, it)
        });
        let Some(database) = reached else { continue };
        let message = format!(
            "`{}` is published and reaches the database `{}`, which it does not use",
            service.name, database.name
        );
        sink.report_at(service.place.clone(), message)
            .related_at(database.place.clone(), "the database");
    }
}
