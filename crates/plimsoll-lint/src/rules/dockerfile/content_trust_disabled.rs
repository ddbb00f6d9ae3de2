use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Invocation, find_flag};

use crate::{
    every_command::every_command, rule::rule, subject::dockerfile::DockerfileSubject,
    tls_verification::assignments,
};

rule! {
    /// The check of image signatures is switched off.
    ///
    /// ## Why
    /// A signature check that is off lets any image through that carries the right name, also one
    /// that was swapped in the registry or on the way.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM docker:29
    /// ENV DOCKER_CONTENT_TRUST=0
    /// # ^ content-trust-disabled
    /// RUN docker pull --disable-content-trust example/app:1
    /// # ^ content-trust-disabled
    /// RUN DOCKER_CONTENT_TRUST=0 docker pull example/app:1
    /// # ^ content-trust-disabled
    /// RUN skopeo copy --insecure-policy docker://example/app:1 dir:/app
    /// # ^ content-trust-disabled
    /// RUN cosign verify --insecure-ignore-tlog example/app:1
    /// # ^ content-trust-disabled
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM docker:29
    /// ENV DOCKER_CONTENT_TRUST=1
    /// RUN docker pull --disable-content-trust=false example/app:1
    /// RUN cosign verify example/app:1
    /// RUN echo --disable-content-trust
    /// ```
    ///
    /// ## Limits
    /// Whether the engine that builds checks signatures cannot be seen in a Dockerfile.
    ///
    /// ## References
    /// - CIS Docker Benchmark: enable content trust; ensure that images are signed
    "content-trust-disabled" for DockerfileSubject {
        aliases: ["dockle:CIS-DI-0005", "docker-bench:4.5", "docker-bench:4.12"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.content-trust", "image.signed-artifacts"],
        fix: None,
        check: Check::OnWith(&[Keyword::Env, Keyword::Arg, Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let message = "the check of image signatures is switched off; leave it on";
    for assignment in assignments(subject, instruction) {
        let is_off = matches!(assignment.value.as_str(), "0" | "false");
        if assignment.name == "DOCKER_CONTENT_TRUST" && is_off {
            let _ = sink.report(assignment.span, message);
        }
    }
    if let InstructionKind::Run(_) = &instruction.kind {
        every_command(subject, instruction, &mut |command| {
            let Some(invocation) = command.invocation() else { return };
            if let Some(span) = unchecked(&invocation) {
                let _ = sink.report(span, message);
            }
        });
    }
}

fn unchecked(invocation: &Invocation<'_>) -> Option<plimsoll_text::Span> {
    let flags = FLAGS.iter().find(|it| it.0 == invocation.name)?.1;
    let word = find_flag(invocation.args, None, flags)?;
    let is_off = word.text().split_once('=').is_some_and(|it| it.1 == "false");
    (!is_off).then_some(word.span)
}

/// Programs, and their options that skip the check.
const FLAGS: &[(&str, &[&str])] = &[
    ("docker", &["disable-content-trust"]),
    ("podman", &["disable-content-trust"]),
    ("skopeo", &["insecure-policy"]),
    (
        "cosign",
        &[
            "insecure-ignore-tlog",
            "insecure-ignore-sct",
            "insecure-skip-verify",
            "insecure-skip-tlog-verify",
        ],
    ),
];

const WANTED: Wanted = {
    let mut res = Wanted::word(&["DOCKER_CONTENT_TRUST"]);
    let mut idx = 0;
    while idx < FLAGS.len() {
        res = res.or_word(&[FLAGS[idx].0]);
        idx += 1;
    }
    res
};
