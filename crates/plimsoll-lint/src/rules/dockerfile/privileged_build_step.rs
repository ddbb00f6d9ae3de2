use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::find_flag;

use crate::{every_command::every_invocation, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// A build step or a command that needs a privileged container.
    ///
    /// ## Why
    /// A privileged container may do to the host whatever root may. A build that needs it hands the
    /// build machine to every script the build downloads.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM docker:29
    /// RUN --security=insecure make test
    /// # ^ privileged-build-step
    /// RUN docker run --privileged example/app:1
    /// # ^ privileged-build-step
    /// LABEL RUN="docker run -it --privileged example/app:1"
    /// # ^ privileged-build-step
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM docker:29
    /// RUN --security=sandbox make test
    /// RUN docker run --privileged=false example/app:1
    /// RUN echo --privileged
    /// LABEL RUN="docker run -it example/app:1"
    /// ```
    ///
    /// ## Limits
    /// Whether the builder grants the privilege is its own setting.
    ///
    /// ## References
    /// - Dockerfile reference: `RUN --security`
    /// - CIS Docker Benchmark: do not use privileged containers
    "privileged-build-step" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD060", "dockerfile_lint:privileged_run_container"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.privileged"],
        fix: None,
        check: Check::On(&[Keyword::Run, Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    if let InstructionKind::Label(label) = &instruction.kind {
        for pair in &label.pairs {
            let value = pair.value.unquoted(subject.dockerfile.escape);
            let words = || value.split_whitespace();
            let is_run = words().any(|it| it == "docker" || it == "podman");
            if is_run && words().any(|it| it == "--privileged" || it == "--privileged=true") {
                let message = "the label tells users to run the image privileged";
                let _ = sink.report(pair.value.span, message);
            }
        }
        return;
    }
    let security = instruction.flag("security").filter(|it| it.text() == "insecure");
    if let Some(flag) = security.or_else(|| instruction.flag("privileged")) {
        let _ = sink.report(flag.span, "the step runs with all privileges of the build machine");
    }
    if !subject.may_hold(instruction, &WANTED) {
        return;
    }
    every_invocation(subject, instruction, &mut |invocation| {
        if !["docker", "podman", "nerdctl"].contains(&invocation.name) {
            return;
        }
        let Some(word) = find_flag(invocation.args, None, &["privileged"]) else { return };
        if !word.text().ends_with("=false") {
            let _ = sink.report(word.span, "the container may do to its host what root may");
        }
    });
}

const WANTED: Wanted = Wanted::word(&["docker", "podman", "nerdctl"]);
