use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::{CommandContext, OperatorKind, Script};
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    shell_text::{has_errexit, plain_scripts},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `cd` whose failure goes unnoticed.
    ///
    /// ## Why
    /// If the folder is not there, the next command runs in the folder before: `cd build; rm -rf
    /// *` then empties the wrong one, and the build goes on.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN cd /src; make
    /// # ^ unchecked-cd
    /// RUN <<EOF
    /// cd /src
    /// # ^ unchecked-cd
    /// make
    /// EOF
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN cd /src || exit 1; make
    /// # ^ unchecked-cd
    /// RUN <<EOF
    /// cd /src || exit 1
    /// # ^ unchecked-cd
    /// make
    /// EOF
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN cd /src && make
    /// RUN set -e; cd /src; make
    /// RUN make && cd /src
    /// RUN make; cd /
    /// SHELL ["/bin/bash", "-ec"]
    /// RUN cd /src; make
    /// ```
    ///
    /// ## Limits
    /// Changes to a folder that always exists (`/`, `-`, `..`, no operand) are left alone.
    ///
    /// ## References
    /// - Dockerfile reference: `WORKDIR`
    "unchecked-cd" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2164", "hadolint:SC2164", "tally:shellcheck/SC2164",
            "shellcheck:SC2103", "hadolint:SC2103", "tally:shellcheck/SC2103",
        ],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let scripts = plain_scripts(run).into_iter().filter(|it| !has_errexit(run, it));
    for (script, context) in scripts.flat_map(|it| it.commands().iter().map(move |c| (it, c))) {
        let command = &context.command;
        let changes = matches!(command.name(), Some("cd" | "pushd" | "popd"));
        if !changes
            || context.pipeline_len > 1
            || always_there(context)
            || !goes_on(script, context)
        {
            continue;
        }
        let end = command.span.end;
        sink.report(command.span, "if this `cd` fails, what follows runs in the wrong folder").fix(
            "Stop there",
            Safety::Unsafe,
            vec![Edit::insert(end, " || exit 1")],
        );
    }
}

/// Whether a command follows that runs even if this one failed.
fn goes_on(script: &Script, context: &CommandContext) -> bool {
    let separated = context
        .after
        .is_some_and(|it| matches!(it.kind, OperatorKind::Semicolon | OperatorKind::Newline));
    let end = context.command.span.end;
    let last = script.commands().last();
    !context.is_checked() && separated && last.is_some_and(|it| it.command.span.start >= end)
}

fn always_there(context: &CommandContext) -> bool {
    let args = context.command.args();
    let operand = args.iter().find(|it| !it.text().starts_with('-') || it.is("-"));
    operand.is_none_or(|it| {
        let text = it.text();
        matches!(&*text, "/" | "-" | "~" | "/tmp" | "/root" | "$HOME")
            || text.split('/').all(|it| it == ".." || it == ".")
    })
}

const WANTED: Wanted = Wanted::word(&["cd", "pushd", "popd"]);
