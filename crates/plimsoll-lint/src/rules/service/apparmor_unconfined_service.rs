use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::remove_item, subject::service::ServiceSubject};

rule! {
    /// A service without an AppArmor profile.
    ///
    /// ## Why
    /// The default profile of Docker keeps containers from writing below `/proc` and `/sys` and
    /// from mounting. Without it a hole in the container is a hole in the host.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   db:
    ///     image: example.com/db:16
    ///     security_opt:
    ///       - apparmor:unconfined
    ///       # ^ apparmor-unconfined-service
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
    ///       - apparmor:my-profile
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Limits
    /// Whether the host has AppArmor at all is not known.
    ///
    /// ## References
    /// - Compose Specification: `security_opt`
    /// - CIS Docker Benchmark, section 5: AppArmor profiles
    "apparmor-unconfined-service" for ServiceSubject {
        aliases: ["compose-lint:CL-0009", "docker-bench:5.2"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.apparmor"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    for option in &subject.service().security_opt {
        if !is_unconfined(&option.value) {
            continue;
        }
        let place = subject.place(option);
        let edits = remove_item(subject, "security_opt", &place).unwrap_or_default();
        let message = "AppArmor is off; write a profile that allows what is needed";
        sink.report_at(place, message).fix("Take the option away", Safety::Unsafe, edits);
    }
}

fn is_unconfined(option: &str) -> bool {
    let text: String = option.chars().filter(|it| !it.is_whitespace()).collect();
    text.replace('=', ":").eq_ignore_ascii_case("apparmor:unconfined")
}
