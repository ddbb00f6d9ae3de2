use std::{borrow::Cow, collections::BTreeSet};

use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{RedirectOperator, SimpleCommand};

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// File read and overwritten at once.
    ///
    /// ## Why
    /// The shell empties the file before the command reads it: `sort file > file` leaves nothing.
    /// Write to another file and move it.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN sort -u /etc/hosts > /etc/hosts
    /// # ^ input-overwritten
    /// RUN cat app.conf | sed 's/a/b/' > app.conf
    /// # ^ input-overwritten
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN sort -u /etc/hosts > /tmp/hosts && mv /tmp/hosts /etc/hosts
    /// RUN echo x > x && sed -i 's/a/b/' app.conf && sort -o a a && cat a >> b
    /// RUN cat a | tee b > /dev/null && make > log 2> log
    /// ```
    ///
    /// ## Limits
    /// Only commands that are known to read their operands are looked at.
    ///
    /// ## References
    /// - POSIX shell command language: redirection
    "input-overwritten" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2094", "hadolint:SC2094", "tally:shellcheck/SC2094",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let mut read: BTreeSet<String> = BTreeSet::new();
    let mut pipeline = None;
    for (_, context) in plain_commands(run) {
        let command = &context.command;
        if pipeline.replace(context.pipeline_id) != Some(context.pipeline_id) {
            read.clear();
        }
        read.extend(files_read(command));
        for redirect in &command.redirects {
            let target = redirect.target.text();
            let overwrites =
                matches!(redirect.operator, RedirectOperator::Output | RedirectOperator::Clobber);
            let is_read = read.contains(&*target);
            if overwrites && is_read && !target.starts_with("/dev/") {
                let message = format!("`{target}` is emptied before it is read");
                sink.report(redirect.span, message);
            }
        }
    }
}

/// The files that the command reads by its operands and redirections.
fn files_read(command: &SimpleCommand) -> Vec<String> {
    let inputs = command.redirects.iter().filter(|it| it.operator == RedirectOperator::Input);
    let mut res: Vec<String> = inputs.map(|it| it.target.text().into_owned()).collect();
    let Some(invocation) = command.effective() else { return res };
    if READERS.contains(&invocation.name) {
        // The first operand of the filters among them is an expression, which is no file here.
        let operands = invocation.args.iter().map(|it| it.text());
        res.extend(operands.filter(|it| !it.starts_with('-')).map(Cow::into_owned));
    }
    res.retain(|it| !it.is_empty());
    res
}

/// Commands that read the files they are given and write to standard output.
static READERS: &[&str] = &[
    "cat", "sort", "sed", "awk", "grep", "egrep", "fgrep", "head", "tail", "tr", "cut", "uniq",
    "jq", "yq", "tac", "rev", "fold", "nl", "column", "base64", "iconv", "xmllint",
];

const WANTED: Wanted = Wanted::every(">");
