use plimsoll_dockerfile::{Instruction, Keyword, ShellForm, ShellOrExec};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::{CommandContext, OperatorKind, Script};
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    shell_text::{is_condition, known_dialect, sets_option},
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// Pipe whose first command may fail unseen.
    ///
    /// ## Why
    /// The status of a pipe is that of its last command. If the download in `curl ... | tar x`
    /// breaks off, the build goes on with whatever arrived. `set -o pipefail` makes it stop.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN curl -fsSL https://example.com/app.tar.gz | tar -xz
    /// # ^ pipe-without-pipefail
    /// RUN <<EOF
    /// # ^ pipe-without-pipefail
    /// curl -fsSL https://example.com/list | sort > /list
    /// EOF
    /// FROM alpine:3.22
    /// ONBUILD RUN wget -O - https://example.com/a | sh
    /// # ^ pipe-without-pipefail
    /// ```
    /// ```dockerfile
    /// FROM debian:12
    /// RUN curl -fsSL https://example.com/app.tar.gz | tar -xz
    /// # ^ pipe-without-pipefail
    /// SHELL ["/bin/sh", "-o", "pipefail", "-c"]
    /// RUN curl -fsSL https://example.com/app.tar.gz | tar -xz
    /// # ^ pipe-without-pipefail
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN set -o pipefail && curl -fsSL https://example.com/app.tar.gz | tar -xz
    /// # ^ pipe-without-pipefail
    /// RUN <<EOF
    /// # ^ pipe-without-pipefail
    /// set -o pipefail
    /// curl -fsSL https://example.com/list | sort > /list
    /// EOF
    /// FROM alpine:3.22
    /// ONBUILD RUN set -o pipefail && wget -O - https://example.com/a | sh
    /// # ^ pipe-without-pipefail
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// SHELL ["/bin/bash", "-o", "pipefail", "-c"]
    /// RUN curl -fsSL https://example.com/app.tar.gz | tar -xz
    /// FROM fedora:42
    /// RUN set -eo pipefail; curl -fsSL https://example.com/app.tar.gz | tar -xz
    /// RUN echo x | tee /x && yes | make && if cat /x | grep -q x; then make; fi
    /// RUN make || make again && echo "a | b"
    /// FROM mcr.microsoft.com/windows/servercore:ltsc2022
    /// RUN dir | find "x"
    /// ```
    ///
    /// ## Limits
    /// dash has no `pipefail` in the versions in use, so under it no fix is offered: use bash by
    /// `SHELL`, or do without the pipe. Commands that cannot fail (`echo`, `yes`) are left alone,
    /// and so are conditions.
    ///
    /// ## References
    /// - Dockerfile reference and best practices: using pipes
    "pipe-without-pipefail" for DockerfileSubject {
        aliases: [
            "hadolint:DL4006", "kics:shell_running_a_pipe_without_pipefail_flag",
            "semgrep:set-pipefail", "dockerfile-doctor:DD040", "droast:DF057",
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
    let Some(shell_form) = form(run).and_then(ShellOrExec::shell) else { return };
    let own = shell_form.script.iter().map(|it| (it, shell_form.body_of.is_some(), true));
    let embedded = shell_form.embedded.iter().filter_map(|it| it.script.as_ref());
    for (script, is_body, is_own) in own.chain(embedded.map(|it| (it, true, false))) {
        let options = is_own && shell_has_pipefail(run, shell_form);
        let has_it = script.dialect.has_pipefail();
        if (has_it && options) || sets_option(script, '\0', "pipefail") {
            continue;
        }
        let Some(pipe) = script.commands().iter().find(|it| may_hide_failure(it)) else { continue };
        let message = if options {
            "plain `sh` may not know `pipefail`; use bash for a pipe whose first command may fail"
        } else {
            "a failure before the `|` goes unnoticed; set `pipefail`"
        };
        let draft = sink.report(run.name, message).related(pipe.command.span, "this may fail");
        let edit = insertion(script, is_body);
        if let Some(edit) = edit.filter(|_| has_it && known_dialect(run, script).is_some()) {
            draft.fix("Set `pipefail`", Safety::Unsafe, vec![edit]);
        }
    }
}

fn shell_has_pipefail(run: &Instruction, shell_form: &ShellForm) -> bool {
    if shell_form.shebang {
        return shell_form.shebang_options.iter().any(|it| it == "pipefail");
    }
    run.shell.pipefail()
}

/// Whether it is the first command of a pipe and its failure would mean something.
fn may_hide_failure(context: &CommandContext) -> bool {
    let command = &context.command;
    let cannot_fail = match command.name() {
        Some("cat") => command.args().is_empty(),
        Some(name) => CANNOT_FAIL.contains(&name),
        None => command.words.is_empty(),
    };
    let is_powershell = command.name().is_some_and(is_cmdlet);
    context.pipe_after.is_some() && !cannot_fail && !is_powershell && !is_condition(context)
}

/// Whether the name is of the form of PowerShell (`Get-Item`): the guess at the shell was wrong.
fn is_cmdlet(name: &str) -> bool {
    let is_capital = |it: &str| it.starts_with(|it: char| it.is_ascii_uppercase());
    name.split_once('-').is_some_and(|(verb, noun)| is_capital(verb) && is_capital(noun))
}

fn insertion(script: &Script, is_body: bool) -> Option<Edit> {
    let first = script.list.items.first()?;
    let in_background = first.separator.is_some_and(|it| it.kind == OperatorKind::Background);
    let text = match (is_body, in_background) {
        (true, _) => "set -o pipefail\n",
        (false, true) => "set -o pipefail; ",
        (false, false) => "set -o pipefail && ",
    };
    Some(Edit::insert(first.span.start, text))
}

static CANNOT_FAIL: &[&str] = &["echo", "printf", "yes", "true", ":", "seq", "sleep"];

const WANTED: Wanted = Wanted::every("|");
