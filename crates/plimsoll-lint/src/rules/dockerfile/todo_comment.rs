use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Comment that says something is left to do.
    ///
    /// ## Why
    /// What it speaks of ships as it is. An issue is looked at again, a comment seldom.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// # TODO: pin the version
    /// # ^ todo-comment
    /// RUN make
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// # todos.txt is made by the next step
    /// RUN make
    /// ```
    ///
    /// ## Limits
    /// Comments at the end of a line of shell text are not looked at.
    ///
    /// ## References
    /// - Dockerfile reference: format
    "todo-comment" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD072"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    for comment in &subject.dockerfile.comments {
        let text = subject.dockerfile.source.slice(comment.span);
        let words = text.split(|it: char| !it.is_ascii_alphanumeric());
        if let Some(word) = words.into_iter().find(|it| WORDS.contains(it)) {
            sink.report(comment.span, format!("`{word}` is still open"));
        }
    }
}

static WORDS: &[&str] = &["TODO", "FIXME", "XXX", "HACK"];
