use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Containers on the default network reach each other freely.
    ///
    /// ## Why
    /// Every container that names no network lands on one bridge. Unless `icc` is false, each of
    /// them can open connections to all ports of all others, so that one broken service is a door
    /// to its neighbours.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "icc": true
    /// # ^ daemon-inter-container-communication
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-inter-container-communication
    ///   "mtu": 1400
    /// }
    /// ```
    /// ```json
    /// {}
    /// # ^ daemon-inter-container-communication
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "icc": false
    /// # ^ daemon-inter-container-communication
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-inter-container-communication
    ///   "mtu": 1400,
    ///   "icc": false
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-inter-container-communication
    ///   "icc": false
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "icc": false
    /// }
    /// ```
    /// ```json
    /// {
    ///   "hosts": ["npipe://"]
    /// }
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash. Networks that compose or a user creates are not touched by `icc`. A file for
    /// Windows is passed over.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-inter-container-communication" for DaemonSubject {
        aliases: ["docker-bench:2.2"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["daemon.icc"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    if subject.is_windows() {
        return;
    }
    let Some(span) = subject.lacks("icc", false) else { return };
    let edits = subject.set("icc", &Value::truth(false));
    sink.report(span, MESSAGE).fix("Set `icc` to `false`", Safety::Unsafe, edits);
}

const MESSAGE: &str =
    "containers on the default network can reach every port of each other; set `icc` to false";
