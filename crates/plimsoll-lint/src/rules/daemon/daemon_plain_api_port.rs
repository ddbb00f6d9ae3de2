use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject, tcp_address::TcpAddress};

rule! {
    /// TLS on the port for plain connections.
    ///
    /// ## Why
    /// Port 2375 is registered for the API without encryption, 2376 for TLS. Scanners, firewalls
    /// and clients act by that; TLS on 2375 misleads all three.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "hosts": ["tcp://10.0.0.5:2375"],
    /// # ^ daemon-plain-api-port
    ///   "tlsverify": true
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
    /// ```json
    /// {
    ///   "hosts": ["tcp://10.0.0.5:2375"]
    /// }
    /// ```
    ///
    /// ## Limits
    /// A plain listener is a fault of its own.
    ///
    /// ## References
    /// - IANA: service names and port numbers
    "daemon-plain-api-port" for DaemonSubject {
        aliases: [],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    if subject.says("tlsverify", true).is_none() {
        return;
    }
    for host in subject.file.texts("hosts") {
        if TcpAddress::of_url(host.value).and_then(|it| it.port) == Some(2375) {
            sink.report(host.span, "port 2375 is for plain connections; use 2376 with TLS");
        }
    }
}
