use plimsoll_finding::{Check, Sink};
use plimsoll_posture::{Port, Setting};

use crate::{
    rule::rule,
    service_place::{key_around, part_place},
    subject::service::ServiceSubject,
};

rule! {
    /// A service that publishes ports on every interface.
    ///
    /// ## Why
    /// A port without an address is open on every interface of the host, IPv6 too, and Docker's own
    /// firewall rules let it through. Naming the address makes it a decision.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports:
    ///     # ^ port-on-every-interface
    ///       - "8080:8080"
    ///       - "0.0.0.0:8443:8443"
    ///       - "127.0.0.1:9000:9000"
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports:
    ///       - "192.0.2.1:443:8443"
    ///       - "127.0.0.1::9000"
    ///   host:
    ///     image: example.com/web:1
    ///     network_mode: host
    /// ```
    ///
    /// ## Limits
    /// A service that is there for the public has to be reached; bind it to the public address, or
    /// waive it.
    ///
    /// ## References
    /// - Compose Specification: `ports`
    /// - CIS Docker Benchmark, section 5: the host interface of container traffic
    "port-on-every-interface" for ServiceSubject {
        aliases: [
            "kics:container_traffic_not_bound_to_host_interface",
            "dclint:no-unbound-port-interfaces", "compose-lint:CL-0005", "docker-bench:5.14",
        ],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.bind-interface"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let ports = subject.service().ports.iter();
    let open: Vec<_> = ports.filter(|it| is_open(subject, it)).collect();
    let Some(first) = open.first() else { return };
    let place = key_around(subject, "ports", &subject.place(first));
    let message = "ports are open on every interface of the host; name the address";
    let mut draft = sink.report_at(place, message);
    for port in open {
        draft = draft.related_at(subject.place(port), "this port");
    }
}

/// A long form that says its address in the wrong key is not open on purpose.
fn is_open(subject: &ServiceSubject, port: &Setting<Port>) -> bool {
    let whole = subject.place(port);
    let published = part_place(subject, "ports", &whole, &["published"]);
    let has_address = published != whole && published.text().matches('.').count() == 3;
    port.value.is_on_every_interface() && !has_address
}
