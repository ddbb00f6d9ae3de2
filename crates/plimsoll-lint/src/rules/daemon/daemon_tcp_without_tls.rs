use plimsoll_finding::{Check, Severity, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject, tcp_address::TcpAddress};

rule! {
    /// The daemon answers on TCP without TLS.
    ///
    /// ## Why
    /// Whoever reaches the API of the daemon is root on the host: one request starts a container
    /// with the disk mounted. On a TCP port without TLS nobody is asked who he is. Even on the
    /// loopback address every local user and every web page in a local browser can try.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "hosts": [
    ///     "unix:///var/run/docker.sock",
    ///     "tcp://0.0.0.0:2375"
    /// # ^ daemon-tcp-without-tls
    ///   ]
    /// }
    /// ```
    /// ```json
    /// {
    ///   "hosts": ["tcp://127.0.0.1:2375"],
    /// # ^ daemon-tcp-without-tls
    ///   "tls": false
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "hosts": ["fd://", "tcp://10.0.0.5:2376"],
    ///   "tlsverify": true,
    ///   "tlscacert": "/etc/docker/ca.pem",
    ///   "tlscert": "/etc/docker/server.pem",
    ///   "tlskey": "/etc/docker/server.key"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "hosts": ["unix:///var/run/docker.sock"]
    /// }
    /// ```
    ///
    /// ## Limits
    /// Options given to `dockerd` on its command line or by its unit are not seen; they win or
    /// clash. TLS without a check of the client is another rule.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    /// - Docker: protect the Docker daemon socket
    "daemon-tcp-without-tls" for DaemonSubject {
        aliases: ["docker-bench:2.7"],
        severity: Critical,
        confidence: High,
        audience: Default,
        controls: ["daemon.tls"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let has_tls = ["tls", "tlsverify"].iter().any(|it| subject.says(it, true).is_some());
    if has_tls {
        return;
    }
    for host in subject.file.texts("hosts") {
        let Some(address) = TcpAddress::of_url(host.value) else { continue };
        let draft = sink.report(host.span, MESSAGE);
        if address.is_loopback() || address.host.is_empty() {
            draft.severity(Severity::High);
        }
    }
}

const MESSAGE: &str = "the daemon's API answers on TCP without TLS: whoever reaches it is \
                       root on the host; use `tlsverify`, or the Unix socket over ssh";
