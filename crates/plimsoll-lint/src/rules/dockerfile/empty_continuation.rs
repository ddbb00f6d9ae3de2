use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Blank line inside a continued instruction.
    ///
    /// ## Why
    /// A blank line looks like an end, but the instruction goes on after it: whatever follows
    /// becomes a part of it. Docker warns about such lines and means to refuse them.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN one \
    ///
    /// # ^ empty-continuation
    ///
    ///     && two
    /// EXPOSE \
    ///
    /// # ^ empty-continuation
    ///     80
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN one \
    /// # ^ empty-continuation
    ///     && two
    /// EXPOSE \
    /// # ^ empty-continuation
    ///     80
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    ///
    /// RUN one \
    /// # A comment may stand here.
    ///     && two
    ///
    /// COPY <<EOF /a
    /// one \
    ///
    /// two
    /// EOF
    /// ```
    ///
    /// ## Limits
    /// Lines of a heredoc are data and may be blank.
    ///
    /// ## References
    /// - Docker build checks: no empty continuation
    "empty-continuation" for DockerfileSubject {
        aliases: ["buildkit:NoEmptyContinuation", "dockerfile-doctor:DD076"],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let mut blanks = dockerfile.blank_continuations.iter().copied().peekable();
    for instruction in &dockerfile.instructions {
        let is_inside = |it: &Span| it.start < instruction.span.end;
        while blanks.next_if(|it| it.start < instruction.span.start).is_some() {}
        let Some(first) = blanks.next_if(is_inside) else { continue };
        let mut edits = vec![delete_line(subject.text(), first)];
        while let Some(blank) = blanks.next_if(is_inside) {
            edits.push(delete_line(subject.text(), blank));
        }
        let message = "this line is blank, but the instruction goes on after it";
        sink.report(first, message).related(instruction.name, "the instruction").fix(
            "Remove the blank lines",
            Safety::Safe,
            edits,
        );
    }
}

/// Takes a line away with its ending.
fn delete_line(text: &str, line: Span) -> Edit {
    let rest = text.get(line.end..).unwrap_or_default();
    let n_ending = rest.find('\n').map_or(rest.len(), |it| it + 1);
    Edit::delete(Span::new(line.start, line.end + n_ending))
}
