use plimsoll_dockerfile::{Instruction, Keyword, ShellOrExec};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::Script;
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    shell_text::{asks_status, ends_in_success, has_errexit, hides_failure, sets_option},
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// Script in a heredoc that goes on after a failure.
    ///
    /// ## Why
    /// A heredoc is a script of many lines, and only the last one decides whether the `RUN`
    /// fails. Without `set -e` a broken download or install in the middle goes unnoticed.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN <<EOF
    /// # ^ heredoc-without-errexit
    /// apt-get update
    /// apt-get install -y curl
    /// EOF
    /// RUN bash <<EOF
    /// # ^ heredoc-without-errexit
    /// make
    /// make install
    /// EOF
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN <<EOF
    /// # ^ heredoc-without-errexit
    /// set -e
    /// apt-get update
    /// apt-get install -y curl
    /// EOF
    /// RUN bash <<EOF
    /// # ^ heredoc-without-errexit
    /// set -e
    /// make
    /// make install
    /// EOF
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN <<EOF
    /// set -e
    /// apt-get update
    /// apt-get install -y curl
    /// EOF
    /// RUN <<EOF
    /// #!/bin/bash -e
    /// make
    /// make install
    /// EOF
    /// RUN <<EOF
    /// echo start
    /// make
    /// EOF
    /// RUN cat <<EOF > /etc/app.conf
    /// make
    /// make install
    /// EOF
    /// RUN <<EOF bash -e
    /// make
    /// make install
    /// EOF
    /// ```
    ///
    /// ## Limits
    /// The options of a shell that is handed a script (`bash -e <<EOF`) count for that shell only
    /// as far as they are written beside it.
    ///
    /// ## References
    /// - Dockerfile reference: here-documents
    "heredoc-without-errexit" for DockerfileSubject {
        aliases: [],
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
    if shell_form.body_of.is_some() {
        let body = shell_form.script.as_ref();
        if let Some(script) = body.filter(|it| !has_errexit(run, it)) {
            check_script(run, script, sink);
        }
        return;
    }
    // The shell that reads the heredoc may have been given `-e` where it is called.
    let called_with = shell_form.script.iter().flat_map(Script::commands).any(|it| {
        let args = it.command.words.iter().map(|it| it.text());
        args.into_iter().any(|it| it.starts_with('-') && !it.starts_with("--") && it.contains('e'))
    });
    for script in shell_form.embedded.iter().filter_map(|it| it.script.as_ref()) {
        if !called_with && !sets_option(script, 'e', "errexit") {
            check_script(run, script, sink);
        }
    }
}

fn check_script(run: &Instruction, script: &Script, sink: &mut Sink<'_>) {
    let Some((_, items)) = script.list.items.split_last() else { return };
    if ends_in_success(script) || asks_status(script) {
        return;
    }
    let Some(hidden) = items.iter().find(|it| hides_failure(it)) else { return };
    let Some(first) = script.list.items.first() else { return };
    sink.report(run.name, "a failure in the middle of this script goes unnoticed; add `set -e`")
        .related(hidden.span, "if this fails, the next line runs")
        .fix("Add `set -e`", Safety::Unsafe, vec![Edit::insert(first.span.start, "set -e\n")]);
}

const WANTED: Wanted = Wanted::every("<");
