use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// No seccomp profile for containers.
    ///
    /// ## Why
    /// The profile that the engine brings stops some fifty kernel calls that containers never
    /// need and attackers do. `unconfined` opens the whole kernel to every container of the host.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "seccomp-profile": "unconfined"
    /// # ^ daemon-seccomp-off
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "seccomp-profile": "builtin"
    /// # ^ daemon-seccomp-off
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "seccomp-profile": "builtin"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "seccomp-profile": "/etc/docker/seccomp.json"
    /// }
    /// ```
    /// ```json
    /// {}
    /// ```
    ///
    /// ## Limits
    /// What a profile in a file lets through is judged where that file is read.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    /// - Docker: seccomp security profiles
    "daemon-seccomp-off" for DaemonSubject {
        aliases: ["docker-bench:2.17"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["daemon.seccomp"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(profile) = subject.file.text("seccomp-profile") else { return };
    if profile.value == "unconfined" {
        let edits = subject.set("seccomp-profile", &Value::text("builtin"));
        sink.report(profile.span, "every container may make every kernel call; use `builtin`").fix(
            "Use the profile of the engine",
            Safety::Unsafe,
            edits,
        );
    }
}
