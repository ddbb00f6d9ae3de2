use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Blanks at the end of a line, or no line feed at the end of the file.
    ///
    /// ## Why
    /// They show up in every diff, and a blank behind a `\` is easily taken for the end of the
    /// instruction.
    ///
    /// ## Bad
    /// ```dockerfile
    #[doc = " FROM debian:12  "]
    /// # ^ untidy-line-end
    #[doc = " RUN make \\\t"]
    /// # ^ untidy-line-end
    ///     && make install
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// # ^ untidy-line-end
    /// RUN make \
    /// # ^ untidy-line-end
    ///     && make install
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN cat <<EOF > /x
    #[doc = " blanks here are data:  "]
    /// EOF
    /// ```
    ///
    /// ## Limits
    /// The text of heredocs is left alone.
    ///
    /// ## References
    /// - POSIX definitions: line, text file
    "untidy-line-end" for DockerfileSubject {
        aliases: [
            "dockerfile-doctor:DD073", "dockerfile-doctor:DD075", "tally:eol-last",
            "tally:no-trailing-spaces",
        ],
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
    let mut bodies: Vec<Span> = Vec::new();
    for instruction in subject.dockerfile.all_instructions() {
        bodies.extend(instruction.heredocs.iter().map(|it| it.body));
    }
    let mut bodies = bodies.iter().peekable();
    for line in 1..=source.line_count() {
        let Some(span) = source.line_span(line) else { continue };
        while bodies.next_if(|it| it.end <= span.start).is_some() {}
        if bodies.peek().is_some_and(|it| it.start <= span.start && span.start < it.end) {
            continue;
        }
        let text = source.slice(span);
        let kept = text.trim_end_matches([' ', '\t']).len();
        if kept < text.len() {
            let blanks = Span::new(span.start + kept, span.end);
            sink.report(blanks, "blanks at the end of the line").fix(
                "Take them away",
                Safety::Safe,
                vec![Edit::delete(blanks)],
            );
        }
    }
    let text = source.text();
    if !text.is_empty() && !text.ends_with('\n') {
        let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let start = text.rfind('\n').map_or(0, |it| it + 1);
        sink.report(Span::new(start, text.len()), "no line feed at the end of the file").fix(
            "Add it",
            Safety::Safe,
            vec![Edit::insert(text.len(), ending)],
        );
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_finding::judge_rule;
    use plimsoll_text::{Source, apply_edits};

    use super::{DockerfileSubject, RULE};

    #[test]
    fn a_last_line_without_line_feed_gets_one() {
        for (text, expected) in [("FROM a", "FROM a\n"), ("FROM a\r\nRUN b", "FROM a\r\nRUN b\r\n")]
        {
            let source = Source::new("Dockerfile", text);
            let mut findings = Vec::new();
            judge_rule(&DockerfileSubject::alone(&source), &RULE, &mut findings);
            let [finding] = findings.as_slice() else { panic!("{text}: {findings:?}") };
            assert_eq!(apply_edits(text, &finding.fixes[0].edits).unwrap(), expected);
        }
    }
}
