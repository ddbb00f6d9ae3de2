use std::collections::HashSet;

use plimsoll_finding::{Check, Sink};
use plimsoll_posture::{Port, ServiceOrigin};
use plimsoll_text::Location;

use crate::{
    port_text::{first_number, port_parts},
    rule::rule,
    service_place::key_around,
    subject::service::ServiceSubject,
};

rule! {
    /// A service that maps ports below 1024.
    ///
    /// ## Why
    /// Ports below 1024 are those of well-known services; inside of the container only a process
    /// with a capability may open one, and on the host they take the place of the host's own
    /// services.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports:
    ///     # ^ privileged-port-published
    ///       - "8080:8080"
    ///       - "127.0.0.1:8443:443"
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports:
    ///       - "8080:8080"
    ///       - target: 8443
    ///         published: "8443"
    /// ```
    ///
    /// ## Limits
    /// A web server that the public reaches needs 80 and 443 on the host; inside of the container
    /// higher ports do as well.
    ///
    /// ## References
    /// - Compose Specification: `ports`
    /// - CIS Docker Benchmark, section 5: privileged ports
    "privileged-port-published" for ServiceSubject {
        aliases: ["kics:privileged_ports_mapped_in_container", "docker-bench:5.8"],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.privileged-ports"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let origin = subject.service().origin;
    let ports = subject.service().ports.iter();
    let mut low: Vec<(Location, u16)> =
        ports.filter_map(|it| Some((subject.place(it), low_port(origin, &it.value)?))).collect();
    low.extend(unread_ports(subject));
    let Some((first, number)) = low.first() else { return };
    let place = key_around(subject, "ports", first);
    let message = format!("port {number} is a privileged one; use one above 1023");
    let mut draft = sink.report_at(place, message);
    for (place, number) in low {
        draft = draft.related_at(place, format!("port {number}"));
    }
}

fn low_port(origin: ServiceOrigin, port: &Port) -> Option<u16> {
    let host = port.host.map(|it| it.0).filter(|it| (1..LOWEST_FREE).contains(it));
    // What a container that is there listens on is its own affair.
    if origin == ServiceOrigin::Container {
        return host;
    }
    host.or_else(|| Some(port.container.0).filter(|it| (1..LOWEST_FREE).contains(it)))
}

/// Low ports of items that compose cannot read, such as ranges of different length.
fn unread_ports(subject: &ServiceSubject) -> Vec<(Location, u16)> {
    let service = subject.service();
    let Some(ports) = subject.node().and_then(|it| it.get("ports")) else { return Vec::new() };
    let Some(node) = &service.node else { return Vec::new() };
    let read: HashSet<usize> =
        service.ports.iter().filter_map(|it| Some(it.location()?.span.start)).collect();
    let unread = ports.items().iter().filter(|it| !read.contains(&it.span.start));
    let found = unread.filter_map(|it| {
        let numbers_of = port_parts(it.as_str()?);
        // An address has no bearing: only the last two parts are ports.
        let numbers = numbers_of.iter().rev().take(2).filter_map(|it| first_number(it));
        let low = numbers.filter_map(|it| u16::try_from(it).ok());
        let number = low.into_iter().find(|it| (1..LOWEST_FREE).contains(it))?;
        Some((Location::new(&node.tree.source, it.span), number))
    });
    found.collect()
}

const LOWEST_FREE: u16 = 1024;
