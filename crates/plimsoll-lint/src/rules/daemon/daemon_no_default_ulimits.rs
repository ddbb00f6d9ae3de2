use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// No default limits of open files and processes.
    ///
    /// ## Why
    /// Containers take the limits of the daemon, which are as good as none. A default for each of
    /// them stops a leak or a fork bomb before the host is out of files or processes.
    ///
    /// ## Bad
    /// ```json
    /// {
    /// # ^ daemon-no-default-ulimits
    ///   "icc": false
    /// }
    /// ```
    /// ```json
    /// {
    ///   "default-ulimits": {}
    /// # ^ daemon-no-default-ulimits
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    /// # ^ daemon-no-default-ulimits
    ///   "icc": false,
    ///   "default-ulimits": {
    ///     "nofile": {
    ///       "Name": "nofile",
    ///       "Soft": 65536,
    ///       "Hard": 65536
    ///     },
    ///     "nproc": {
    ///       "Name": "nproc",
    ///       "Soft": 4096,
    ///       "Hard": 8192
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "default-ulimits": {
    ///     "nofile": { "Name": "nofile", "Soft": 1024, "Hard": 4096 }
    ///   }
    /// }
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash. The numbers of the fix are a start, not a measure of what your services need.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-no-default-ulimits" for DaemonSubject {
        aliases: ["docker-bench:2.8"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["daemon.default-ulimits"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let span = match subject.file.entry("default-ulimits") {
        Some(entry) if entry.value.is_mapping() && entry.value.own_entries().is_empty() => {
            Some(entry.value.span)
        }
        Some(_) => None,
        None => subject.opening(),
    };
    let Some(span) = span.filter(|_| !subject.is_windows()) else { return };
    let limit = |name: &str, soft: i64, hard: i64| {
        let numbers = [("Soft", Value::number(soft)), ("Hard", Value::number(hard))];
        let [soft, hard] = numbers;
        Value::map([("Name", Value::text(name)), soft, hard])
    };
    let limits =
        [("nofile", limit("nofile", 65_536, 65_536)), ("nproc", limit("nproc", 4096, 8192))];
    let edits = subject.set("default-ulimits", &Value::map(limits));
    sink.report(span, "containers get no default limits; set `default-ulimits`").fix(
        "Set default limits of files and processes",
        Safety::Unsafe,
        edits,
    );
}
