use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    account::{CREATES_ACCOUNT, created_account},
    every_command::every_invocation,
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A user without a number of its own.
    ///
    /// ## Why
    /// Without `--uid` the next free number is taken, which changes when a package before it adds a
    /// user. Files on volumes then belong to somebody else, and `runAsUser` in Kubernetes no longer
    /// fits.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --system app
    /// # ^ user-without-uid
    /// RUN apt-get update \
    ///  && adduser --disabled-password --gecos "" app
    /// # ^ user-without-uid
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --uid 10001 app
    /// RUN useradd -mu 10002 web
    /// RUN adduser -D -u 10003 db
    /// RUN adduser app docker
    /// RUN usermod -aG docker app
    /// ```
    ///
    /// ## Limits
    /// A number in a file that `newusers` or `systemd-sysusers` reads is not seen.
    ///
    /// ## References
    /// - Docker documentation: building best practices, `USER`, assign an explicit UID
    "user-without-uid" for DockerfileSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.user"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], CREATES_ACCOUNT, check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    every_invocation(subject, instruction, &mut |invocation| {
        let Some(account) = created_account(&invocation).filter(|it| it.uid.is_none()) else {
            return;
        };
        let message =
            format!("`{}` gets whatever number is free; give it one with `--uid`", account.name);
        let _ = sink.report(account.command_span.cover(account.name_span), message);
    });
}
