use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    base_image::{external_base, is_whole_digest},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A base image without a digest.
    ///
    /// ## Why
    /// A tag can be pushed again with other content, by its owner or by whoever took over the
    /// account. A digest names the content itself: what was reviewed is what is built.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM python:3.14-slim
    /// # ^ unpinned-base-image
    /// FROM python:3.14-slim@sha256
    /// # ^ unpinned-base-image
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM a@sha256:0000000000000000000000000000000000000000000000000000000000000000 AS build
    /// FROM build
    /// FROM scratch
    /// FROM $BASE
    /// FROM python@$DIGEST
    /// ```
    ///
    /// ## Limits
    /// The digest has to be looked up in the registry, which linting does not do; hence no fix. A
    /// name that is a variable without a default is left alone. A pinned image gets no security
    /// fixes by itself, so let a bot move the digest.
    ///
    /// ## References
    /// - Docker documentation: building best practices, pin base image versions
    "unpinned-base-image" for DockerfileSubject {
        aliases: ["semgrep:dockerfile-source-not-pinned", "droast:DF073"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.trusted-base", "supply.digest-pin"],
        fix: None,
        check: Check::On(&[Keyword::From], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(base) = external_base(subject, instruction) else { return };
    let pinned = base.digest().is_some_and(|it| it.has_variable() || is_whole_digest(&it.text));
    // Of a name that is nothing but a variable nothing can be said.
    let unknown = base.expanded.is_none() && base.written.text.starts_with('$');
    if !pinned && !unknown {
        let span = base.from.image.word.span;
        let _ = sink.report(span, "the base image is not pinned by a `@sha256:` digest");
    }
}
