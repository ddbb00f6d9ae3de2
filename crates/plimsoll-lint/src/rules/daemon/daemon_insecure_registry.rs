use plimsoll_finding::{Check, Safety, Severity, Sink};

use crate::{
    rule::rule,
    subject::daemon::DaemonSubject,
    tcp_address::{TcpAddress, is_loopback_host},
};

rule! {
    /// A registry without verified TLS.
    ///
    /// ## Why
    /// From an insecure registry images come over plain HTTP, or under any certificate. Who
    /// stands between can put in other images, which then run on the host. A range such as
    /// `0.0.0.0/0` says so of every registry.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "insecure-registries": [
    ///     "registry.example:5000",
    /// # ^ daemon-insecure-registry
    ///     "127.0.0.1:5000"
    ///   ]
    /// }
    /// ```
    /// ```json
    /// {
    ///   "icc": false,
    ///   "insecure-registries": ["0.0.0.0/0"]
    /// # ^ daemon-insecure-registry
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "insecure-registries": ["127.0.0.1:5000"]
    /// }
    /// ```
    /// ```json
    /// {
    ///   "icc": false
    /// # ^ daemon-insecure-registry
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "insecure-registries": ["localhost:5000", "127.0.0.0/8", "[::1]:5000"]
    /// }
    /// ```
    /// ```json
    /// {
    ///   "insecure-registries": []
    /// }
    /// ```
    ///
    /// ## Limits
    /// Give the registry a certificate, or put its certificate authority below
    /// `/etc/docker/certs.d`. The fix takes the names away; pulls from a registry without TLS
    /// then fail.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    /// - CIS Docker Benchmark, section 2 (daemon configuration)
    "daemon-insecure-registry" for DaemonSubject {
        aliases: ["docker-bench:2.5"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["daemon.insecure-registries"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let edits = subject.keep("insecure-registries", is_loopback);
    let registries = subject.file.texts("insecure-registries");
    let insecure = registries.iter().filter(|it| !is_loopback(it.value));
    for (idx, registry) in insecure.enumerate() {
        let covers_all = matches!(registry.value, "0.0.0.0/0" | "::/0");
        let severity = if covers_all { Severity::Critical } else { Severity::High };
        let message = if covers_all {
            "images of every registry are taken without verified TLS"
        } else {
            "images of this registry are taken over plain HTTP or under any certificate; \
             give it TLS"
        };
        sink.report(registry.span, message).severity(severity).fix(
            "Take registries without TLS only from this machine",
            Safety::Unsafe,
            if idx < MAX_FIXES { edits.clone() } else { Vec::new() },
        );
    }
}

/// The fix is the same for all registries, so not every one of a huge list carries it.
const MAX_FIXES: usize = 100;

fn is_loopback(registry: &str) -> bool {
    let network = registry.split_once('/').map_or(registry, |it| it.0);
    is_loopback_host(network) || TcpAddress::of(network).is_loopback()
}
