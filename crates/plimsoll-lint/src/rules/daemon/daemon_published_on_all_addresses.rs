use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject, tcp_address::TcpAddress};

rule! {
    /// Ports are published on every address by default.
    ///
    /// ## Why
    /// A published port without an address answers on every address of the host, past most host
    /// firewalls. With `ip` set to the loopback address a port is open to the world only where
    /// somebody wrote so.
    ///
    /// ## Bad
    /// ```json
    /// {
    /// # ^ daemon-published-on-all-addresses
    ///   "icc": false
    /// }
    /// ```
    /// ```json
    /// {
    ///   "ip": "0.0.0.0"
    /// # ^ daemon-published-on-all-addresses
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    /// # ^ daemon-published-on-all-addresses
    ///   "icc": false,
    ///   "ip": "127.0.0.1"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "ip": "127.0.0.1"
    /// # ^ daemon-published-on-all-addresses
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "ip": "127.0.0.1"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "ip": "10.0.0.5"
    /// }
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash. It holds for the default bridge; other networks take it from
    /// `default-network-opts`.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-published-on-all-addresses" for DaemonSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let span = match subject.file.entry("ip") {
        Some(_) => {
            subject.file.text("ip").filter(|it| TcpAddress::of(it.value).is_any()).map(|it| it.span)
        }
        None => subject.opening(),
    };
    let Some(span) = span.filter(|_| !subject.is_windows()) else { return };
    let edits = subject.set("ip", &Value::text("127.0.0.1"));
    sink.report(span, "ports without an address are published on every address; set `ip`").fix(
        "Publish on this machine only by default",
        Safety::Unsafe,
        edits,
    );
}
