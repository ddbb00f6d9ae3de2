use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// Logs of containers grow without bound.
    ///
    /// ## Why
    /// The `json-file` driver, which is the default, keeps everything a container ever wrote. One
    /// chatty or attacked service fills the disk, and then every container of the host stands
    /// still.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "log-driver": "json-file"
    /// # ^ daemon-unrotated-logs
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-unrotated-logs
    ///   "icc": false
    /// }
    /// ```
    /// ```json
    /// {
    ///   "log-driver": "json-file",
    /// # ^ daemon-unrotated-logs
    ///   "log-opts": {
    ///     "max-file": "3"
    ///   }
    /// }
    /// ```
    /// ```json
    /// {
    ///   "log-opts": { "max-size": "-1" }
    /// # ^ daemon-unrotated-logs
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "log-driver": "json-file",
    ///   "log-opts": {
    ///     "max-size": "10m",
    ///     "max-file": "3"
    ///   }
    /// # ^ daemon-unrotated-logs
    /// }
    /// ```
    /// ```json
    /// {
    /// # ^ daemon-unrotated-logs
    ///   "icc": false,
    ///   "log-opts": {
    ///     "max-size": "10m",
    ///     "max-file": "3"
    ///   }
    /// }
    /// ```
    /// ```json
    /// {
    ///   "log-driver": "json-file",
    /// # ^ daemon-unrotated-logs
    ///   "log-opts": {
    ///     "max-file": "3",
    ///     "max-size": "10m"
    ///   }
    /// }
    /// ```
    /// ```json
    /// {
    ///   "log-opts": { "max-size": "10m" }
    /// # ^ daemon-unrotated-logs
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "log-driver": "json-file",
    ///   "log-opts": { "max-size": "10m", "max-file": "3" }
    /// }
    /// ```
    /// ```json
    /// {
    ///   "log-driver": "local"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "log-driver": "journald"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "log-opts": { "max-size": "10m" }
    /// }
    /// ```
    ///
    /// ## Limits
    /// Limits that single containers set are not seen here. The fix holds for containers that are
    /// made after it; existing ones keep their settings.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - Docker: JSON File logging driver
    "daemon-unrotated-logs" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let Some(("json-file", driver)) = subject.log_driver() else { return };
    let options = subject.file.entry("log-opts");
    if options.is_some_and(|it| !it.value.is_mapping()) {
        return;
    }
    let size = options.and_then(|it| it.value.own_entry("max-size"));
    let span = match size {
        Some(size) if size.value.as_str() == Some("-1") => Some(size.value.span),
        Some(_) => return,
        None => driver.or_else(|| subject.opening()),
    };
    let Some(span) = span else { return };
    let edits = if let Some(options) = options {
        subject.set_in(&options.value, "max-size", &Value::text("10m"))
    } else {
        let limits = [("max-size", Value::text("10m")), ("max-file", Value::text("3"))];
        subject.set("log-opts", &Value::map(limits))
    };
    sink.report(
        span,
        "logs of containers grow until the disk is full; set `max-size` in `log-opts`",
    )
    .fix("Rotate logs", Safety::Unsafe, edits);
}
