use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Lines for a preprocessor that Docker does not have.
    ///
    /// ## Why
    /// Podman runs files that end in `.in` through the C preprocessor. For Docker `#include` is a
    /// comment: what it should bring in is missing without a word.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// #include "common.in"
    /// # ^ preprocessed-containerfile
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// # include the common part by hand
    /// # define nothing
    /// RUN make
    /// ```
    ///
    /// ## Limits
    /// What the included files say is not known, so the findings of other rules may miss it.
    ///
    /// ## References
    /// - Podman documentation: preprocessing of Containerfiles
    "preprocessed-containerfile" for DockerfileSubject {
        aliases: ["droast:DF075"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let source = &subject.dockerfile.source;
    for comment in &subject.dockerfile.comments {
        let text = source.slice(comment.span);
        let word = text.strip_prefix('#').and_then(|it| it.split([' ', '\t', '"', '<']).next());
        if word.is_some_and(|it| DIRECTIVES.contains(&it)) {
            sink.report(comment.span, "only Podman reads this line, and only in files named `.in`");
        }
    }
}

static DIRECTIVES: &[&str] =
    &["include", "define", "undef", "ifdef", "ifndef", "if", "elif", "else", "endif"];
