use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject, tcp_address::TcpAddress};

rule! {
    /// The API answers on every address of the host.
    ///
    /// ## Why
    /// Even with TLS, a listener on every address is open to networks that have no business with
    /// it: a guest network, a cloud's public address. A listener on one address, behind a
    /// firewall, leaves less to go wrong.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "hosts": ["tcp://0.0.0.0:2376"],
    /// # ^ daemon-api-on-all-addresses
    ///   "tlsverify": true
    /// }
    /// ```
    /// ```json
    /// {
    ///   "hosts": [
    ///     "fd://",
    ///     "tcp://[::]:2376"
    /// # ^ daemon-api-on-all-addresses
    ///   ]
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "hosts": ["tcp://10.0.0.5:2376"],
    ///   "tlsverify": true
    /// }
    /// ```
    ///
    /// ## Limits
    /// A firewall in front of the host is not seen.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-api-on-all-addresses" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    for host in subject.file.texts("hosts") {
        if TcpAddress::of_url(host.value).is_some_and(|it| it.is_any()) {
            sink.report(
                host.span,
                "the daemon's API listens on every address; name the one it needs",
            );
        }
    }
}
