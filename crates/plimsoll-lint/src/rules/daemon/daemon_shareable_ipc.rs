use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Containers offer their memory to others by default.
    ///
    /// ## Why
    /// With `shareable` any container may be started into the shared memory of any other.
    /// `private` is the default and keeps them apart unless both agree.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "default-ipc-mode": "shareable"
    /// # ^ daemon-shareable-ipc
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "default-ipc-mode": "private"
    /// # ^ daemon-shareable-ipc
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "default-ipc-mode": "private"
    /// }
    /// ```
    /// ```json
    /// {}
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-shareable-ipc" for DaemonSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(mode) = subject.file.text("default-ipc-mode") else { return };
    if mode.value == "shareable" {
        let edits = subject.set("default-ipc-mode", &Value::text("private"));
        sink.report(mode.span, "containers can be started into each other's memory; use `private`")
            .fix("Keep shared memory private", Safety::Unsafe, edits);
    }
}
