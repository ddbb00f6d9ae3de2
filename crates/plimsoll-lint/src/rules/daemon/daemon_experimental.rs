use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Experimental features are on.
    ///
    /// ## Why
    /// Experimental features are neither finished nor supported, and fixes for them may not come.
    /// They have no place on a host that serves others.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "experimental": true
    /// # ^ daemon-experimental
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "experimental": false
    /// # ^ daemon-experimental
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "experimental": false
    /// }
    /// ```
    /// ```json
    /// {
    ///   "mtu": 1400
    /// }
    /// ```
    ///
    /// ## Limits
    /// Single features under `features` are not judged.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-experimental" for DaemonSubject {
        aliases: ["docker-bench:2.18"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["daemon.experimental"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(span) = subject.says("experimental", true) else { return };
    let edits = subject.set("experimental", &Value::truth(false));
    sink.report(span, MESSAGE).fix("Set `experimental` to `false`", Safety::Unsafe, edits);
}

const MESSAGE: &str = "experimental features are on; turn them off where others rely on the host";
