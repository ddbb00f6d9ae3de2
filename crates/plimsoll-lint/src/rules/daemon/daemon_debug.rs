use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// The daemon runs in debug mode.
    ///
    /// ## Why
    /// In debug mode the daemon logs requests with what is in them, and serves profiles of itself
    /// to clients of the API. It fills the disk and tells more than it should.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "debug": true
    /// # ^ daemon-debug
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "debug": false
    /// # ^ daemon-debug
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "debug": false
    /// }
    /// ```
    /// ```json
    /// {
    ///   "mtu": 1400
    /// }
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-debug" for DaemonSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["daemon.log-level"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(span) = subject.says("debug", true) else { return };
    let edits = subject.set("debug", &Value::truth(false));
    sink.report(span, MESSAGE).fix("Set `debug` to `false`", Safety::Unsafe, edits);
}

const MESSAGE: &str = "debug mode is on; turn it off where nobody is looking for a fault";
