use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// A proxy process for each published port.
    ///
    /// ## Why
    /// For each published port the daemon starts a process that copies bytes, though the kernel
    /// can do it. The processes take memory, hide the address of the client, and are one more
    /// thing that listens on the host as root.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "userland-proxy": true
    /// # ^ daemon-userland-proxy
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-userland-proxy
    ///   "mtu": 1400
    /// }
    /// ```
    /// ```json
    /// {}
    /// # ^ daemon-userland-proxy
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "userland-proxy": false
    /// # ^ daemon-userland-proxy
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-userland-proxy
    ///   "mtu": 1400,
    ///   "userland-proxy": false
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-userland-proxy
    ///   "userland-proxy": false
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "userland-proxy": false
    /// }
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash. Hosts whose kernel has no hairpin NAT need the proxy.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-userland-proxy" for DaemonSubject {
        aliases: ["docker-bench:2.16"],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: ["daemon.userland-proxy"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    if subject.is_windows() {
        return;
    }
    let Some(span) = subject.lacks("userland-proxy", false) else { return };
    let edits = subject.set("userland-proxy", &Value::truth(false));
    sink.report(span, MESSAGE).fix("Set `userland-proxy` to `false`", Safety::Unsafe, edits);
}

const MESSAGE: &str =
    "each published port gets a process of its own; set `userland-proxy` to false";
