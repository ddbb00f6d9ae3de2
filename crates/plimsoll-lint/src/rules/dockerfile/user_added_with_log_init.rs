use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::has_flag;
use plimsoll_text::Edit;

use crate::{
    account::created_account, every_command::every_invocation, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `useradd` without `--no-log-init`.
    ///
    /// ## Why
    /// `useradd` writes a slot for the user into the login logs, which no container reads. With a
    /// small number that costs a few kilobytes of a layer; a habit of leaving it out also holds on
    /// the day when somebody needs a large number.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --uid 10001 app
    /// # ^ user-added-with-log-init
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --no-log-init --uid 10001 app
    /// # ^ user-added-with-log-init
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd -l app && useradd --no-log-init web && adduser --system db
    /// RUN useradd --uid 1234567 big
    /// ```
    ///
    /// ## Limits
    /// A large number does real harm and is reported by `large-uid-fills-log`.
    ///
    /// ## References
    /// - Docker documentation: building best practices, `USER`, `--no-log-init`
    "user-added-with-log-init" for DockerfileSubject {
        aliases: ["droast:DF064"],
        severity: Info,
        confidence: Low,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    every_invocation(subject, instruction, &mut |invocation| {
        let Some(account) = created_account(&invocation).filter(|_| invocation.name == "useradd")
        else {
            return;
        };
        if account.has_large_uid() || has_flag(invocation.args, 'l', &["no-log-init"]) {
            return;
        }
        let span = invocation.name_word.span;
        let draft = sink.report(span, "`useradd` writes login logs that no container reads");
        let source = &subject.dockerfile.source;
        let next = source.text().as_bytes().get(span.end);
        if source.slice(span).ends_with("useradd") && next != Some(&b'"') {
            let edit = Edit::insert(span.end, " --no-log-init");
            let _ = draft.fix("Leave the login logs alone", Safety::Safe, vec![edit]);
        }
    });
}

const WANTED: Wanted = Wanted::word(&["useradd"]);
