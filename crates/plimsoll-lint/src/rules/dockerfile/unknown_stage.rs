use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword, StageReference};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Files taken from a stage that is not there.
    ///
    /// ## Why
    /// A name behind `--from` that no earlier stage has is taken for an image of Docker Hub. A typo
    /// then breaks the build, or worse: files come from an image that somebody else published under
    /// that name.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM golang:1.25 AS builder
    /// FROM alpine:3.22
    /// COPY --from=bilder /app /app
    /// # ^ unknown-stage
    /// COPY --from=7 /app /app
    /// # ^ unknown-stage
    /// RUN --mount=type=bind,from=later,target=/x true
    /// # ^ unknown-stage
    /// FROM alpine:3.22 AS later
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM golang:1.25 AS builder
    /// FROM alpine:3.22
    /// COPY --from=builder /app /app
    /// COPY --from=Builder /app /app
    /// COPY --from=0 /app /app
    /// COPY --from=haskell:latest /app /app
    /// COPY --from=example/tool /app /app
    /// COPY --from=busybox /bin/busybox /bin/
    /// COPY --from=$STAGE /app /app
    /// RUN --mount=type=cache,target=/x true
    /// ```
    ///
    /// ## Limits
    /// A context named by `--build-context`, by bake or by compose is known to the build only, so
    /// its name looks like one of an unknown stage. Well-known official images are recognized by
    /// name; any other image should carry a tag, a digest or a registry, which also shows that it
    /// is one.
    ///
    /// ## References
    /// - Dockerfile reference: `COPY --from`
    "unknown-stage" for DockerfileSubject {
        aliases: ["hadolint:DL3022", "dockerfile-doctor:DD039", "droast:DF049"],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Copy, Keyword::Add, Keyword::Run], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    match &instruction.kind {
        InstructionKind::Copy(copy) | InstructionKind::Add(copy) => {
            if let Some(from) = &copy.from {
                judge(subject, instruction, from, sink);
            }
        }
        InstructionKind::Run(run) => {
            for from in run.mounts.iter().filter_map(|it| it.from.as_ref()) {
                judge(subject, instruction, from, sink);
            }
        }
        _ => {}
    }
}

fn judge(
    subject: &DockerfileSubject,
    instruction: &Instruction,
    from: &StageReference,
    sink: &mut Sink<'_>,
) {
    let name = from.text.as_str();
    let own = instruction.stage.and_then(|it| subject.dockerfile.stages.get(it));
    let own_name = own.and_then(|it| it.name.as_ref()).map(|it| it.0.as_str());
    let is_own = own_name.is_some_and(|it| it.eq_ignore_ascii_case(name));
    // A name with one of these is an image or a variable, and of ONBUILD the stages are elsewhere.
    let is_other = name.is_empty() || name.contains(['/', ':', '.', '@', '$']);
    if from.stage.is_some() || is_own || is_other || instruction.onbuild {
        return;
    }
    let message = if let Ok(number) = name.parse::<usize>() {
        if own.is_some_and(|it| it.index == number) {
            return;
        }
        format!("no stage before this one has the number `{number}`")
    } else if subject.dockerfile.stage_named(name).is_some() {
        format!("stage `{name}` comes further down; move it before its use")
    } else if OFFICIAL_IMAGES.binary_search(&name.to_ascii_lowercase().as_str()).is_ok() {
        return;
    } else {
        format!(
            "no stage is called `{name}`, so it is taken for an image; name a stage, or give the \
             image a tag"
        )
    };
    sink.report(from.span, message);
}

/// Official images that files are commonly taken from, in order.
static OFFICIAL_IMAGES: &[&str] = &[
    "alpine",
    "bash",
    "busybox",
    "caddy",
    "composer",
    "debian",
    "docker",
    "eclipse-temurin",
    "golang",
    "gradle",
    "haproxy",
    "httpd",
    "mariadb",
    "maven",
    "mysql",
    "nginx",
    "node",
    "openjdk",
    "php",
    "postgres",
    "python",
    "redis",
    "registry",
    "ruby",
    "rust",
    "traefik",
    "ubuntu",
    "vault",
];
