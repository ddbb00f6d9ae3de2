use plimsoll_config::daemon_json::DaemonProblemKind;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// A key that stands twice.
    ///
    /// ## Why
    /// Of two values the last one counts, without a word. Whoever reads the first one is wrong
    /// about the host.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "icc": false,
    ///   "icc": true
    /// # ^ daemon-duplicate-key
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "icc": false
    /// }
    /// ```
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-duplicate-key" for DaemonSubject {
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
        if problem.kind == DaemonProblemKind::DuplicateKey {
            let message = "this key stands twice, and only the last value counts; keep one";
            sink.report(problem.span, message);
        }
    }
}
