use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// The storage driver `aufs`.
    ///
    /// ## Why
    /// `aufs` is not part of the kernel, has had serious faults there, and ended in Docker 24.
    /// Whoever needs it stays on an engine without security fixes.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "storage-driver": "aufs"
    /// # ^ daemon-storage-aufs
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "storage-driver": "overlay2"
    /// # ^ daemon-storage-aufs
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "storage-driver": "overlay2"
    /// }
    /// ```
    /// ```json
    /// {}
    /// ```
    ///
    /// ## Limits
    /// Images and containers of the old driver are not seen after the switch: save what is needed
    /// first.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - Docker: deprecated engine features
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-storage-aufs" for DaemonSubject {
        aliases: ["docker-bench:2.6"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["daemon.aufs"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(driver) = subject.file.text("storage-driver") else { return };
    if driver.value == "aufs" {
        let edits = subject.set("storage-driver", &Value::text("overlay2"));
        sink.report(driver.span, "`aufs` is gone since Docker 24; use `overlay2`").fix(
            "Use `overlay2`",
            Safety::Unsafe,
            edits,
        );
    }
}
