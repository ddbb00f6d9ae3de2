use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword, Port};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{
    instruction_edit::is_as_written, port::ExposedPort, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `EXPOSE` with an address or a port of the host.
    ///
    /// ## Why
    /// `EXPOSE` publishes nothing; it names ports of the container. An address or a host port in it
    /// has no effect, but makes believe that the port is bound there.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 127.0.0.1:80:8080
    /// # ^ host-in-expose
    /// EXPOSE 443 5300-5301:53-54/udp
    /// # ^ host-in-expose
    /// EXPOSE [::1]:80:80
    /// # ^ host-in-expose
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ARG HOST=127.0.0.1:80
    /// EXPOSE $HOST:80
    /// # ^ host-in-expose
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 8080
    /// # ^ host-in-expose
    /// EXPOSE 443 53-54/udp
    /// # ^ host-in-expose
    /// EXPOSE 80
    /// # ^ host-in-expose
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 80 443/tcp 8000-8010
    /// EXPOSE ${PORT:-8080}
    /// ```
    ///
    /// ## Limits
    /// A word with variables is reported where their values are known, but not rewritten.
    ///
    /// ## References
    /// - Dockerfile reference: `EXPOSE`
    "host-in-expose" for DockerfileSubject {
        aliases: ["buildkit:ExposeInvalidFormat", "dockerfilelint:expose_host_port"],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Safe,
        check: Check::On(&[Keyword::Expose], check),
    }
}

fn check(subject: &DockerfileSubject, expose: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Expose(ports) = &expose.kind else { return };
    for port in ports {
        let exposed = ExposedPort::read(&subject.dockerfile, expose, port);
        if exposed.iter().any(|it| it.host.is_some()) {
            let message = "`EXPOSE` names ports of the container only; the host part has no effect";
            let edits = without_host(subject, port).into_iter().collect();
            sink.report(port.word.span, message).fix("Drop the host part", Safety::Safe, edits);
        }
    }
}

fn without_host(subject: &DockerfileSubject, port: &Port) -> Option<Edit> {
    let word = &port.word;
    let is_plain = is_as_written(&subject.dockerfile.source, word)
        && !word.text.contains(['$', '"', '\'', subject.dockerfile.escape]);
    let address = word.text.split('/').next()?;
    let colon = address.rfind(':').filter(|_| is_plain)?;
    let start = word.span.start;
    Some(Edit::delete(Span::new(start, start + colon + 1)))
}
