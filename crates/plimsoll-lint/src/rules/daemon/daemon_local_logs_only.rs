use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Logs of containers stay on the host.
    ///
    /// ## Why
    /// Whoever breaks into a host can change or delete what its logs say. Logs that are sent away
    /// at once stay true.
    ///
    /// ## Bad
    /// ```json
    /// {
    /// # ^ daemon-local-logs-only
    ///   "icc": false
    /// }
    /// ```
    /// ```json
    /// {
    ///   "log-driver": "local"
    /// # ^ daemon-local-logs-only
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "log-driver": "syslog",
    ///   "log-opts": { "syslog-address": "tcp+tls://logs.example:6514" }
    /// }
    /// ```
    /// ```json
    /// {
    ///   "log-driver": "example/shipper:1"
    /// }
    /// ```
    ///
    /// ## Limits
    /// An agent on the host that reads the files and sends them away is not seen.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    /// - Docker: configure logging drivers
    "daemon-local-logs-only" for DaemonSubject {
        aliases: ["docker-bench:2.13"],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: ["daemon.remote-logging"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some((driver, span)) = subject.log_driver() else { return };
    if !matches!(driver, "json-file" | "local" | "journald" | "none" | "etwlogs") {
        return;
    }
    if let Some(span) = span.or_else(|| subject.opening()) {
        sink.report(span, "logs of containers stay on the host; send them to another one");
    }
}
