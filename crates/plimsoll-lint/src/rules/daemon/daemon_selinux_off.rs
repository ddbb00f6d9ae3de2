use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// SELinux is turned off for containers.
    ///
    /// ## Why
    /// On hosts with SELinux, labels keep a process that broke out of its container from the
    /// files of the host and of other containers. `selinux-enabled: false` runs containers
    /// without labels.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "selinux-enabled": false
    /// # ^ daemon-selinux-off
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "selinux-enabled": true
    /// # ^ daemon-selinux-off
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "selinux-enabled": true
    /// }
    /// ```
    /// ```json
    /// {}
    /// ```
    ///
    /// ## Limits
    /// On hosts without SELinux, such as Debian and Ubuntu, the setting does nothing; leave it
    /// out there.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-selinux-off" for DaemonSubject {
        aliases: [],
        severity: Low,
        confidence: Low,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(span) = subject.says("selinux-enabled", false) else { return };
    let edits = subject.set("selinux-enabled", &Value::truth(true));
    sink.report(span, "containers run without SELinux labels; turn them on, or leave the key out")
        .fix("Set `selinux-enabled` to `true`", Safety::Unsafe, edits);
}
