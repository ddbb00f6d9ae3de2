use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Confidence, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// The host forwards packets of everyone.
    ///
    /// ## Why
    /// When the daemon turns on packet forwarding it also makes the firewall drop what nobody
    /// allowed. `ip-forward-no-drop` leaves the second half out: the host becomes a router
    /// between all its networks.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "ip-forward-no-drop": true
    /// # ^ daemon-forwarding-left-open
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "ip-forward-no-drop": false
    /// # ^ daemon-forwarding-left-open
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "ip-forward": true
    /// }
    /// ```
    ///
    /// ## Limits
    /// A firewall that the host has besides is not seen.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-forwarding-left-open" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: ["daemon.iptables"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(span) = subject.says("ip-forward-no-drop", true) else { return };
    let edits = subject.set("ip-forward-no-drop", &Value::truth(false));
    sink.report(span, "the host forwards packets between all its networks")
        .confidence(Confidence::Medium)
        .fix("Set `ip-forward-no-drop` to `false`", Safety::Unsafe, edits);
}
