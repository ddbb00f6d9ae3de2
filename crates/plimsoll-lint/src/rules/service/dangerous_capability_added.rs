use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_posture::normal_form;

use crate::{
    capability_risk::capability_risk, rule::rule, service_place::remove_item,
    subject::service::ServiceSubject,
};

rule! {
    /// A service that is given a dangerous capability.
    ///
    /// ## Why
    /// Some capabilities are root under another name: with `SYS_ADMIN`, `SYS_MODULE` or
    /// `SYS_PTRACE` a process in the container can take over the host; others reboot it or set its
    /// clock.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   agent:
    ///     image: example.com/agent:1.4
    ///     cap_add:
    ///       - SYS_ADMIN
    ///       # ^ dangerous-capability-added
    ///       - cap_net_admin
    ///       # ^ dangerous-capability-added
    ///       - CHOWN
    ///   tool:
    ///     image: example.com/tool:2.0
    ///     cap_add: [all]
    ///     # ^ dangerous-capability-added
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   agent:
    ///     image: example.com/agent:1.4
    ///     cap_add:
    ///       - CHOWN
    ///   tool:
    ///     image: example.com/tool:2.0
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1.4
    ///     cap_drop: [ALL]
    ///     cap_add: [NET_BIND_SERVICE, IPC_LOCK]
    ///   agent:
    ///     image: example.com/agent:1.4
    ///     cap_add: [SYS_ADMIN]
    ///     cap_drop: [SYS_ADMIN]
    /// ```
    ///
    /// ## Limits
    /// Whether the service really needs it is not known. `NET_ADMIN` reaches the network of the
    /// service alone, unless that is the network of the host.
    ///
    /// ## References
    /// - Compose Specification: `cap_add`
    /// - Linux manual pages: capabilities(7)
    /// - CIS Docker Benchmark, section 5: Linux kernel capabilities
    "dangerous-capability-added" for ServiceSubject {
        aliases: [
            "compose-lint:CL-0011", "compose-lint:CL-0024", "compose-lint:CL-0028",
            "compose-lint:CL-0029", "compose-lint:CL-0030", "docker-bench:5.4",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.capabilities"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let held = service.effective_capabilities().held;
    let privileged = service.privileged.as_ref().is_some_and(|it| it.value);
    for capability in &service.cap_add {
        let Some(risk) = capability_risk(&normal_form(&capability.value)) else { continue };
        if !privileged && risk.name != "ALL" && !held.contains(risk.name) {
            continue;
        }
        let place = subject.place(capability);
        let edits = remove_item(subject, "cap_add", &place).unwrap_or_default();
        let message = format!("`{}` lets the container {}", risk.name, risk.allows);
        sink.report_at(place, message).severity(risk.severity).fix(
            "Take the capability away",
            Safety::Unsafe,
            edits,
        );
    }
}
