use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// The storage driver `overlay`.
    ///
    /// ## Why
    /// The first `overlay` driver eats inodes and ended in Docker 24, replaced by `overlay2`.
    /// Whoever needs it stays on an engine without security fixes.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "storage-driver": "overlay"
    /// # ^ daemon-storage-overlay
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "storage-driver": "overlay2"
    /// # ^ daemon-storage-overlay
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
    "daemon-storage-overlay" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(driver) = subject.file.text("storage-driver") else { return };
    if driver.value == "overlay" {
        let edits = subject.set("storage-driver", &Value::text("overlay2"));
        sink.report(driver.span, "`overlay` is gone since Docker 24; use `overlay2`").fix(
            "Use `overlay2`",
            Safety::Unsafe,
            edits,
        );
    }
}
