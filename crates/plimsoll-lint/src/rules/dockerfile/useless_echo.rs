use std::collections::BTreeMap;

use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{CommandContext, Enclosure, Word, WordPartKind};

use crate::{rule::rule, shell_text::plain_scripts, subject::dockerfile::DockerfileSubject};

rule! {
    /// `echo` around a command substitution, or in one.
    ///
    /// ## Why
    /// `echo $(command)` and `$(echo text)` start a process for what `command` and `text` do
    /// alone, and mangle blanks on the way.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN name=$(echo app) && touch "$name"
    /// # ^ useless-echo
    /// RUN echo "$(date)"
    /// # ^ useless-echo
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN name=app && touch "$name" && date
    /// RUN echo "built $(date)" && name=$(echo "$x" | tr a b)
    /// RUN name=$(echo -e "a\tb")
    /// RUN echo "$(cat a)" > b
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - POSIX shell command language: command substitution
    "useless-echo" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2116", "hadolint:SC2116", "tally:shellcheck/SC2116",
            "shellcheck:SC2005", "hadolint:SC2005", "tally:shellcheck/SC2005",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let mut n_commands: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let scripts = plain_scripts(run).into_iter().enumerate();
    let commands: Vec<_> = scripts
        .flat_map(|(idx, it)| it.commands().iter().map(move |context| (idx, context)))
        .collect();
    for (script, context) in &commands {
        *n_commands.entry((*script, context.list_id)).or_default() += 1;
    }
    for (script, context) in commands {
        let command = &context.command;
        if command.name() != Some("echo") || context.pipeline_len > 1 {
            continue;
        }
        let is_alone = n_commands.get(&(script, context.list_id)) == Some(&1);
        if !command.redirects.is_empty() {
            continue;
        }
        if let [word] = command.args()
            && is_substitution(word)
        {
            sink.report(command.span, "`echo` of a command's output; run the command alone");
        } else if is_alone && is_in_substitution(context) {
            sink.report(command.span, "`$(echo ...)` is the text itself; write it without `echo`");
        }
    }
}

fn is_substitution(word: &Word) -> bool {
    match word.parts.as_slice() {
        [part] => match &part.kind {
            WordPartKind::Command(_) => true,
            WordPartKind::DoubleQuoted(inner) => {
                matches!(inner.as_slice(), [part] if matches!(part.kind, WordPartKind::Command(_)))
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether the command stands in a substitution, without an option or an escape.
fn is_in_substitution(context: &CommandContext) -> bool {
    let first = context.command.args().first();
    context.is_in(Enclosure::CommandSubstitution)
        && first.is_some_and(|it| !it.text().starts_with('-') && !it.raw.contains(['\\', '*']))
}

const WANTED: Wanted = Wanted::word(&["echo"]).and_one_of("$`");
