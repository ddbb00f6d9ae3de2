use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// The daemon writes no firewall rules.
    ///
    /// ## Why
    /// With `iptables` off, the daemon sets up neither the isolation between networks nor the
    /// address translation of published ports. Containers of different networks reach each other,
    /// and what is reachable from outside depends on rules that somebody must keep by hand.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "iptables": false
    /// # ^ daemon-firewall-off
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "iptables": true
    /// # ^ daemon-firewall-off
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "iptables": true
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
    "daemon-firewall-off" for DaemonSubject {
        aliases: ["docker-bench:2.4"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["daemon.iptables"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(span) = subject.says("iptables", false) else { return };
    let edits = subject.set("iptables", &Value::truth(true));
    sink.report(span, MESSAGE).fix("Set `iptables` to `true`", Safety::Unsafe, edits);
}

const MESSAGE: &str = "without its firewall rules the daemon does not part the networks \
                       of containers; leave `iptables` on";
