use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject, tcp_address::TcpAddress};

rule! {
    /// Metrics answer on every address.
    ///
    /// ## Why
    /// The metrics of the daemon need no password. They tell how many containers run and fail,
    /// which versions are in use, and to a swarm's neighbours more. On every address the whole
    /// network can read them.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "metrics-addr": "0.0.0.0:9323"
    /// # ^ daemon-exposed-metrics
    /// }
    /// ```
    /// ```json
    /// {
    ///   "metrics-addr": ":9323"
    /// # ^ daemon-exposed-metrics
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "metrics-addr": "127.0.0.1:9323"
    /// # ^ daemon-exposed-metrics
    /// }
    /// ```
    /// ```json
    /// {
    ///   "metrics-addr": "127.0.0.1:9323"
    /// # ^ daemon-exposed-metrics
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "metrics-addr": "127.0.0.1:9323"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "metrics-addr": "10.0.0.5:9323"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "metrics-addr": ""
    /// }
    /// ```
    ///
    /// ## Limits
    /// A firewall in front of the host is not seen.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - Docker: collect Docker metrics with Prometheus
    "daemon-exposed-metrics" for DaemonSubject {
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
    let Some(listen) = subject.file.text("metrics-addr").filter(|it| !it.value.is_empty()) else {
        return;
    };
    let address = TcpAddress::of(listen.value);
    if !address.is_any() && !address.host.is_empty() {
        return;
    }
    let edits = address
        .port
        .map(|port| subject.set("metrics-addr", &Value::text(format!("127.0.0.1:{port}"))));
    sink.report(
        listen.span,
        "metrics answer everyone on every address; name the one that needs them",
    )
    .fix("Answer on this machine only", Safety::Unsafe, edits.unwrap_or_default());
}
