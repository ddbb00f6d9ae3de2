use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, service_gap::report_new_privileges, subject::service::ServiceSubject};

rule! {
    /// A service that does not forbid new privileges and can be reached from outside.
    ///
    /// ## Why
    /// A set-user-id program in the image (`su`, `mount`, `ping`) hands root to whoever can run it.
    /// One option of the kernel takes that away for good. This one is published, so whoever finds a
    /// hole in it starts from there.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     # ^ exposed-new-privileges
    ///     image: example.com/app:1.4
    ///     ports: ["8080:8080"]
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     ports: ["8080:8080"]
    ///     security_opt: # set-user-id programs gain nothing
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     ports: ["8080:8080"]
    ///     security_opt: [no-new-privileges=true]
    ///   internal:
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// Where the daemon of the project sets it for all containers, the service has it. An image
    /// that needs `sudo` or `ping` with a set-user-id bit stops working.
    ///
    /// ## References
    /// - Compose Specification: `security_opt`
    /// - CIS Docker Benchmark, section 5: additional privileges
    "exposed-new-privileges" for ServiceSubject {
        aliases: [
            "kics:no_new_privileges_not_set", "semgrep:no-new-privileges",
            "compose-lint:CL-0003", "docker-bench:5.26",
        ],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["runtime.no-new-privileges"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    if subject.service().is_published() {
        report_new_privileges(subject, sink);
    }
}
