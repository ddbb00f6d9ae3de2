use plimsoll_finding::{Check, Sink};

use crate::{
    final_image::{FinalImage, Identity, RuntimeUser, user_of},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// The last `USER` of a build stage is root.
    ///
    /// ## Why
    /// A stage can be built as a target of its own, or be started from later; whoever does so gets
    /// a container that runs as root.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13 AS build
    /// USER root
    /// # ^ root-in-build-stage
    /// RUN make
    /// FROM debian:13
    /// USER 10001
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13 AS build
    /// USER root
    /// RUN make install
    /// USER 10001
    /// FROM debian:13
    /// USER root
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13 AS build
    /// RUN make
    /// FROM debian:13
    /// ```
    ///
    /// ## Limits
    /// A stage without any `USER` is not reported. The final image is judged by `root-user`.
    ///
    /// ## References
    /// - Dockerfile reference: `USER`
    "root-in-build-stage" for DockerfileSubject {
        aliases: ["hadolint:DL3002"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let Some(image) = FinalImage::of(dockerfile) else { return };
    let in_force = match image.user() {
        RuntimeUser::Set(it) => Some(it.instruction.index),
        RuntimeUser::OfBase(_) => None,
    };
    for stage in &dockerfile.stages {
        let instructions = dockerfile.stage_instructions(stage.index);
        let last = instructions.iter().rev().find_map(|it| user_of(dockerfile, it));
        let Some(last) = last.filter(|it| it.identity == Identity::Root) else { continue };
        if Some(last.instruction.index) != in_force {
            let _ = sink.report(last.user.word.span, "this build stage ends as root");
        }
    }
}
