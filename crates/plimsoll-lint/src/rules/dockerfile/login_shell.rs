use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    account::{Account, CREATES_ACCOUNT, created_account, refuses_login},
    every_command::every_invocation,
    final_image::{FinalImage, Identity, RuntimeUser},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// The user that the container runs as has a login shell.
    ///
    /// ## Why
    /// A service account never logs in. A shell of its own makes `su`, `ssh` and stolen passwords
    /// work for it; `/usr/sbin/nologin` costs nothing.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --uid 10001 --shell /bin/bash app
    /// # ^ login-shell
    /// USER app
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24
    /// RUN adduser -D -u 10001 -s /bin/sh app
    /// # ^ login-shell
    /// USER 10001
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {user: "10001"}
    /// files:
    ///   - path: etc/passwd
    /// # ^ login-shell
    ///     content: |
    ///       app:x:10001:10001::/app:/bin/bash
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --uid 10001 --shell /usr/sbin/nologin app
    /// # ^ login-shell
    /// USER app
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24
    /// RUN adduser -D -u 10001 -s /sbin/nologin app
    /// # ^ login-shell
    /// USER 10001
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --uid 10001 --shell /usr/sbin/nologin app
    /// RUN useradd --shell /bin/bash other
    /// USER app
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --uid 10001 app
    /// USER app
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {user: app}
    /// files:
    ///   - path: etc/passwd
    ///     content: |
    ///       root:x:0:0:root:/root:/bin/bash
    ///       app:x:10001:10001::/app:/usr/sbin/nologin
    /// ```
    ///
    /// ## Limits
    /// Only a shell that is written down is reported; what `useradd` gives by default differs
    /// between distributions. Users of the base image are not known.
    ///
    /// ## References
    /// - CIS benchmarks of Linux distributions: system accounts are non-login
    "login-shell" for DockerfileSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::WholeWith(CREATES_ACCOUNT, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let Some(image) = FinalImage::of(&subject.dockerfile) else { return };
    let RuntimeUser::Set(user) = image.user() else { return };
    let runs = image.instructions().filter(|it| it.keyword == Keyword::Run);
    for instruction in runs.filter(|it| subject.may_hold(it, &CREATES_ACCOUNT)) {
        every_invocation(subject, instruction, &mut |invocation| {
            let account = created_account(&invocation).filter(|it| is_user(it, &user.identity));
            let Some(Account { name, shell: Some(shell), shell_span: Some(span), .. }) = account
            else {
                return;
            };
            if refuses_login(&shell) || shell.contains('$') {
                return;
            }
            let message = format!("`{name}` runs the container and can log in with `{shell}`");
            let draft = sink.report(span, message).related(user.user.word.span, "runs as it");
            // Written together with its option, the shell has no span of its own.
            if subject.dockerfile.source.slice(span) == shell {
                let nologin = if invocation.name == "adduser" {
                    "/sbin/nologin"
                } else {
                    "/usr/sbin/nologin"
                };
                let edit = Edit::replace(span, nologin);
                let _ = draft.fix("Give it no shell", Safety::Unsafe, vec![edit]);
            }
        });
    }
}

fn is_user(account: &Account, identity: &Identity) -> bool {
    match identity {
        Identity::Name(name) => account.name == *name,
        Identity::Number(number) => {
            account.uid.as_ref().is_some_and(|it| *it == number.to_string())
        }
        Identity::Root | Identity::Unknown => false,
    }
}
