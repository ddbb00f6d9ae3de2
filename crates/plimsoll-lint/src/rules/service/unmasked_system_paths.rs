use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, service_place::remove_item, subject::service::ServiceSubject};

rule! {
    /// A service that sees the parts of `/proc` and `/sys` that are covered for others.
    ///
    /// ## Why
    /// The engine covers files such as `/proc/kcore` and `/proc/sysrq-trigger` and makes
    /// `/proc/sys` read-only, because the kernel does not tell there which container asks. Without
    /// the covers a process with some rights reads the memory of the host or changes its settings.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   builder:
    ///     image: example.com/builder:2
    ///     security_opt:
    ///       - systempaths=unconfined
    ///       # ^ unmasked-system-paths
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   builder:
    ///     image: example.com/builder:2
    ///     security_opt:
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   builder:
    ///     image: example.com/builder:2
    ///     security_opt:
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## Limits
    /// Privileged services see them too and are reported as such.
    ///
    /// ## References
    /// - Docker CLI reference: `docker run --security-opt`
    "unmasked-system-paths" for ServiceSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    for (value, option) in subject.service().security_options("systempaths") {
        if value != Some("unconfined") {
            continue;
        }
        let place = subject.place(option);
        let edits = remove_item(subject, "security_opt", &place).unwrap_or_default();
        let message = "the parts of `/proc` and `/sys` that reach the host are not covered";
        sink.report_at(place, message).fix("Cover them again", Safety::Unsafe, edits);
    }
}
