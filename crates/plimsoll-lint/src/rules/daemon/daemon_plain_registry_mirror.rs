use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{
    rule::rule,
    subject::daemon::DaemonSubject,
    tcp_address::{TcpAddress, is_loopback_host},
};

rule! {
    /// A registry mirror over plain HTTP.
    ///
    /// ## Why
    /// Images of Docker Hub are asked for at the mirror first. Over plain HTTP whoever stands
    /// between sees what is pulled, and can answer for the mirror where an image is asked for by
    /// tag.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "registry-mirrors": ["http://mirror.example"]
    /// # ^ daemon-plain-registry-mirror
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "registry-mirrors": ["https://mirror.example"]
    /// # ^ daemon-plain-registry-mirror
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "registry-mirrors": ["https://mirror.example", "http://127.0.0.1:5000"]
    /// }
    /// ```
    ///
    /// ## Limits
    /// The fix writes `https`; whether the mirror answers there is not known.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-plain-registry-mirror" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["daemon.insecure-registries"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    for mirror in subject.file.texts("registry-mirrors") {
        let Some(rest) = mirror.value.strip_prefix("http://") else { continue };
        if TcpAddress::of(rest.split('/').next().unwrap_or_default()).is_loopback()
            || is_loopback_host(rest)
        {
            continue;
        }
        let scheme = Span::new(mirror.span.start + 1, mirror.span.start + 1 + "http".len());
        let is_plain = subject.file.source().slice(scheme) == "http";
        let edits = if is_plain { vec![Edit::replace(scheme, "https")] } else { Vec::new() };
        sink.report(mirror.span, "images are asked for over plain HTTP; use `https://`").fix(
            "Use `https`",
            Safety::Unsafe,
            edits,
        );
    }
}
