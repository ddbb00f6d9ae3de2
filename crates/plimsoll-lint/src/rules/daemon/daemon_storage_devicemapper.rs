use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// The storage driver `devicemapper`.
    ///
    /// ## Why
    /// `devicemapper` was unsafe on loop devices, slow elsewhere, and ended in Docker 25. Whoever
    /// needs it stays on an engine without security fixes.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "storage-driver": "devicemapper"
    /// # ^ daemon-storage-devicemapper
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "storage-driver": "overlay2"
    /// # ^ daemon-storage-devicemapper
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
    "daemon-storage-devicemapper" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["daemon.devicemapper"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(driver) = subject.file.text("storage-driver") else { return };
    if driver.value == "devicemapper" {
        let edits = subject.set("storage-driver", &Value::text("overlay2"));
        sink.report(driver.span, "`devicemapper` is gone since Docker 25; use `overlay2`").fix(
            "Use `overlay2`",
            Safety::Unsafe,
            edits,
        );
    }
}
