use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// The daemon logs without time and level.
    ///
    /// ## Why
    /// With `raw-logs` the lines of the daemon lack full times and carry what clients sent as it
    /// came, control characters too, so that lines can be forged.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "raw-logs": true
    /// # ^ daemon-raw-logs
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "raw-logs": false
    /// # ^ daemon-raw-logs
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "raw-logs": false
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
    "daemon-raw-logs" for DaemonSubject {
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
    let Some(span) = subject.says("raw-logs", true) else { return };
    let edits = subject.set("raw-logs", &Value::truth(false));
    sink.report(span, MESSAGE).fix("Set `raw-logs` to `false`", Safety::Unsafe, edits);
}

const MESSAGE: &str = "lines of the daemon's log come without full times; leave `raw-logs` off";
