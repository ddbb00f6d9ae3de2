use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Instruction that cannot stand in `ONBUILD`.
    ///
    /// ## Why
    /// `ONBUILD FROM`, `ONBUILD MAINTAINER` and `ONBUILD ONBUILD` are refused: the build fails.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// ONBUILD FROM debian:12
    /// # ^ forbidden-onbuild-trigger
    /// ONBUILD MAINTAINER me
    /// # ^ forbidden-onbuild-trigger
    /// ONBUILD ONBUILD RUN make
    /// # ^ forbidden-onbuild-trigger
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   onbuild:
    ///     - FROM debian:13
    /// # ^ forbidden-onbuild-trigger
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// MAINTAINER me
    /// ONBUILD RUN make
    /// ONBUILD USER app
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   onbuild: [RUN make]
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Dockerfile reference: `ONBUILD`
    "forbidden-onbuild-trigger" for DockerfileSubject {
        aliases: [
            "hadolint:DL3043", "droast:DF068", "tally:invalid-onbuild-trigger",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::From, Keyword::Maintainer, Keyword::Onbuild], check),
    }
}

fn check(_: &DockerfileSubject, trigger: &Instruction, sink: &mut Sink<'_>) {
    if trigger.onbuild {
        let name = trigger.keyword.name();
        sink.report(trigger.name, format!("`{name}` cannot stand inside `ONBUILD`"));
    }
}
