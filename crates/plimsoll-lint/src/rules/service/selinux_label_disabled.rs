use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::remove_item, subject::service::ServiceSubject};

rule! {
    /// A service without SELinux separation.
    ///
    /// ## Why
    /// Labels keep containers away from the files of the host and of each other. With
    /// `label:disable` the service is one process among the others of the host.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   db:
    ///     image: example.com/db:16
    ///     security_opt:
    ///       - label:disable
    ///       # ^ selinux-label-disabled
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   db:
    ///     image: example.com/db:16
    ///     security_opt:
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   db:
    ///     image: example.com/db:16
    ///     security_opt:
    ///       - label:user:system_u
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Limits
    /// Whether the host has SELinux at all is not known.
    ///
    /// ## References
    /// - Compose Specification: `security_opt`
    /// - CIS Docker Benchmark, section 5: SELinux security options
    "selinux-label-disabled" for ServiceSubject {
        aliases: [
            "semgrep:selinux-separation-disabled", "compose-lint:CL-0009", "docker-bench:5.3",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.selinux"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    for option in &subject.service().security_opt {
        if !is_disabled(&option.value) {
            continue;
        }
        let place = subject.place(option);
        let edits = remove_item(subject, "security_opt", &place).unwrap_or_default();
        let message = "SELinux separation is off; label the volumes (`:z`, `:Z`) instead";
        sink.report_at(place, message).fix("Take the option away", Safety::Unsafe, edits);
    }
}

fn is_disabled(option: &str) -> bool {
    let text: String = option.chars().filter(|it| !it.is_whitespace()).collect();
    text.replace('=', ":").eq_ignore_ascii_case("label:disable")
}
