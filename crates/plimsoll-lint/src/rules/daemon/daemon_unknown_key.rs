use plimsoll_config::{daemon_json::DaemonProblemKind, edit::rename_key};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// A key that the daemon does not know.
    ///
    /// ## Why
    /// The daemon refuses to start with a key that it does not know. Names of the command line
    /// differ: there it is `--log-opt`, here `log-opts`.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "log-opt": { "max-size": "10m" }
    /// # ^ daemon-unknown-key
    /// }
    /// ```
    /// ```json
    /// {
    ///   "insecure-registry": ["registry.example"]
    /// # ^ daemon-unknown-key
    /// }
    /// ```
    /// ```json
    /// {
    ///   "proxies": { "http_proxy": "http://proxy.example:3128" },
    /// # ^ daemon-unknown-key
    ///   "no-new-privilege": true
    /// # ^ daemon-unknown-key
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "log-opts": { "max-size": "10m" }
    /// # ^ daemon-unknown-key
    /// }
    /// ```
    /// ```json
    /// {
    ///   "insecure-registries": ["registry.example"]
    /// # ^ daemon-unknown-key
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "log-opts": { "max-size": "10m" }
    /// }
    /// ```
    /// ```json
    /// {
    ///   "features": { "anything": true }
    /// }
    /// ```
    ///
    /// ## Limits
    /// Known are the keys of Docker Engine 28 and 29; an older engine knows fewer. Only keys of
    /// the file itself are renamed, not nested ones.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-unknown-key" for DaemonSubject {
        aliases: [],
        severity: High,
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
        let DaemonProblemKind::UnknownKey { nearest } = problem.kind else { continue };
        let message = match nearest {
            Some(known) => format!(
                "the daemon does not know this key and will not start; did you mean `{known}`?"
            ),
            None => "the daemon does not know this key and will not start".to_owned(),
        };
        let draft = sink.report(problem.span, message);
        let root = file.root().filter(|_| !problem.key.contains('.'));
        if let (Some(known), Some(root)) = (nearest, root) {
            let edits = rename_key(&file.tree, root, &problem.key, known).unwrap_or_default();
            draft.fix(format!("Rename it to `{known}`"), Safety::Unsafe, edits);
        }
    }
}
