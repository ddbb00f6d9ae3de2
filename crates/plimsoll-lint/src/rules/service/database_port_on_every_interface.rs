use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    rule::rule, service_gap::loopback_port, service_place::part_place,
    subject::service::ServiceSubject,
};

rule! {
    /// A database or administration port that is published on every interface.
    ///
    /// ## Why
    /// Docker writes its own firewall rules, in front of those of the host: a published database
    /// answers to the whole network, often to the whole internet. Such ports are searched for all
    /// day long.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   database:
    ///     image: example.com/postgres:17
    ///     ports:
    ///       - "5432:5432"
    ///       # ^ database-port-on-every-interface
    ///       - "127.0.0.1:5433:5432"
    ///   cache:
    ///     image: example.com/redis:8
    ///     ports:
    ///       - target: 6379
    ///         published: "16379"
    ///         host_ip: "::"
    ///         # ^ database-port-on-every-interface
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   database:
    ///     image: example.com/postgres:17
    ///     ports:
    ///       - "127.0.0.1:5432:5432"
    ///       - "127.0.0.1:5433:5432"
    ///   cache:
    ///     image: example.com/redis:8
    ///     ports:
    ///       - target: 6379
    ///         published: "16379"
    ///         host_ip: "127.0.0.1"
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   database:
    ///     image: example.com/postgres:17
    ///     ports:
    ///       - "127.0.0.1:5432:5432"
    ///       - "[::1]:5432:5432"
    ///   web:
    ///     image: example.com/web:1
    ///     ports: ["443:8443"]
    /// ```
    ///
    /// ## Limits
    /// The port inside the container tells what it is; a database on an unusual port is not known.
    /// A firewall outside of the host is not seen.
    ///
    /// ## References
    /// - Docker documentation: packet filtering and firewalls
    /// - CIS Docker Benchmark, section 5: the host interface of container traffic
    "database-port-on-every-interface" for ServiceSubject {
        aliases: [
            "kics:container_traffic_not_bound_to_host_interface",
            "dclint:no-unbound-port-interfaces", "compose-lint:CL-0005", "docker-bench:5.14",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.bind-interface"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    if service.network_mode.as_ref().is_some_and(|it| matches!(it.value.as_str(), "host" | "none"))
    {
        return;
    }
    for port in &service.ports {
        let (first, last) = port.value.container;
        let known = KNOWN_PORTS.iter().find(|it| (first..=last).contains(&it.0));
        let Some((number, name)) = known else { continue };
        if !port.value.is_on_every_interface() {
            continue;
        }
        let whole = subject.place(port);
        let place = part_place(subject, "ports", &whole, &["host_ip"]);
        let edits = match loopback_port(&port.value, whole.text()) {
            Some(text) => subject.replace(&whole, &Value::text(text)),
            None if place != whole => subject.replace(&place, &Value::text("127.0.0.1")),
            None => None,
        };
        let message = format!(
            "port {number} ({name}) is open on every interface, past the firewall of the host; \
             bind it to an address"
        );
        sink.report_at(place, message).fix(
            "Bind it to the host itself",
            Safety::Unsafe,
            edits.unwrap_or_default(),
        );
    }
}

/// Ports that are for programs and administrators, not for the public.
static KNOWN_PORTS: &[(u16, &str)] = &[
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2375, "Docker"),
    (2376, "Docker"),
    (2379, "etcd"),
    (2380, "etcd"),
    (3306, "MySQL"),
    (3389, "remote desktop"),
    (5432, "PostgreSQL"),
    (5601, "Kibana"),
    (5672, "AMQP"),
    (5900, "VNC"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (7474, "Neo4j"),
    (7687, "Neo4j"),
    (8086, "InfluxDB"),
    (8500, "Consul"),
    (9042, "Cassandra"),
    (9092, "Kafka"),
    (9200, "Elasticsearch"),
    (9300, "Elasticsearch"),
    (10250, "kubelet"),
    (11211, "memcached"),
    (15672, "RabbitMQ"),
    (26257, "CockroachDB"),
    (27017, "MongoDB"),
    (28015, "RethinkDB"),
];
