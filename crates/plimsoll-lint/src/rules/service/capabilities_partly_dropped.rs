use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::key_around, subject::service::ServiceSubject};

rule! {
    /// A service that drops some capabilities and keeps the rest.
    ///
    /// ## Why
    /// A list of what is dropped grows old: what nobody thought of stays. Dropping `ALL` and adding
    /// back by name says what the service has.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     cap_drop: [NET_RAW]
    ///     # ^ capabilities-partly-dropped
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     cap_drop: [NET_RAW, ALL]
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     cap_drop: [ALL]
    ///     cap_add: [CHOWN]
    /// ```
    ///
    /// ## Limits
    /// Which capabilities the service needs is not known.
    ///
    /// ## References
    /// - Compose Specification: `cap_drop`
    /// - CIS Docker Benchmark, section 5: Linux kernel capabilities
    "capabilities-partly-dropped" for ServiceSubject {
        aliases: ["compose-lint:CL-0006"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.capabilities"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let Some(first) = service.cap_drop.first() else { return };
    if service.effective_capabilities().drops_all {
        return;
    }
    let place = key_around(subject, "cap_drop", &subject.place(first));
    let edits = subject.add_to_list("cap_drop", "ALL", Some("add back by name what it needs"));
    sink.report_at(place, "only some capabilities are dropped; drop `ALL` and add back by name")
        .fix("Drop all capabilities", Safety::Unsafe, edits.unwrap_or_default());
}
