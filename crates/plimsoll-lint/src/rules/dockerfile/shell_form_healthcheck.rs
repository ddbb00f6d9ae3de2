use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    exec_form::to_exec,
    instruction_edit::has_comment_inside,
    rule::rule,
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// `HEALTHCHECK` in shell form.
    ///
    /// ## Why
    /// A shell form needs a shell in the image and starts one more process for each probe.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// HEALTHCHECK --interval=1m CMD probe --quick
    /// # ^ shell-form-healthcheck
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// HEALTHCHECK CMD curl --fail http://localhost/ || exit 1
    /// # ^ shell-form-healthcheck
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// HEALTHCHECK --interval=1m CMD ["probe", "--quick"]
    /// # ^ shell-form-healthcheck
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// HEALTHCHECK CMD ["probe"]
    /// FROM alpine:3.22
    /// HEALTHCHECK NONE
    /// ```
    ///
    /// ## Limits
    /// A probe that joins commands has good reason for a shell and is reported all the same; the
    /// fix is offered only where the shell has nothing to do but split words.
    ///
    /// ## References
    /// - Dockerfile reference: `HEALTHCHECK`
    "shell-form-healthcheck" for DockerfileSubject {
        aliases: ["hadolint:DL3025"],
        severity: Info,
        confidence: Medium,
        audience: Style,
        controls: [],
        fix: Unsafe,
        check: Check::On(&[Keyword::Healthcheck], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(shell) = form(instruction).and_then(|it| it.shell()) else { return };
    if shell.exec_fallback {
        return;
    }
    let can_fix = !has_comment_inside(&subject.dockerfile, instruction);
    let exec = can_fix.then(|| to_exec(shell)).flatten();
    let edits = exec.map(|it| Edit::replace(shell.span, it)).into_iter().collect();
    let message = "this probe runs in a shell; a JSON array needs none";
    sink.report(instruction.name, message).fix("Use the exec form", Safety::Unsafe, edits);
}
