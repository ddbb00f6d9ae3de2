use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Builds may run without confinement.
    ///
    /// ## Why
    /// The entitlement `security-insecure` lets any build that asks for it run with all
    /// capabilities and without seccomp on the host. A Dockerfile from elsewhere needs no more.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "builder": {
    ///     "entitlements": {
    ///       "security-insecure": true
    /// # ^ daemon-insecure-build-entitlement
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "builder": {
    ///     "entitlements": {
    ///       "security-insecure": false
    /// # ^ daemon-insecure-build-entitlement
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "builder": { "entitlements": { "network-host": true, "security-insecure": false } }
    /// }
    /// ```
    /// ```json
    /// {
    ///   "builder": { "gc": { "enabled": true } }
    /// }
    /// ```
    ///
    /// ## Limits
    /// Builders beside the daemon (`docker buildx create`) have their own settings.
    ///
    /// ## References
    /// - Docker: dockerd reference, `builder`
    /// - BuildKit: `RUN --security`
    "daemon-insecure-build-entitlement" for DaemonSubject {
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
    let Some(builder) = subject.file.entry("builder") else { return };
    let Some(entitlements) = builder.value.own_entry("entitlements") else { return };
    let Some(allowed) = entitlements.value.own_entry("security-insecure") else { return };
    if allowed.value.as_bool() == Some(true) {
        let edits = subject.set_in(&entitlements.value, "security-insecure", &Value::truth(false));
        sink.report(
            allowed.value.span,
            "any build may ask to run with all capabilities on the host",
        )
        .fix("Refuse unconfined builds", Safety::Unsafe, edits);
    }
}
