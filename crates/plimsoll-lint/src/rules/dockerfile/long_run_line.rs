use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Very long line in `RUN`.
    ///
    /// ## Why
    /// Nobody reads, and no diff shows, what happens at column 300.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    #[doc = " RUN make \
        option-01=value option-02=value option-03=value option-04=value option-05=value \
        option-06=value option-07=value option-08=value option-09=value option-10=value \
        option-11=value option-12=value option-13=value option-14=value option-15=value"]
    /// # ^ long-run-line
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make option-01=value \
    ///     bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    /// ```
    ///
    /// ## Limits
    /// A line that is one long word, such as an address, cannot be broken and is left alone.
    ///
    /// ## References
    /// - Dockerfile best practices: sort multi-line arguments
    "long-run-line" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD074"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Run], check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let source = &subject.dockerfile.source;
    if run.span.len() <= MAX_COLUMNS {
        return;
    }
    let last = source.line(run.span.end);
    for line in source.line(run.span.start)..=last {
        let Some(span) = source.line_span(line) else { continue };
        let text = source.slice(span).trim();
        if text.len() <= MAX_COLUMNS {
            continue;
        }
        let is_long = text.chars().nth(MAX_COLUMNS).is_some();
        let longest = text.split_whitespace().map(str::len).max().unwrap_or_default();
        if is_long && longest < MAX_COLUMNS / 2 {
            sink.report(span, "break this line; it is longer than 200 characters");
        }
    }
}

const MAX_COLUMNS: usize = 200;
