use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{instruction_edit::is_as_written, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Capital letter in the protocol of `EXPOSE`.
    ///
    /// ## Why
    /// Every output shows the protocol in small letters; written so, it can be searched for.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 80/TcP 53/UDP
    /// # ^ capital-in-port-protocol
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 80/tcp 53/udp
    /// # ^ capital-in-port-protocol
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 80/tcp 53/udp 8080 90/$PROTOCOL
    /// ```
    ///
    /// ## Limits
    /// The value of a variable is not looked at.
    ///
    /// ## References
    /// - Docker build checks: casing of the protocol in `EXPOSE`
    "capital-in-port-protocol" for DockerfileSubject {
        aliases: ["buildkit:ExposeProtoCasing", "droast:DF078"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::On(&[Keyword::Expose], check),
    }
}

fn check(subject: &DockerfileSubject, expose: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Expose(ports) = &expose.kind else { return };
    for word in ports.iter().map(|it| &it.word) {
        let Some(slash) = word.text.rfind('/').map(|it| it + 1) else { continue };
        let protocol = word.text.get(slash..).unwrap_or_default();
        let has_capital = protocol.contains(|it: char| it.is_ascii_uppercase());
        if !has_capital || word.text.contains('$') {
            continue;
        }
        let small = protocol.to_ascii_lowercase();
        let draft = sink.report(word.span, "write the protocol in small letters");
        if is_as_written(&subject.dockerfile.source, word) {
            let span = Span::new(word.span.start + slash, word.span.end);
            let edit = Edit::replace(span, small);
            draft.fix("Write the protocol in small letters", Safety::Safe, vec![edit]);
        }
    }
}
