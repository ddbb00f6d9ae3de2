use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::remove_item, subject::service::ServiceSubject};

rule! {
    /// A service without a seccomp profile.
    ///
    /// ## Why
    /// The default profile keeps some forty system calls away from containers, among them those
    /// that most ways out of a container need. Without it every call of the kernel is open.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   db:
    ///     image: example.com/db:16
    ///     security_opt:
    ///       - seccomp:unconfined
    ///       # ^ seccomp-unconfined-service
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ```yaml
    /// services:
    ///   tracer:
    ///     image: example.com/tracer:3
    ///     security_opt: ["seccomp=unconfined"]
    ///     # ^ seccomp-unconfined-service
    ///   old:
    ///     image: example.com/old:3
    ///     security_opt:
    ///       - label:seccomp:unconfined
    ///       # ^ seccomp-unconfined-service
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
    ///       - seccomp:./profile.json
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Limits
    /// What a custom profile allows is judged where the profile is.
    ///
    /// ## References
    /// - Compose Specification: `security_opt`
    /// - CIS Docker Benchmark, section 5: the default seccomp profile
    "seccomp-unconfined-service" for ServiceSubject {
        aliases: [
            "kics:default_seccomp_profile_disabled", "semgrep:seccomp-confinement-disabled",
            "compose-lint:CL-0009", "docker-bench:5.22",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.seccomp-on"],
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
        let message =
            "seccomp is off, so every system call is open; allow the missing ones in a profile";
        sink.report_at(place, message).fix("Take the option away", Safety::Unsafe, edits);
    }
}

/// `label` may stand before the option, as an old way of writing has it.
fn is_unconfined(option: &str) -> bool {
    let text: String = option.chars().filter(|it| !it.is_whitespace()).collect();
    let text = text.replace('=', ":").to_ascii_lowercase();
    text.strip_prefix("label:").unwrap_or(&text) == "seccomp:unconfined"
}
