use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::{Node, SubstitutionStyle, WordPartKind, walk_script};
use plimsoll_text::{Edit, Span};

use crate::{rule::rule, shell_text::plain_scripts, subject::dockerfile::DockerfileSubject};

rule! {
    /// Backticks instead of `$(...)`.
    ///
    /// ## Why
    /// Backticks need odd escapes inside, do not nest, and are easily taken for quotes.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN echo "`date`" > /built && arch=`uname -m`
    /// # ^ backtick-substitution
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN echo "$(date)" > /built && arch=$(uname -m)
    /// # ^ backtick-substitution
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN echo "$(date)" && echo '`date`'
    /// ```
    ///
    /// ## Limits
    /// Where backslashes or quotes make the text inside mean something else, no fix is offered.
    ///
    /// ## References
    /// - POSIX shell command language: command substitution
    "backtick-substitution" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2006", "hadolint:SC2006", "tally:shellcheck/SC2006",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for script in plain_scripts(run) {
        walk_script(script, &mut |node| {
            let Node::Part(part, _) = node else { return };
            let WordPartKind::Command(substitution) = &part.kind else { return };
            if substitution.style != SubstitutionStyle::Backtick {
                return;
            }
            let span = substitution.span;
            let text = subject.dockerfile.source.slice(span);
            let draft = sink.report(span, "backticks are hard to read; write `$(...)`");
            let inner = text.strip_prefix('`').and_then(|it| it.strip_suffix('`'));
            if inner.is_some_and(|it| !it.contains(['\\', '`', '#', '"', '\''])) {
                let open = Span::new(span.start, span.start + 1);
                let close = Span::new(span.end - 1, span.end);
                let edits = vec![Edit::replace(open, "$("), Edit::replace(close, ")")];
                draft.fix("Write `$(...)`", Safety::Safe, edits);
            }
        });
    }
}

const WANTED: Wanted = Wanted::every("`");
