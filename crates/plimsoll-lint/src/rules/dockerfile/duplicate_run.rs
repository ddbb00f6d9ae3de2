use std::collections::BTreeMap;

use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Confidence, Sink};
use plimsoll_text::Span;

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// The same `RUN` twice in a stage.
    ///
    /// ## Why
    /// Mostly it is left over from copying; it costs time and a layer.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make install
    /// WORKDIR /app
    /// RUN make install
    /// # ^ duplicate-run
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make install
    /// FROM debian:12
    /// RUN make install
    /// ```
    ///
    /// ## Limits
    /// With another `WORKDIR` or `USER` the same text may do another thing; then it is reported
    /// with low confidence.
    ///
    /// ## References
    /// - Dockerfile best practices: `RUN`
    "duplicate-run" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD065"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let source = &subject.dockerfile.source;
    // Where the stage first says it, and how much had changed about it by then.
    let mut seen: BTreeMap<&str, (Span, usize)> = BTreeMap::new();
    let mut n_changes = 0;
    let mut stage = None;
    for instruction in subject.dockerfile.all_instructions() {
        if stage != instruction.stage {
            seen.clear();
            stage = instruction.stage;
        }
        match instruction.keyword {
            Keyword::Run if !instruction.onbuild => {
                let body = Span::new(instruction.args.start, instruction.span.end);
                let text = source.slice(body).trim();
                match seen.get(text) {
                    Some((first, n_before)) => {
                        let draft = sink
                            .report(instruction.name, "this stage has run the same before")
                            .related(*first, "here");
                        if *n_before != n_changes {
                            draft.confidence(Confidence::Low);
                        }
                    }
                    None => {
                        seen.insert(text, (instruction.name, n_changes));
                    }
                }
            }
            Keyword::Workdir | Keyword::User | Keyword::Env | Keyword::Arg | Keyword::Shell => {
                n_changes += 1;
            }
            _ => {}
        }
    }
}
