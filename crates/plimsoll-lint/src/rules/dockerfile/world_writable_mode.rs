use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Invocation, Word, flag_value, positional};
use plimsoll_text::Span;

use crate::{every_command::every_invocation, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Files that every user of the container may change.
    ///
    /// ## Why
    /// Whoever gets to run code in the container, as whatever user, can then swap programs and
    /// settings that other users trust. Mostly the right owner is what is missing.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN chmod 777 /app
    /// # ^ world-writable-mode
    /// RUN mkdir /data \
    ///  && chmod -R a+rwX /data
    /// # ^ world-writable-mode
    /// RUN chmod u=rw,o=rw /f && install -m 0666 a /b
    /// # ^ world-writable-mode
    /// COPY --chmod=777 app /app
    /// # ^ world-writable-mode
    /// RUN mkdir -m 777 /x
    /// # ^ world-writable-mode
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: data, kind: directory, mode: 777}
    /// # ^ world-writable-mode
    ///   - {path: data/state, mode: 666}
    ///   - {path: etc/app.conf, mode: 666}
    /// # ^ world-writable-mode
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN chmod 755 /app && chmod u+w,go-w /app && chmod +x /app && chmod a+r /app
    /// RUN chmod 1777 /tmp && chmod a+rwxt /var/tmp
    /// RUN chmod 775 /app && chmod g=u /etc/passwd && chmod o-w /app && chmod $MODE /app
    /// RUN echo chmod 777
    /// COPY --chmod=755 app /app
    /// COPY --chown=10001:10001 app /app
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: tmp, kind: directory, mode: 1777}
    ///   - {path: var/spool/mail, kind: directory, mode: 3777}
    ///   - {path: run/lock, kind: directory, mode: 777}
    ///   - {path: usr/bin/vi, kind: link, mode: 777}
    ///   - {path: etc/app.conf, mode: 664}
    /// ```
    ///
    /// ## Limits
    /// A mode that is a variable is left alone. With the sticky bit, as on `/tmp`, everybody may
    /// add files but only owners may change them; that is not reported.
    ///
    /// ## References
    /// - `chmod(1)`
    "world-writable-mode" for DockerfileSubject {
        aliases: [
            "dockerfile-doctor:DD051", "droast:DF034", "lynis:chmod777",
            "tally:world-writable-state-path-workaround",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.setuid"],
        fix: None,
        check: Check::On(&[Keyword::Run, Keyword::Copy, Keyword::Add], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let mut report = |mode: &str, span: Span| {
        if is_world_writable(mode) {
            let message =
                format!("mode `{mode}` lets every user change it; give it the right owner");
            let _ = sink.report(span, message);
        }
    };
    if let Some(flag) = instruction.flag("chmod") {
        report(flag.text(), flag.span);
    }
    if !subject.may_hold(instruction, &WANTED) {
        return;
    }
    every_invocation(subject, instruction, &mut |invocation| {
        if let Some((mode, word)) = mode_of(&invocation) {
            report(&mode, word.span);
        }
    });
}

/// The mode that the command sets, and its word.
fn mode_of<'a>(invocation: &Invocation<'a>) -> Option<(String, &'a Word)> {
    match invocation.name {
        "chmod" => {
            // `-w` and its kin look like options, but only take rights away.
            let word = positional(invocation.args, &[]).first().copied()?;
            Some((word.text().into_owned(), word))
        }
        "mkdir" | "install" | "mkfifo" => {
            let value = flag_value(invocation.args, 'm', &["mode"])?;
            Some((value.text.into_owned(), value.word))
        }
        _ => None,
    }
}

fn is_world_writable(mode: &str) -> bool {
    if let Ok(bits) = u32::from_str_radix(mode.trim_start_matches(['=', '+']), 8) {
        return bits & 0o002 != 0 && bits & 0o1000 == 0;
    }
    let clauses: Vec<&str> = mode.split(',').collect();
    let is_sticky = clauses.iter().any(|it| it.contains('t'));
    !is_sticky && clauses.into_iter().any(gives_others_write)
}

/// Whether a clause such as `o+w` or `a=rwx` gives everybody the right to write. Without a letter
/// before the sign the process' mask decides, which mostly keeps others out.
fn gives_others_write(clause: &str) -> bool {
    let Some(at) = clause.find(['+', '=', '-']) else { return false };
    let (who, rest) = clause.split_at(at);
    let is_who = who.bytes().all(|it| b"ugoa".contains(&it));
    let adds = rest.starts_with(['+', '=']);
    let rights = rest.get(1..).unwrap_or_default();
    let are_rights = rights.bytes().all(|it| b"rwxXst".contains(&it));
    is_who && adds && are_rights && who.contains(['o', 'a']) && rights.contains('w')
}

const WANTED: Wanted = Wanted::word(&["chmod", "mkdir", "install", "mkfifo"]);
