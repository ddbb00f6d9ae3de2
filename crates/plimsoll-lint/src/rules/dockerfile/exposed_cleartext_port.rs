use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    port::{CLEARTEXT, ExposedPort},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `EXPOSE` of a port of FTP, Telnet or the old remote shells.
    ///
    /// ## Why
    /// These protocols send passwords and data in the clear: whoever can listen on the way has
    /// both.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 80 21
    /// # ^ exposed-cleartext-port
    /// EXPOSE 23/tcp
    /// # ^ exposed-cleartext-port
    /// EXPOSE 513
    /// # ^ exposed-cleartext-port
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   ports:
    ///     - 21/tcp
    /// # ^ exposed-cleartext-port
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 80 990 2323 514/udp
    /// EXPOSE 10000-20000
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   ports: [80/tcp, 514/udp]
    /// ```
    ///
    /// ## Limits
    /// Only the port tells; a server may speak something better there.
    ///
    /// ## References
    /// - Dockerfile reference: `EXPOSE`
    "exposed-cleartext-port" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD014"],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Expose], check),
    }
}

fn check(subject: &DockerfileSubject, expose: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Expose(ports) = &expose.kind else { return };
    for port in ports {
        let exposed = ExposedPort::read(&subject.dockerfile, expose, port);
        let is_open = |number: u64| exposed.iter().any(|it| it.is_tcp() && it.covers(number));
        let found = CLEARTEXT.iter().find(|it| is_open(it.0));
        if let Some((number, name)) = found {
            let message = format!("port {number} is that of {name}, which sends all in the clear");
            sink.report(port.word.span, message);
        }
    }
}
