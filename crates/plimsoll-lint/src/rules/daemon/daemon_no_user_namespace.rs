use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Root in a container is root on the host.
    ///
    /// ## Why
    /// Without a user namespace, user 0 in a container is user 0 of the host: a break-out, or a
    /// mounted folder, gives everything. `userns-remap` maps the users of containers to users of
    /// the host that own nothing.
    ///
    /// ## Bad
    /// ```json
    /// {
    /// # ^ daemon-no-user-namespace
    ///   "icc": false
    /// }
    /// ```
    /// ```json
    /// {
    ///   "userns-remap": ""
    /// # ^ daemon-no-user-namespace
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    /// # ^ daemon-no-user-namespace
    ///   "icc": false,
    ///   "userns-remap": "default"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "userns-remap": "default"
    /// # ^ daemon-no-user-namespace
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "userns-remap": "default"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "rootless": true
    /// }
    /// ```
    /// ```json
    /// {
    ///   "data-root": "D:\\docker"
    /// }
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash. A daemon that runs rootless by its command line needs no remapping. Existing images
    /// and volumes are not seen by a daemon after the switch, and containers with the network or
    /// process space of the host have to opt out.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    /// - Docker: isolate containers with a user namespace
    "daemon-no-user-namespace" for DaemonSubject {
        aliases: ["docker-bench:2.9"],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: ["daemon.userns-remap"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let file = &subject.file;
    if subject.is_windows() || subject.says("rootless", true).is_some() {
        return;
    }
    let span = match file.entry("userns-remap") {
        Some(_) => file.text("userns-remap").filter(|it| it.value.is_empty()).map(|it| it.span),
        None => subject.opening(),
    };
    let Some(span) = span else { return };
    let edits = subject.set("userns-remap", &Value::text("default"));
    sink.report(span, MESSAGE).fix("Set `userns-remap` to `default`", Safety::Unsafe, edits);
}

const MESSAGE: &str = "root in a container is root on the host; set `userns-remap`";
