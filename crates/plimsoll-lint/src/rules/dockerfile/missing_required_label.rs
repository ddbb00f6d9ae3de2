use std::collections::BTreeSet;

use plimsoll_dockerfile::InstructionKind;
use plimsoll_finding::{Check, Sink};

use crate::{
    base::{final_from, final_instructions},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Label that the team requires is missing.
    ///
    /// ## Why
    /// What finds the owner or the source of an image by its labels passes by an image without
    /// them.
    ///
    /// ## Bad
    /// ```dockerfile
    /// # required-label: com.example.owner text
    /// FROM debian:12
    /// # ^ missing-required-label
    /// LABEL com.example.team=a
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// required-labels: [com.example.owner]
    /// # ^ missing-required-label
    /// config:
    ///   labels: {com.example.team: a}
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// # required-label: com.example.owner text
    /// FROM debian:12 AS base
    /// LABEL com.example.owner=me
    /// FROM base
    /// RUN make
    /// ```
    /// ```dockerfile
    /// FROM debian:12
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// required-labels: [com.example.owner]
    /// config:
    ///   labels: {com.example.owner: a}
    /// ```
    ///
    /// ## Limits
    /// Asks for what the settings name, and for nothing else. Labels of the base image and of the
    /// build's command line are not known here.
    ///
    /// ## References
    /// - Dockerfile reference: `LABEL`
    "missing-required-label" for DockerfileSubject {
        aliases: ["hadolint:DL3049"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let Some(from) = final_from(&subject.dockerfile) else { return };
    let mut given: BTreeSet<&str> = BTreeSet::new();
    for instruction in final_instructions(&subject.dockerfile) {
        if let InstructionKind::Label(pairs) = &instruction.kind {
            given.extend(pairs.pairs.iter().map(|it| it.name.as_str()));
        }
    }
    for name in subject.settings.required_labels.keys() {
        if !given.contains(name.as_str()) {
            sink.report(from.name, format!("the image lacks the label `{name}`"));
        }
    }
}
