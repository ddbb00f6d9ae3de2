use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Logs of containers are thrown away.
    ///
    /// ## Why
    /// With the driver `none` nothing that a container writes is kept. After a break-in or a
    /// crash there is nothing to look at.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "log-driver": "none"
    /// # ^ daemon-logs-off
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "log-driver": "local"
    /// # ^ daemon-logs-off
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "log-driver": "local"
    /// }
    /// ```
    ///
    /// ## Limits
    /// A service that writes its own log files is not seen.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - Docker: configure logging drivers
    "daemon-logs-off" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["daemon.remote-logging"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(("none", Some(span))) = subject.log_driver() else { return };
    let edits = subject.set("log-driver", &Value::text("local"));
    sink.report(span, "nothing that containers write is kept; use a driver such as `local`").fix(
        "Use the `local` driver",
        Safety::Unsafe,
        edits,
    );
}
