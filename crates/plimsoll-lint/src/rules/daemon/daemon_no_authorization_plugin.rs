use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Every client of the daemon may do everything.
    ///
    /// ## Why
    /// Who may speak to the daemon may do all it can, which is all that root can. An
    /// authorization plugin decides request by request.
    ///
    /// ## Bad
    /// ```json
    /// {
    /// # ^ daemon-no-authorization-plugin
    ///   "icc": false
    /// }
    /// ```
    /// ```json
    /// {
    ///   "authorization-plugins": []
    /// # ^ daemon-no-authorization-plugin
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "authorization-plugins": ["example/authz"]
    /// }
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-no-authorization-plugin" for DaemonSubject {
        aliases: ["docker-bench:2.12"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["daemon.authz-plugin"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let span = match subject.file.entry("authorization-plugins") {
        Some(entry) if entry.value.is_sequence() && entry.value.items().is_empty() => {
            Some(entry.value.span)
        }
        Some(_) => None,
        None => subject.opening(),
    };
    let Some(span) = span else { return };
    sink.report(span, "every client of the daemon may do everything; use an authorization plugin");
}
