use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Invocation, flag_value, has_flag};
use plimsoll_text::Span;

use crate::{
    every_command::every_command, rule::rule, secret_name::literal_secret,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A build step sets the password of an account.
    ///
    /// ## Why
    /// Everyone who has the image has the password, in its layers and in its history. A service
    /// account needs no password, and a login to a container is what `docker exec` is for.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN echo 'root:hunter2' | chpasswd
    /// # ^ account-password
    /// RUN chpasswd < passwords.txt
    /// # ^ account-password
    /// RUN echo hunter2 | passwd --stdin app
    /// # ^ account-password
    /// RUN usermod -p '$6$salt$hash' app
    /// # ^ account-password
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - path: etc/shadow
    /// # ^ account-password
    ///     content: |
    ///       root:$6$abc$abcdefghijklmnop:19000:0:::::
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN chgrp root /etc/passwd
    /// RUN passwd -l root && passwd -d app
    /// RUN usermod -p '!' app && useradd -p '*' web
    /// RUN useradd --uid 10001 app
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - path: etc/shadow
    ///     content: |
    ///       root:*:19000:0:::::
    ///       app:!:19000::::::
    ///       web:!!:19000::::::
    /// ```
    ///
    /// ## Limits
    /// A password set by a script that the build copies in is not seen.
    ///
    /// ## References
    /// - CIS Docker Benchmark: no secrets in Dockerfiles
    "account-password" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_17"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.no-secrets", "secrets.layers"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    every_command(subject, instruction, &mut |command| {
        let Some(invocation) = command.invocation() else { return };
        let Some(found) = sets_password(&invocation) else { return };
        let message = "the image will hold the password of an account; lock the account instead";
        let mut draft = sink.report(invocation.name_word.span, message);
        if let Password::Argument(span) = found {
            draft = draft.secret(span);
        }
        // What is piped in is the password.
        let before = command.context.pipeline_idx.checked_sub(1);
        let commands = command.script.commands().iter();
        let source = commands.filter(|it| {
            it.pipeline_id == command.context.pipeline_id && Some(it.pipeline_idx) == before
        });
        for word in source.flat_map(|it| it.command.args()) {
            draft = draft.secret(word.span);
        }
    });
}

/// Where a command takes the password from.
enum Password {
    /// From what it reads.
    Input,
    /// From an argument.
    Argument(Span),
}

fn sets_password(invocation: &Invocation<'_>) -> Option<Password> {
    match invocation.name {
        "chpasswd" => Some(Password::Input),
        "passwd" => has_flag(invocation.args, None, &["stdin"]).then_some(Password::Input),
        "usermod" | "useradd" => {
            let password = flag_value(invocation.args, 'p', &["password"])?;
            // `!` and `*` are no hash of any password.
            let locks = matches!(password.text.as_ref(), "!" | "!!" | "*" | "x" | "");
            let is_hash = password.text.starts_with('$') && password.text.matches('$').count() > 2;
            let is_literal = literal_secret(&password.text).is_some() || is_hash;
            (!locks && is_literal).then_some(Password::Argument(password.word.span))
        }
        _ => None,
    }
}

const WANTED: Wanted = Wanted::word(&["chpasswd", "passwd", "usermod", "useradd"]);
