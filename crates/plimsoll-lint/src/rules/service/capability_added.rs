use plimsoll_finding::{Check, Sink};
use plimsoll_posture::{ServiceOrigin, normal_form};

use crate::{
    capability_risk::is_default_capability, rule::rule, service_place::key_around,
    subject::service::ServiceSubject,
};

rule! {
    /// A service that is given capabilities beyond the default ones.
    ///
    /// ## Why
    /// Every added capability is a piece of root that a break-in inherits. Each should have
    /// somebody who can say what it is for.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   agent:
    ///     image: example.com/agent:1.4
    ///     cap_add:
    ///     # ^ capability-added
    ///       - IPC_LOCK
    ///   tool:
    ///     image: example.com/tool:2.0
    ///     cap_drop: [ALL]
    ///     cap_add: [ALL]
    ///     # ^ capability-added
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1.4
    ///     cap_drop: [ALL]
    ///     cap_add: [NET_BIND_SERVICE, chown]
    /// ```
    ///
    /// ## Limits
    /// Which of them the service needs is not known. Adding back a default capability after
    /// dropping all is the way it should be done.
    ///
    /// ## References
    /// - Compose Specification: `cap_add`
    /// - CIS Docker Benchmark, section 5: Linux kernel capabilities
    "capability-added" for ServiceSubject {
        aliases: [
            "kics:container_capabilities_unrestricted", "compose-lint:CL-0027",
            "docker-bench:5.4",
        ],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.capabilities"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let drops_all = service.effective_capabilities().drops_all;
    let is_container = service.origin == ServiceOrigin::Container;
    let names: Vec<String> = service.cap_add.iter().map(|it| normal_form(&it.value)).collect();
    let names: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|it| {
            !is_default_capability(it) || ((!drops_all || is_container) && *it == "NET_RAW")
        })
        .collect();
    let Some(first) = service.cap_add.first() else { return };
    if names.is_empty() {
        return;
    }
    let place = key_around(subject, "cap_add", &subject.place(first));
    let message =
        format!("the container is given `{}`; say what for, or drop it", names.join("`, `"));
    let _ = sink.report_at(place, message);
}
