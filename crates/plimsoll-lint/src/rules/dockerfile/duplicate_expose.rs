use std::collections::BTreeSet;

use plimsoll_dockerfile::InstructionKind;
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Port exposed twice.
    ///
    /// ## Why
    /// The second has no effect, and readers wonder what it is for.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// EXPOSE 80 443
    /// EXPOSE 80/tcp 8080
    /// # ^ duplicate-expose
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// EXPOSE 80 443
    /// EXPOSE 8080
    /// # ^ duplicate-expose
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// EXPOSE 53/tcp 53/udp
    /// FROM debian:12
    /// EXPOSE 53
    /// ```
    ///
    /// ## Limits
    /// Where all of an `EXPOSE` is said before, no fix is offered.
    ///
    /// ## References
    /// - Dockerfile reference: `EXPOSE`
    "duplicate-expose" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD048"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let mut seen = BTreeSet::new();
    let mut stage = None;
    for instruction in subject.dockerfile.all_instructions() {
        if stage != instruction.stage {
            (stage, seen) = (instruction.stage, BTreeSet::new());
        }
        let InstructionKind::Expose(ports) = &instruction.kind else { continue };
        let mut kept = 0;
        for (idx, port) in ports.iter().enumerate() {
            let Some(range) = port.range else { continue };
            let protocol = port.protocol.clone().unwrap_or_else(|| "tcp".to_owned());
            if seen.insert((range, protocol)) {
                kept += 1;
                continue;
            }
            let draft = sink.report(port.word.span, "this port is exposed already");
            let next = ports.get(idx + 1).filter(|_| kept == 0);
            let before = idx.checked_sub(1).and_then(|it| ports.get(it)).filter(|_| kept > 0);
            let cut = match (next, before) {
                (Some(next), _) => Span::new(port.word.span.start, next.word.span.start),
                (_, Some(before)) => Span::new(before.word.span.end, port.word.span.end),
                _ => continue,
            };
            if !subject.dockerfile.source.slice(cut).contains('\n') {
                draft.fix("Take it away", Safety::Safe, vec![Edit::delete(cut)]);
            }
        }
    }
}
