use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `ONBUILD` runs in other people's builds.
    ///
    /// ## Why
    /// What stands in `ONBUILD` happens in every build that starts from this image, unseen in its
    /// Dockerfile. Readers there cannot know what runs.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// ONBUILD COPY . /app
    /// # ^ onbuild-trigger
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   onbuild:
    ///     - COPY . /app
    /// # ^ onbuild-trigger
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// COPY . /app
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {cmd: [nginx]}
    /// ```
    ///
    /// ## Limits
    /// An image that is made for such builds has good reason for it.
    ///
    /// ## References
    /// - Dockerfile reference: `ONBUILD`
    "onbuild-trigger" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD042"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let instructions = subject.dockerfile.instructions.iter();
    for instruction in instructions.filter(|it| it.keyword == Keyword::Onbuild) {
        sink.report(instruction.name, "this runs in builds that start from this image");
    }
}
