use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Command, Node, Script, SimpleCommand, WordPartKind, walk_word};

use crate::{
    rule::rule,
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// Shell variable that ends with its `RUN`.
    ///
    /// ## Why
    /// Every `RUN` starts a new shell. A variable that is set as the last thing in one is gone in
    /// the next; `ENV` keeps it.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN export PATH=$PATH:/opt/bin
    /// # ^ variable-lost-after-run
    /// RUN cd /src && VERSION=1.2
    /// # ^ variable-lost-after-run
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ENV PATH=$PATH:/opt/bin
    /// RUN export VERSION=1.2 && make
    /// RUN VERSION=$(cat version) || exit 1
    /// RUN export -p
    /// RUN rm -rf x && EXIT=$(make)
    /// ```
    ///
    /// ## Limits
    /// Only a variable with nothing after it is reported. An assignment of a command's output may
    /// be there for the command.
    ///
    /// ## References
    /// - Dockerfile reference: `ENV`, `RUN`
    "variable-lost-after-run" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2034", "hadolint:SC2034", "tally:shellcheck/SC2034",
        ],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let shell_form = form(run).and_then(|it| it.shell());
    let Some(script) = shell_form.and_then(|it| it.script.as_ref()) else { return };
    let Some(command) = last_command(script) else { return };
    let only_assigns = command.words.is_empty() && !command.assignments.is_empty();
    let exports = command.name() == Some("export")
        && !command.args().is_empty()
        && command.args().iter().all(|it| it.assignment_name().is_some());
    if (only_assigns || exports) && !runs_something(command) && script.is_clean() {
        sink.report(command.span, "the variable is gone when this `RUN` ends; use `ENV`");
    }
}

/// The command that the script ends with, if it is a simple one that runs after success.
fn last_command(script: &Script) -> Option<&SimpleCommand> {
    let and_or = script.list.items.last()?;
    let pipeline = and_or.pipelines.last()?;
    let [Command::Simple(command)] = pipeline.commands.as_slice() else { return None };
    Some(command)
}

fn runs_something(command: &SimpleCommand) -> bool {
    let mut res = false;
    let values = command.assignments.iter().map(|it| &it.value).chain(&command.words);
    for word in values {
        walk_word(word, &mut |node| {
            res |= matches!(node, Node::Part(part, _)
                if matches!(part.kind, WordPartKind::Command(_)));
        });
    }
    res
}

const WANTED: Wanted = Wanted::every("=");
