use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Node, WordPartKind, walk_word};

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// Assignment in `export` hides a failure.
    ///
    /// ## Why
    /// `export X=$(command)` succeeds whenever `export` does; the status of the command is lost,
    /// even under `set -e`. The build goes on with an empty value.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN export VERSION=$(cat VERSION) && make
    /// # ^ masked-exit-status
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN VERSION=$(cat VERSION) && export VERSION && make
    /// RUN export VERSION=1.2 && make
    /// ```
    ///
    /// ## Limits
    /// A command whose failure does no harm cannot be told from others.
    ///
    /// ## References
    /// - POSIX shell command language: `export`
    "masked-exit-status" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2155", "hadolint:SC2155", "tally:shellcheck/SC2155",
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
    for (_, context) in plain_commands(run) {
        let Some(name @ ("export" | "local" | "declare" | "readonly" | "typeset")) =
            context.command.name()
        else {
            continue;
        };
        let assigned = context.command.args().iter().filter(|it| it.assignment_name().is_some());
        for word in assigned {
            let mut runs = false;
            walk_word(word, &mut |node| {
                runs |= matches!(node, Node::Part(part, _)
                    if matches!(part.kind, WordPartKind::Command(_)));
            });
            if runs {
                let message = format!(
                    "`{name}` hides whether the command failed; assign first, then `{name}`"
                );
                sink.report(word.span, message);
            }
        }
    }
}

const WANTED: Wanted =
    Wanted::word(&["export", "local", "declare", "readonly", "typeset"]).and_one_of("$`");
