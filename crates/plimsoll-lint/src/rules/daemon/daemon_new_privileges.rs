use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Processes in containers may gain privileges.
    ///
    /// ## Why
    /// A set-uid program such as `su` or `sudo` runs with more rights than its caller. With
    /// `no-new-privileges` the kernel stops that in every container, so that a foothold as an
    /// ordinary user stays one. As a default of the daemon it holds for containers that forget to
    /// ask for it.
    ///
    /// ## Bad
    /// ```json
    /// {
    /// # ^ daemon-new-privileges
    ///   "icc": false
    /// }
    /// ```
    /// ```json
    /// {
    ///   "no-new-privileges": false
    /// # ^ daemon-new-privileges
    /// }
    /// ```
    /// ```json
    /// {}
    /// # ^ daemon-new-privileges
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    /// # ^ daemon-new-privileges
    ///   "icc": false,
    ///   "no-new-privileges": true
    /// }
    /// ```
    /// ```json
    /// {
    ///   "no-new-privileges": true
    /// # ^ daemon-new-privileges
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-new-privileges
    ///   "no-new-privileges": true
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "no-new-privileges": true
    /// }
    /// ```
    /// ```json
    /// {
    ///   "no-new-privileges": "yes"
    /// }
    /// ```
    /// ```json
    /// { "icc":
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash. A container can still ask for it by itself, see the rules over services. The second
    /// fix sets all that these rules ask for at once.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-new-privileges" for DaemonSubject {
        aliases: ["docker-bench:2.14"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["daemon.no-new-privileges"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    if subject.is_windows() {
        return;
    }
    let Some(span) = subject.lacks("no-new-privileges", true) else { return };
    let edits = subject.set("no-new-privileges", &Value::truth(true));
    let all = subject.set_all(&hardening());
    sink.report(span, MESSAGE).fix("Set `no-new-privileges` to `true`", Safety::Unsafe, edits).fix(
        "Set every hardening default of the daemon",
        Safety::Unsafe,
        all,
    );
}

const MESSAGE: &str = "a process in a container may gain privileges through a set-uid \
                       program; set `no-new-privileges` to true";

/// What a host that serves containers to others should say, as a whole.
fn hardening() -> [(&'static str, Value); 8] {
    let logs = [("max-size", Value::text("10m")), ("max-file", Value::text("3"))];
    [
        ("no-new-privileges", Value::truth(true)),
        ("icc", Value::truth(false)),
        ("userns-remap", Value::text("default")),
        ("live-restore", Value::truth(true)),
        ("userland-proxy", Value::truth(false)),
        ("seccomp-profile", Value::text("builtin")),
        ("log-driver", Value::text("json-file")),
        ("log-opts", Value::map(logs)),
    ]
}
