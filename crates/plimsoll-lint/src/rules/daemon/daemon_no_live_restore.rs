use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Containers stop with the daemon.
    ///
    /// ## Why
    /// Without `live-restore` every container of the host stops when the daemon is updated,
    /// restarted or crashes, so updates of the daemon are put off, and with them its security
    /// fixes.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "live-restore": false
    /// # ^ daemon-no-live-restore
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-no-live-restore
    ///   "mtu": 1400
    /// }
    /// ```
    /// ```json
    /// {}
    /// # ^ daemon-no-live-restore
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "live-restore": true
    /// # ^ daemon-no-live-restore
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-no-live-restore
    ///   "mtu": 1400,
    ///   "live-restore": true
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-no-live-restore
    ///   "live-restore": true
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "live-restore": true
    /// }
    /// ```
    /// ```json
    /// {
    ///   "swarm-default-advertise-addr": "eth0"
    /// }
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash. A daemon in a swarm cannot have it: where the file shows that, nothing is said.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-no-live-restore" for DaemonSubject {
        aliases: ["docker-bench:2.15"],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["daemon.live-restore"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    if subject.is_windows() || subject.is_in_swarm().is_some() {
        return;
    }
    let Some(span) = subject.lacks("live-restore", true) else { return };
    let edits = subject.set("live-restore", &Value::truth(true));
    sink.report(span, MESSAGE).fix("Set `live-restore` to `true`", Safety::Unsafe, edits);
}

const MESSAGE: &str = "every container stops when the daemon restarts; set `live-restore` to true";
