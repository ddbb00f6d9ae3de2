use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service keeps its output from the central log that the daemon is set to.
    ///
    /// ## Why
    /// The daemon sends the output of all containers to a place where an intruder cannot erase it.
    /// This service has a driver of its own, whose files lie on the host that was broken into.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     logging:
    ///     # ^ central-log-bypassed
    ///       driver: json-file
    /// # file: daemon.json
    /// {"log-driver": "syslog"}
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///   api:
    ///     image: example.com/api:1
    ///     logging:
    ///       driver: fluentd
    ///   quiet:
    ///     image: example.com/quiet:1
    ///     logging:
    ///       options: {tag: quiet}
    /// # file: daemon.json
    /// {"log-driver": "syslog"}
    /// ```
    ///
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     logging:
    ///       driver: local
    /// # file: daemon.json
    /// {"log-driver": "json-file"}
    /// ```
    ///
    /// ## Limits
    /// A collector that reads the files of the host is not seen. Output that is thrown away is the
    /// matter of another rule.
    ///
    /// ## References
    /// - Docker documentation: configure logging drivers
    /// - CIS Docker Benchmark, section 2: centralized and remote logging
    "central-log-bypassed" for ServiceSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["daemon.remote-logging"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let central = service.daemon.as_ref().and_then(|it| it.log_driver.as_ref());
    let Some(central) = central.filter(|it| CENTRAL.contains(&it.value.as_str())) else { return };
    let Some(logging) = &service.logging else { return };
    let Some(own) = logging.value.driver.as_deref().filter(|it| LOCAL.contains(it)) else {
        return;
    };
    let message = format!(
        "the output goes to `{own}` on this host instead of the daemon's `{}`",
        central.value
    );
    let mut draft = sink.report_at(subject.place(logging), message);
    if let Some(place) = central.location() {
        draft = draft.related_at(place.clone(), "the daemon's driver");
    }
    let _ = draft;
}

/// Drivers that carry the output to another machine, or to where the host's collector takes it.
static CENTRAL: &[&str] =
    &["awslogs", "fluentd", "gcplogs", "gelf", "journald", "logentries", "splunk", "syslog"];

/// Drivers that leave it in files of the engine.
static LOCAL: &[&str] = &["json-file", "local"];
