use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule, service_gap::report_default_capabilities, subject::service::ServiceSubject,
};

rule! {
    /// A service that keeps all default capabilities and can be reached from outside.
    ///
    /// ## Why
    /// Docker gives every container fourteen capabilities; an ordinary service needs none or one of
    /// them. Whoever breaks in holds them all, raw sockets and changes of owner included. This one
    /// is published, so whoever finds a hole in it starts from there.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     # ^ exposed-default-capabilities
    ///     image: example.com/app:1.4
    ///     ports: ["8080:8080"]
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     ports: ["127.0.0.1:8080:8080"]
    ///     security_opt: # set-user-id programs gain nothing
    ///       - no-new-privileges:true
    ///     cap_drop: # add back by name what it needs
    ///       - ALL
    ///     read_only: true # what it writes belongs into a volume or a tmpfs
    ///     tmpfs: # gone with the container
    ///       - /tmp
    ///     mem_limit: 512m # one service must not starve the host; measure and adjust
    ///     pids_limit: 200 # stops a fork bomb
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     ports: ["8080:8080"]
    ///     cap_drop: [ALL]
    ///     cap_add: [NET_BIND_SERVICE]
    ///   internal:
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// A partial `cap_drop` counts as thought about. Privileged services are reported as such. The
    /// fix hardens everything at once; what the service then lacks has to be tried.
    ///
    /// ## References
    /// - Compose Specification: `cap_drop`, `cap_add`
    /// - CIS Docker Benchmark, section 5: Linux kernel capabilities
    "exposed-default-capabilities" for ServiceSubject {
        aliases: [
            "kics:container_capabilities_unrestricted", "compose-lint:CL-0006",
            "docker-bench:5.4",
        ],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["runtime.capabilities"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    if subject.service().is_published() {
        report_default_capabilities(subject, sink);
    }
}
