use plimsoll_config::daemon_json::DaemonProblemKind;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// The file is no valid JSON.
    ///
    /// ## Why
    /// The daemon refuses to start with a file that it cannot read. After the next restart, or
    /// the next boot, nothing runs.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "icc": false,
    /// # ^ daemon-invalid-json
    /// }
    /// ```
    /// ```json
    /// {
    ///   // no comments in JSON
    /// # ^ daemon-invalid-json
    ///   "icc": false
    /// }
    /// ```
    /// ```json
    /// ["icc"]
    /// # ^ daemon-invalid-json
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "icc": false
    /// }
    /// ```
    /// ```json
    ///
    /// ```
    ///
    /// ## Limits
    /// What stands behind the first break of the grammar may be judged by what was guessed of it.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-invalid-json" for DaemonSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    for problem in &subject.file.problems {
        let message = match &problem.kind {
            DaemonProblemKind::Syntax(why) => format!("the daemon cannot read this file: {why}"),
            DaemonProblemKind::Limit(why) => format!("this file was not read to its end: {why}"),
            DaemonProblemKind::NotAMapping => {
                "the daemon expects settings in `{` `}` here".to_owned()
            }
            _ => continue,
        };
        sink.report(problem.span, message);
    }
}
