use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A device of the host is given to a service.
    ///
    /// ## Why
    /// A driver talks to whoever opens its device, and drivers have holes. Each device that a
    /// service is given should have somebody who can say what for.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   media:
    ///     image: example.com/media:1.4
    ///     devices:
    ///       - /dev/dri:/dev/dri
    ///       # ^ host-device-exposed
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   media:
    ///     image: example.com/media:1.4
    ///     devices: []
    /// ```
    ///
    /// ## Limits
    /// Devices that open the host itself are reported by another rule as well.
    ///
    /// ## References
    /// - Compose Specification: `devices`
    /// - CIS Docker Benchmark, section 5: host devices
    "host-device-exposed" for ServiceSubject {
        aliases: ["docker-bench:5.18"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.devices"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    for device in &subject.service().devices {
        let message = format!("the container is given `{}` of the host", device.value.host);
        let _ = sink.report_at(subject.place(device), message);
    }
}
