use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Live restore in a swarm.
    ///
    /// ## Why
    /// A daemon with `live-restore` refuses to join or start a swarm. Which of the two was meant
    /// should be said.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "live-restore": true,
    /// # ^ daemon-live-restore-in-swarm
    ///   "swarm-default-advertise-addr": "eth0"
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
    ///   "live-restore": false,
    ///   "swarm-default-advertise-addr": "eth0"
    /// }
    /// ```
    ///
    /// ## Limits
    /// Whether the host takes part in a swarm is told by the swarm settings of the file only.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-live-restore-in-swarm" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: ["daemon.live-restore"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(swarm) = subject.is_in_swarm() else { return };
    let Some(span) = subject.says("live-restore", true) else { return };
    sink.report(span, "`live-restore` and swarm exclude each other; keep one of the two")
        .related(swarm, "this is a setting of a swarm");
}
