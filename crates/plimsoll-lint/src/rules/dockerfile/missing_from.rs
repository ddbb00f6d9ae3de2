use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Dockerfile without a `FROM`.
    ///
    /// ## Why
    /// There is nothing to start from, so nothing can be built.
    ///
    /// ## Bad
    /// ```dockerfile
    /// ARG VERSION=1
    /// # ^ missing-from
    /// RUN make
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make
    /// ```
    ///
    /// ## Limits
    /// Only files that are called `Dockerfile` or `Containerfile` are looked at: others may be
    /// fragments.
    ///
    /// ## References
    /// - Dockerfile reference: `FROM`
    "missing-from" for DockerfileSubject {
        aliases: ["tally:require-stages"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let name = subject.dockerfile.source.name();
    let base_name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_whole = matches!(base_name, "Dockerfile" | "Containerfile");
    if let Some(first) = subject.dockerfile.instructions.first()
        && is_whole
        && subject.dockerfile.is_fragment()
    {
        sink.report(first.name, "no `FROM` in this file, so nothing can be built");
    }
}
