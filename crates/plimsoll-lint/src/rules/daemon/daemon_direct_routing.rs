use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Unpublished ports are reachable by direct routing.
    ///
    /// ## Why
    /// The daemon drops packets that are routed straight to a container's address, past its
    /// published ports. `allow-direct-routing` takes that guard away for every network.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "allow-direct-routing": true
    /// # ^ daemon-direct-routing
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "allow-direct-routing": false
    /// # ^ daemon-direct-routing
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "allow-direct-routing": false
    /// }
    /// ```
    /// ```json
    /// {}
    /// ```
    ///
    /// ## Limits
    /// Networks that need it can ask for it one by one, with the `nat-unprotected` or `routed`
    /// gateway mode.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - Docker: packet filtering and firewalls
    "daemon-direct-routing" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["daemon.iptables"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(span) = subject.says("allow-direct-routing", true) else { return };
    let edits = subject.set("allow-direct-routing", &Value::truth(false));
    sink.report(span, "hosts that route here reach ports of containers past what is published")
        .fix("Set `allow-direct-routing` to `false`", Safety::Unsafe, edits);
}
