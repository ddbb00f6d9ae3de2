use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject, tcp_address::TcpAddress};

rule! {
    /// TLS on the API without a check of the client.
    ///
    /// ## Why
    /// With `tls` alone the daemon shows its certificate and lets everyone in. Only `tlsverify`
    /// asks the client for a certificate, and the client is root on the host.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "hosts": ["tcp://0.0.0.0:2376"],
    ///   "tls": true,
    /// # ^ daemon-tls-without-client-check
    ///   "tlscacert": "/etc/docker/ca.pem"
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "hosts": ["tcp://0.0.0.0:2376"],
    ///   "tls": true,
    /// # ^ daemon-tls-without-client-check
    ///   "tlscacert": "/etc/docker/ca.pem",
    ///   "tlsverify": true
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "hosts": ["tcp://0.0.0.0:2376"],
    ///   "tlsverify": true,
    ///   "tlscacert": "/etc/docker/ca.pem"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "hosts": ["fd://"],
    ///   "tls": true
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
    /// - Docker: protect the Docker daemon socket
    "daemon-tls-without-client-check" for DaemonSubject {
        aliases: ["docker-bench:2.7"],
        severity: Critical,
        confidence: High,
        audience: Default,
        controls: ["daemon.tls"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let hosts = subject.file.texts("hosts");
    let Some(host) = hosts.iter().find(|it| TcpAddress::of_url(it.value).is_some()) else { return };
    if subject.says("tlsverify", true).is_some() {
        return;
    }
    let Some(span) = subject.says("tls", true) else { return };
    let edits = subject.set("tlsverify", &Value::truth(true));
    sink.report(span, MESSAGE).related(host.span, "clients come in here").fix(
        "Set `tlsverify` to `true`",
        Safety::Unsafe,
        edits,
    );
}

const MESSAGE: &str = "`tls` without `tlsverify` lets in every client, and a client of \
                       the daemon is root on the host";
