use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{port::ExposedPort, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `EXPOSE` of something that is no port.
    ///
    /// ## Why
    /// Ports go up to 65535. With another number or a typo the build fails, or the wrong port is
    /// published by `docker run -P`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ARG PORT=80800
    /// EXPOSE 80000
    /// # ^ invalid-port
    /// EXPOSE 80 40000-80000/tcp
    /// # ^ invalid-port
    /// EXPOSE $PORT
    /// # ^ invalid-port
    /// EXPOSE 90-80
    /// # ^ invalid-port
    /// EXPOSE http
    /// # ^ invalid-port
    /// EXPOSE 80/http
    /// # ^ invalid-port
    /// EXPOSE 127.0.0.1:80:99999
    /// # ^ invalid-port
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 0 65535 80/tcp 53/UDP "443" 8000-8010/sctp
    /// EXPOSE ${UNKNOWN} ${PORT:-8080} $A-$B/tcp
    /// EXPOSE 127.0.0.1:80:80
    /// ENV PORTS="80 443/tcp" NONE=""
    /// EXPOSE $PORTS $NONE
    /// ```
    ///
    /// ## Limits
    /// A port that is a variable without a known value is left alone.
    ///
    /// ## References
    /// - Dockerfile reference: `EXPOSE`
    "invalid-port" for DockerfileSubject {
        aliases: [
            "hadolint:DL3011", "kics:unix_ports_out_of_range", "trivy:DS-0008",
            "semgrep:invalid-port", "dockerfile-doctor:DD038", "droast:DF040",
            "dockerfilelint:invalid_port",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Expose], check),
    }
}

fn check(subject: &DockerfileSubject, expose: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Expose(ports) = &expose.kind else { return };
    for port in ports {
        let words = ExposedPort::read(&subject.dockerfile, expose, port);
        if let Some(message) = words.iter().find_map(problem) {
            sink.report(port.word.span, message);
        }
    }
}

fn problem(exposed: &ExposedPort) -> Option<&'static str> {
    let is_protocol = |it: &str| it.eq_ignore_ascii_case(&exposed.protocol);
    match exposed.range() {
        None => Some("this is no port number"),
        Some((first, last)) if first.max(last) > MAX_PORT => Some("ports go up to 65535"),
        Some((first, last)) if first > last => Some("this range ends before it starts"),
        Some(_) if !["", "tcp", "udp", "sctp"].into_iter().any(is_protocol) => {
            Some("the protocol of a port is `tcp`, `udp` or `sctp`")
        }
        Some(_) => None,
    }
}

const MAX_PORT: u64 = 65_535;
