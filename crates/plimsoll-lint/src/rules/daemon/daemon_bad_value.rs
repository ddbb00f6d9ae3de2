use plimsoll_config::daemon_json::DaemonProblemKind;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// A value that the daemon cannot take.
    ///
    /// ## Why
    /// The daemon refuses to start with a value that makes no sense to it, or, for a limit,
    /// containers fail to start.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "log-level": "verbose",
    /// # ^ daemon-bad-value
    ///   "dns": ["resolver.example"],
    /// # ^ daemon-bad-value
    ///   "max-concurrent-downloads": -1,
    /// # ^ daemon-bad-value
    ///   "default-ulimits": {
    ///     "nofile": { "Name": "nofile", "Soft": 9000, "Hard": 4000 }
    /// # ^ daemon-bad-value
    ///   }
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "log-level": "warn",
    ///   "dns": ["9.9.9.9"],
    ///   "max-concurrent-downloads": 5,
    ///   "default-ulimits": { "nofile": { "Name": "nofile", "Soft": 4000, "Hard": -1 } }
    /// }
    /// ```
    ///
    /// ## Limits
    /// Paths, plugins and options of drivers are not looked up.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-bad-value" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    for problem in &subject.file.problems {
        if let DaemonProblemKind::BadValue(why) = &problem.kind {
            sink.report(problem.span, format!("the daemon cannot take this value: {why}"));
        }
    }
}
