use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Another log level than `info`.
    ///
    /// ## Why
    /// `debug` and `trace` flood the log, `warn` and above leave out what an inquiry needs: which
    /// containers came and went.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "log-level": "debug"
    /// # ^ daemon-log-level
    /// }
    /// ```
    /// ```json
    /// {
    ///   "log-level": "error"
    /// # ^ daemon-log-level
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "log-level": "info"
    /// # ^ daemon-log-level
    /// }
    /// ```
    /// ```json
    /// {
    ///   "log-level": "info"
    /// # ^ daemon-log-level
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "log-level": "info"
    /// }
    /// ```
    /// ```json
    /// {}
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-log-level" for DaemonSubject {
        aliases: ["docker-bench:2.3"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["daemon.log-level"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(level) = subject.file.text("log-level") else { return };
    if !matches!(level.value, "" | "info") {
        let edits = subject.set("log-level", &Value::text("info"));
        sink.report(
            level.span,
            "the daemon should log at `info`: enough for an inquiry, not a flood",
        )
        .fix("Log at `info`", Safety::Unsafe, edits);
    }
}
