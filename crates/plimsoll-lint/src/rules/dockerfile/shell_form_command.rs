use std::collections::HashSet;

use plimsoll_dockerfile::{Keyword, ShellForm};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    exec_form::{is_deliberate, to_exec},
    instruction_edit::has_comment_inside,
    rule::rule,
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// `CMD` or `ENTRYPOINT` in shell form.
    ///
    /// ## Why
    /// In shell form a shell is process 1. It does not pass on the signal that `docker stop` sends,
    /// so the program is killed after the grace period instead of ending in order. A shell-form
    /// `ENTRYPOINT` also swallows the arguments of `CMD` and `docker run`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENTRYPOINT serve param1 'param 2'
    /// # ^ shell-form-command
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENTRYPOINT ["/entry"]
    /// CMD python3 "app.py"
    /// # ^ shell-form-command
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// CMD migrate && serve --port $PORT
    /// # ^ shell-form-command
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENTRYPOINT ["serve", "param1", "param 2"]
    /// # ^ shell-form-command
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENTRYPOINT ["/entry"]
    /// CMD ["python3", "app.py"]
    /// # ^ shell-form-command
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENTRYPOINT ["/entry"]
    /// CMD [ "foo", "bar" ]
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// CMD exec serve --port "$PORT"
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// SHELL ["/bin/bash", "-c"]
    /// CMD serve --port "$PORT"
    /// ```
    ///
    /// ## Limits
    /// A command behind `exec`, and one after a `SHELL`, is taken for meant;
    /// `deliberate-shell-form` reports those. An array that is no valid JSON becomes a shell form
    /// too, but is not judged here. The fix is offered only where the shell has nothing to do but
    /// split words.
    ///
    /// ## References
    /// - Dockerfile reference: shell and exec form
    "shell-form-command" for DockerfileSubject {
        aliases: [
            "hadolint:DL3025", "kics:not_using_json_in_cmd_and_entrypoint_arguments",
            "semgrep:prefer-json-notation", "buildkit:JSONArgsRecommended",
            "dockerfile-doctor:DD019", "droast:DF025", "droast:DF018", "droast:DF017",
        ],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let with_cmd: HashSet<Option<usize>> = dockerfile
        .instructions
        .iter()
        .filter(|it| it.keyword == Keyword::Cmd)
        .map(|it| it.stage)
        .collect();
    for instruction in dockerfile.all_instructions() {
        let is_entrypoint = instruction.keyword == Keyword::Entrypoint;
        if instruction.keyword != Keyword::Cmd && !is_entrypoint {
            continue;
        }
        let Some(shell) = form(instruction).and_then(|it| it.shell()) else { continue };
        if shell.exec_fallback || is_deliberate(instruction, shell) {
            continue;
        }
        let name = instruction.keyword.name();
        let message = format!(
            "a shell stands between the engine and this `{name}` and keeps signals back; write it \
             as a JSON array"
        );
        // An ENTRYPOINT in exec form takes the CMD as arguments, which it did not before.
        let gets_arguments = is_entrypoint && with_cmd.contains(&instruction.stage);
        let can_fix = !gets_arguments && !has_comment_inside(dockerfile, instruction);
        let edits = can_fix.then(|| exec_edit(shell)).flatten();
        let edits = edits.into_iter().collect();
        sink.report(instruction.name, message).fix("Use the exec form", Safety::Unsafe, edits);
    }
}

fn exec_edit(shell: &ShellForm) -> Option<Edit> {
    Some(Edit::replace(shell.span, to_exec(shell)?))
}
