use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    rule::rule,
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// Shell operator as an argument of the exec form.
    ///
    /// ## Why
    /// The JSON form starts the program without a shell. `|`, `&&` and `>` arrive at the program
    /// as plain words, which it takes for file names or refuses.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN ["/bin/bash", "./produce", "|", "./consume"]
    /// # ^ shell-operator-in-exec-form
    /// CMD ["migrate", "&&", "serve"]
    /// # ^ shell-operator-in-exec-form
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN ["/bin/bash", "-c", "./produce | ./consume"]
    /// RUN ["find", "/tmp", "-exec", "rm", "{}", ";"]
    /// CMD ["expr", "1", ">", "2"]
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Dockerfile reference: shell and exec form
    "shell-operator-in-exec-form" for DockerfileSubject {
        aliases: ["kics:shell_running_a_pipe_without_pipefail_flag"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::OnWith(KINDS, WANTED, check),
    }
}

fn check(_: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(exec) = form(instruction).and_then(|it| it.exec()) else { return };
    let Some(program) = exec.words.first() else { return };
    let base_name = program.value.rsplit('/').next().unwrap_or_default();
    if TAKE_OPERATORS.contains(&base_name) {
        return;
    }
    if let Some(word) = exec.words.iter().find(|it| OPERATORS.contains(&it.value.as_str())) {
        let message = format!(
            "without a shell `{}` is a plain argument; use `[\"sh\", \"-c\", ...]`",
            word.value
        );
        sink.report(word.span, message);
    }
}

static OPERATORS: &[&str] = &["|", "||", "&&", ";", ">", ">>", "<", "2>&1", "&"];

/// Programs that take such words themselves.
static TAKE_OPERATORS: &[&str] = &["find", "expr", "test", "[", "jq", "awk", "grep"];

/// Instructions that run something.
static KINDS: &[Keyword] = &[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck];

const WANTED: Wanted = Wanted::every("[");
