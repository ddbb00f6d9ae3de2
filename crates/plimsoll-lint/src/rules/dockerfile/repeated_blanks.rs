use plimsoll_dockerfile::{Instruction, InstructionKind};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Several blanks where one does.
    ///
    /// ## Why
    /// They carry no meaning, and look as if they did.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM  debian:12   AS  base
    /// # ^ repeated-blanks
    /// RUN   make
    /// # ^ repeated-blanks
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12 AS base
    /// # ^ repeated-blanks
    /// RUN make
    /// # ^ repeated-blanks
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12 AS base
    /// RUN make  install "a  b"
    /// ENV A=1 \
    ///     B=2
    /// ```
    ///
    /// ## Limits
    /// Only behind the keyword and inside `FROM`; elsewhere blanks may be data or a table.
    ///
    /// ## References
    /// - Dockerfile reference: format
    "repeated-blanks" for DockerfileSubject {
        aliases: ["tally:no-multi-spaces"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let source = &subject.dockerfile.source;
    for instruction in &subject.dockerfile.instructions {
        for gap in gaps(instruction) {
            let text = source.slice(gap);
            if text.len() > 1 && text.bytes().all(|it| it == b' ' || it == b'\t') {
                sink.report(gap, "one blank is enough here").fix(
                    "Keep one",
                    Safety::Safe,
                    vec![Edit::replace(gap, " ")],
                );
            }
        }
    }
}

/// Where blanks only part words.
fn gaps(instruction: &Instruction) -> Vec<Span> {
    let mut res = vec![Span::new(instruction.name.end, instruction.args.start)];
    match &instruction.kind {
        InstructionKind::From(from) => {
            if let Some(alias) = &from.alias {
                res.push(Span::new(from.image.word.span.end, alias.keyword.start));
                res.push(Span::new(alias.keyword.end, alias.name.span.start));
            }
        }
        InstructionKind::Onbuild(inner) => {
            res.push(Span::new(inner.name.end, inner.args.start));
        }
        _ => {}
    }
    res
}
