use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Containers see the cgroups of the host.
    ///
    /// ## Why
    /// In the cgroup namespace of the host a container sees the names of all other containers,
    /// and a privileged one can write there. `private` is the default on every current host.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "default-cgroupns-mode": "host"
    /// # ^ daemon-host-cgroup-namespace
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "default-cgroupns-mode": "private"
    /// # ^ daemon-host-cgroup-namespace
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "default-cgroupns-mode": "private"
    /// }
    /// ```
    /// ```json
    /// {}
    /// ```
    ///
    /// ## Limits
    /// On hosts with cgroup v1 the default is `host`, which the file does not tell.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-host-cgroup-namespace" for DaemonSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(mode) = subject.file.text("default-cgroupns-mode") else { return };
    if mode.value == "host" {
        let edits = subject.set("default-cgroupns-mode", &Value::text("private"));
        sink.report(mode.span, "containers share the cgroup namespace of the host; use `private`")
            .fix("Use a private namespace", Safety::Unsafe, edits);
    }
}
