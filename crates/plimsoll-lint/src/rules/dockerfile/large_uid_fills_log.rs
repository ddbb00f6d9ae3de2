use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::has_flag;
use plimsoll_text::Edit;

use crate::{
    account::created_account, every_command::every_invocation, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `useradd` with a large number and without `-l` makes a huge layer.
    ///
    /// ## Why
    /// `/var/log/faillog` and `/var/log/lastlog` have a slot for every user id, so with a large id
    /// they are huge files full of holes. A layer stores the holes as zeros: the build hangs, or
    /// the image is gigabytes larger.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd -u 1234567 app
    /// # ^ large-uid-fills-log
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && useradd --uid=123456 --create-home app
    /// # ^ large-uid-fills-log
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --no-log-init -u 1234567 app
    /// # ^ large-uid-fills-log
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && useradd --no-log-init --uid=123456 --create-home app
    /// # ^ large-uid-fills-log
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd app
    /// RUN useradd -u 10001 app
    /// RUN useradd -l -u 1234567 app
    /// RUN useradd --no-log-init --uid 1234567 app
    /// RUN useradd -lmu 1234567 app
    /// RUN useradd -u $UID app
    /// ```
    ///
    /// ## Limits
    /// A number that is a variable is left alone.
    ///
    /// ## References
    /// - Docker documentation: building best practices, `USER`, `--no-log-init`
    "large-uid-fills-log" for DockerfileSubject {
        aliases: ["hadolint:DL3046", "droast:DF064"],
        severity: Low,
        confidence: High,
        audience: Default,
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
        if !account.has_large_uid() || has_flag(invocation.args, 'l', &["no-log-init"]) {
            return;
        }
        let span = invocation.name_word.span;
        let message = "`useradd` with such a number makes a huge layer; add `--no-log-init`";
        let draft = sink.report(span, message);
        let source = &subject.dockerfile.source;
        let next = source.text().as_bytes().get(span.end);
        if source.slice(span).ends_with("useradd") && next != Some(&b'"') {
            let edit = Edit::insert(span.end, " --no-log-init");
            let _ = draft.fix("Leave the login logs alone", Safety::Safe, vec![edit]);
        }
    });
}

const WANTED: Wanted = Wanted::word(&["useradd"]);
