use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::image::ImageSubject};

rule! {
    /// No label says what the image was built from.
    ///
    /// ## Why
    /// `org.opencontainers.image.source` and `.revision` lead from a running image to the commit,
    /// `.base.name` and `.base.digest` to the image below. Without them nobody can tell later which
    /// code runs, or whether the base has moved on.
    ///
    /// ## Bad
    /// ```yaml
    /// config:
    /// # ^ missing-provenance-labels
    ///   labels:
    ///     org.opencontainers.image.source: https://example.com/app
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// config:
    ///   labels:
    ///     org.opencontainers.image.source: https://example.com/app
    ///     org.opencontainers.image.revision: 2dbc1a3
    ///     org.opencontainers.image.base.name: docker.io/library/debian:13
    /// ```
    ///
    /// ```yaml
    /// rootfs: true
    /// ```
    ///
    /// ## Limits
    /// Labels of an index or a manifest, and attestations beside the image, say the same and are
    /// not looked at here.
    ///
    /// ## References
    /// - OCI image specification: annotations
    "missing-provenance-labels" for ImageSubject {
        aliases: [],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["supply.provenance"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    let has = |names: &[&str]| {
        let labels = &config.runtime.labels;
        names.iter().any(|it| labels.get(*it).is_some_and(|it| !it.trim().is_empty()))
    };
    let missing: Vec<&str> =
        WANTED.iter().filter(|it| !has(it)).filter_map(|it| it.first().copied()).collect();
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(|it| format!("`{it}`")).collect();
        let message = format!("the image lacks {}", names.join(", "));
        let _ = sink.report_place(subject.place(), message);
    }
}

/// Labels of which one of each line is enough.
static WANTED: &[&[&str]] = &[
    &["org.opencontainers.image.source", "org.label-schema.vcs-url"],
    &["org.opencontainers.image.revision", "org.label-schema.vcs-ref"],
    &["org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"],
];
