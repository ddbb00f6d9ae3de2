use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Containers run in another cgroup than the default.
    ///
    /// ## Why
    /// The cgroup that holds all containers bounds what they may take together. Another parent
    /// may have no bounds, or those of something else.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "cgroup-parent": "/batch"
    /// # ^ daemon-cgroup-parent
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "cgroup-parent": "/docker"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "cgroup-parent": "system.slice"
    /// }
    /// ```
    /// ```json
    /// {}
    /// ```
    ///
    /// ## Limits
    /// Whether the cgroup is bounded is not known.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-cgroup-parent" for DaemonSubject {
        aliases: ["docker-bench:2.10"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["daemon.cgroup-parent"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(parent) = subject.file.text("cgroup-parent") else { return };
    if !matches!(parent.value, "" | "/docker" | "docker" | "system.slice" | "docker.slice") {
        sink.report(
            parent.span,
            "containers run in another cgroup than the default; see that it has bounds",
        );
    }
}
