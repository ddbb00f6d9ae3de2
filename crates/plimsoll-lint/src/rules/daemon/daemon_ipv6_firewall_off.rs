use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// The daemon writes no firewall rules for IPv6.
    ///
    /// ## Why
    /// With `ip6tables` off, containers with an IPv6 address are reachable on all their ports
    /// from everything that routes to them, whatever they publish.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "ip6tables": false
    /// # ^ daemon-ipv6-firewall-off
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "ip6tables": true
    /// # ^ daemon-ipv6-firewall-off
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "ip6tables": true
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
    "daemon-ipv6-firewall-off" for DaemonSubject {
        aliases: ["docker-bench:2.4"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["daemon.iptables"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(span) = subject.says("ip6tables", false) else { return };
    let edits = subject.set("ip6tables", &Value::truth(true));
    sink.report(span, MESSAGE).fix("Set `ip6tables` to `true`", Safety::Unsafe, edits);
}

const MESSAGE: &str =
    "containers with an IPv6 address are reachable on all their ports; leave `ip6tables` on";
