use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    exec_form::is_deliberate,
    rule::rule,
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// `CMD` or `ENTRYPOINT` in shell form behind `exec` or with a `SHELL` of its own.
    ///
    /// ## Why
    /// `exec` hands process 1 to the program, and a `SHELL` shows that a shell is wanted. Still an
    /// exec form needs no shell in the image and leaves nothing to its quoting.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// CMD exec serve --port "$PORT"
    /// # ^ deliberate-shell-form
    /// FROM debian:13
    /// SHELL ["/bin/bash", "-c"]
    /// ENTRYPOINT serve
    /// # ^ deliberate-shell-form
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// SHELL ["/bin/ash", "-c"]
    /// CMD ["serve"]
    /// FROM alpine:3.22
    /// CMD serve
    /// ```
    ///
    /// ## Limits
    /// Any other shell form is for `shell-form-command`.
    ///
    /// ## References
    /// - Dockerfile reference: shell and exec form
    "deliberate-shell-form" for DockerfileSubject {
        aliases: [
            "hadolint:DL3025", "kics:not_using_json_in_cmd_and_entrypoint_arguments",
            "semgrep:prefer-json-notation", "dockerfile-doctor:DD019", "droast:DF025",
            "droast:DF018", "droast:DF017",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Cmd, Keyword::Entrypoint], check),
    }
}

fn check(_: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(shell) = form(instruction).and_then(|it| it.shell()) else { return };
    if !shell.exec_fallback && is_deliberate(instruction, shell) {
        let name = instruction.keyword.name();
        sink.report(instruction.name, format!("this `{name}` needs a shell; use a JSON array"));
    }
}
