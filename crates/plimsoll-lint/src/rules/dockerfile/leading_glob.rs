use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::WordPartKind;
use plimsoll_text::Edit;

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// Pattern that may match names with a leading dash.
    ///
    /// ## Why
    /// A file called `-rf` becomes an option of the command that gets it. `./*` cannot.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN rm *.tmp
    /// # ^ leading-glob
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN rm ./*.tmp
    /// # ^ leading-glob
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN rm ./*.tmp /srv/* && rm -- *.tmp && echo *
    /// RUN find . -name *.c
    /// ```
    ///
    /// ## Limits
    /// Whether such a file can be there is not known.
    ///
    /// ## References
    /// - POSIX shell command language: pathname expansion
    "leading-glob" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2035", "hadolint:SC2035", "tally:shellcheck/SC2035",
        ],
        severity: Info,
        confidence: Medium,
        audience: Style,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for (_, context) in plain_commands(run) {
        let command = &context.command;
        let Some(invocation) = command.effective() else { continue };
        if !DANGEROUS.contains(&invocation.name) {
            continue;
        }
        let operands = invocation.args.iter().take_while(|it| !it.is("--"));
        for word in operands {
            let first = word.parts.first().map(|it| &it.kind);
            if matches!(first, Some(WordPartKind::Glob(text)) if text != "[") {
                let edit = Edit::insert(word.span.start, "./");
                sink.report(word.span, "a file name with a leading dash would become an option")
                    .fix("Start with `./`", Safety::Unsafe, vec![edit]);
            }
        }
    }
}

/// Commands that take file names and options that change what they do.
const DANGEROUS: &[&str] =
    &["rm", "cp", "mv", "chmod", "chown", "chgrp", "tar", "ls", "cat", "grep", "gzip", "zip", "ln"];

const WANTED: Wanted = Wanted::word(DANGEROUS).and_one_of("*?");
