use std::collections::HashMap;

use plimsoll_finding::{Check, Sink};
use plimsoll_text::Span;

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Two stages of one name.
    ///
    /// ## Why
    /// `COPY --from` and `--target` find one of the two, and which one depends on where the name is
    /// used. The other stage is built for nothing, or the wrong files end up in the image.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12 AS build
    /// RUN make
    /// FROM debian:13 AS Build
    /// # ^ duplicate-stage-name
    /// RUN make
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12 AS build
    /// FROM debian:13 AS build2
    /// FROM build
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Docker build checks: duplicate stage names
    "duplicate-stage-name" for DockerfileSubject {
        aliases: [
            "hadolint:DL3024", "kics:same_alias_in_different_froms", "trivy:DS-0012",
            "checkov:CKV_DOCKER_11", "buildkit:DuplicateStageName", "droast:DF042",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let mut seen: HashMap<String, Span> = HashMap::new();
    for stage in &subject.dockerfile.stages {
        let Some((name, span)) = &stage.name else { continue };
        let key = name.to_ascii_lowercase();
        match seen.get(&key) {
            None => {
                seen.insert(key, *span);
            }
            Some(first) => {
                let message = format!("an earlier stage is called `{name}` too; rename one");
                sink.report(*span, message).related(*first, "the first stage of this name");
            }
        }
    }
}
