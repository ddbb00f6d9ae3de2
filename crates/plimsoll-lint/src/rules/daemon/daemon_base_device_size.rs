use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// The size of containers' base device was changed.
    ///
    /// ## Why
    /// A larger base device lets each container fill more of the pool, a smaller one breaks
    /// images. It belongs to a storage driver that is gone.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "storage-opts": ["dm.basesize=50G"]
    /// # ^ daemon-base-device-size
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "storage-opts": ["overlay2.size=20G"]
    /// }
    /// ```
    ///
    /// ## Limits
    /// Whether the size is needed is not known.
    ///
    /// ## References
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-base-device-size" for DaemonSubject {
        aliases: ["docker-bench:2.11"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["daemon.base-device-size"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    for option in subject.file.texts("storage-opts") {
        if option.value.trim().starts_with("dm.basesize") {
            sink.report(option.span, "the base device size was changed; leave it as it is");
        }
    }
}
