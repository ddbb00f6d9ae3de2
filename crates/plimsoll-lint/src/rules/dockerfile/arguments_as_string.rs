use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Node, WordPart, WordPartKind, walk_script};

use crate::{rule::rule, shell_text::plain_scripts, subject::dockerfile::DockerfileSubject};

rule! {
    /// List of arguments glued to a string.
    ///
    /// ## Why
    /// `"text$@"` and `x="$@"` join or split the arguments in ways that depend on the shell. Use
    /// `"$*"` for one text, `"$@"` alone for a list.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN set -- a b; echo "all: $@"
    /// # ^ arguments-as-string
    /// RUN set -- a b; all="$@"; echo "$all"
    /// # ^ arguments-as-string
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN set -- a b; echo "$@"; echo "all: $*"
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - POSIX shell command language: special parameters
    "arguments-as-string" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2124", "hadolint:SC2124", "tally:shellcheck/SC2124",
            "shellcheck:SC2145", "hadolint:SC2145", "tally:shellcheck/SC2145",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for script in plain_scripts(run) {
        walk_script(script, &mut |node| match node {
            Node::Part(WordPart { kind: WordPartKind::DoubleQuoted(inner), span, .. }, _)
                if inner.len() > 1 && inner.iter().any(is_all_arguments) =>
            {
                sink.report(*span, "`$@` in a longer text is no list; use `$*`");
            }
            Node::Assignment(assignment) => {
                let glued = assignment.value.parts.iter().any(|part| match &part.kind {
                    WordPartKind::DoubleQuoted(inner) => {
                        inner.len() == 1 && inner.iter().any(is_all_arguments)
                    }
                    _ => is_all_arguments(part),
                });
                if glued {
                    sink.report(assignment.span, "a list cannot be kept in a text; use `$*`");
                }
            }
            _ => {}
        });
    }
}

fn is_all_arguments(part: &WordPart) -> bool {
    match &part.kind {
        WordPartKind::Parameter(it) => it.name == *"@" && it.prefix.is_none(),
        _ => false,
    }
}

const WANTED: Wanted = Wanted::every("$@");
