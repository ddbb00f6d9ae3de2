use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{
    Command, CommandContext, CompoundKind, Node, SimpleCommand, Word, WordPartKind, has_flag,
    walk_script,
};

use crate::{
    rule::rule,
    shell_text::{plain_commands, plain_scripts},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// File names taken from text.
    ///
    /// ## Why
    /// `ls | xargs`, `for f in $(find ...)` and `find | xargs` split names at blanks, so a file
    /// with a blank in its name is missed, or another one is hit. Use patterns, `find -exec`, or
    /// `find -print0 | xargs -0`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN for file in $(ls *.conf); do gzip "$file"; done
    /// # ^ file-names-split
    /// RUN find /usr -name '*.a' | xargs rm
    /// # ^ file-names-split
    /// RUN ls /opt | grep app
    /// # ^ file-names-split
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN for file in *.conf; do gzip "$file"; done
    /// RUN find /usr -name '*.a' -print0 | xargs -0 rm && find . -name x -exec rm {} +
    /// RUN ls /opt | wc -l
    /// RUN find . -name go.mod | sort
    /// ```
    ///
    /// ## Limits
    /// Whether names with blanks can occur is not known.
    ///
    /// ## References
    /// - POSIX utilities: `find`, `xargs`
    "file-names-split" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2010", "hadolint:SC2010", "tally:shellcheck/SC2010",
            "shellcheck:SC2011", "hadolint:SC2011", "tally:shellcheck/SC2011",
            "shellcheck:SC2012", "hadolint:SC2012", "tally:shellcheck/SC2012",
            "shellcheck:SC2038", "hadolint:SC2038", "tally:shellcheck/SC2038",
            "shellcheck:SC2044", "hadolint:SC2044", "tally:shellcheck/SC2044",
            "shellcheck:SC2045", "hadolint:SC2045", "tally:shellcheck/SC2045",
        ],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for script in plain_scripts(run) {
        walk_script(script, &mut |node| {
            let Node::Compound(compound) = node else { return };
            let CompoundKind::For(clause) = &compound.kind else { return };
            for word in clause.words.iter().flatten().filter(|it| lists_files(it)) {
                sink.report(word.span, "this splits file names at blanks; use a pattern");
            }
        });
    }
    let mut before: Option<&CommandContext> = None;
    for (_, context) in plain_commands(run) {
        if let Some(source) = before
            && source.pipeline_id == context.pipeline_id
            && context.pipeline_idx == source.pipeline_idx + 1
            && splits(&source.command, &context.command)
        {
            sink.report(source.command.span, "file names with blanks are split on the way");
        }
        before = Some(context);
    }
}

/// Whether what `source` prints are names that `reader` takes apart.
fn splits(source: &SimpleCommand, reader: &SimpleCommand) -> bool {
    // The command behind `xargs` is the effective one, so the prefix is what counts.
    let by_xargs =
        reader.prefixes().iter().any(|it| it.name == *"xargs") || reader.name() == Some("xargs");
    let whole_names =
        has_flag(reader.args(), '0', &["null"]) || has_flag(reader.args(), 'd', &["delimiter"]);
    match source.name() {
        Some("ls") => {
            (by_xargs && !whole_names) || matches!(reader.name(), Some("grep" | "egrep" | "awk"))
        }
        Some("find") => {
            by_xargs && !whole_names && !source.args().iter().any(|it| it.is("-print0"))
        }
        _ => false,
    }
}

fn lists_files(word: &Word) -> bool {
    let [part] = word.parts.as_slice() else { return false };
    let WordPartKind::Command(substitution) = &part.kind else { return false };
    let [and_or] = substitution.list.items.as_slice() else { return false };
    let first = and_or.pipelines.first().and_then(|it| it.commands.first());
    matches!(first, Some(Command::Simple(it)) if matches!(it.name(), Some("ls" | "find")))
}

const WANTED: Wanted = Wanted::word(&["ls", "find"]);
