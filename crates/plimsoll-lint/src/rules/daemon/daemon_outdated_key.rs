use plimsoll_config::{daemon_json::DaemonProblemKind, daemon_keys::KeyStatus, edit::rename_key};
use plimsoll_finding::{Check, Safety, Severity, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// A key that is out of use.
    ///
    /// ## Why
    /// The daemon refuses to start with some old keys and passes over others. What they asked for
    /// is not in force.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "graph": "/srv/docker",
    /// # ^ daemon-outdated-key
    ///   "mtu": 1400
    /// }
    /// ```
    /// ```json
    /// {
    ///   "cluster-store": "consul://10.0.0.5:8500",
    /// # ^ daemon-outdated-key
    ///   "mtu": 1400
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "data-root": "/srv/docker",
    /// # ^ daemon-outdated-key
    ///   "mtu": 1400
    /// }
    /// ```
    /// ```json
    /// {
    ///   "mtu": 1400
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "data-root": "/srv/docker"
    /// }
    /// ```
    ///
    /// ## Limits
    /// Known is what holds for Docker Engine 28 and 29; an older engine may still take the key.
    ///
    /// ## References
    /// - Docker: deprecated engine features
    "daemon-outdated-key" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let file = &subject.file;
    for problem in &file.problems {
        let DaemonProblemKind::OldKey(status) = problem.kind else { continue };
        let (instead, why, severity) = match status {
            KeyStatus::Removed { instead, why } => (instead, why, Severity::Medium),
            KeyStatus::Deprecated { instead, why } => (instead, why, Severity::Low),
            KeyStatus::Current => continue,
        };
        let edits = match (instead, file.root()) {
            (Some(new), Some(root)) => {
                rename_key(&file.tree, root, &problem.key, new).unwrap_or_default()
            }
            _ => subject.remove(&problem.key),
        };
        let title = match instead {
            Some(new) => format!("Rename it to `{new}`"),
            None => "Take it away".to_owned(),
        };
        sink.report(problem.span, format!("`{}` {why}", problem.key)).severity(severity).fix(
            title,
            Safety::Unsafe,
            edits,
        );
    }
}
