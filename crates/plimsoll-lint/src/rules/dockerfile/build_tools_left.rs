use std::collections::BTreeSet;

use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    base::final_instructions,
    installed::{BUILD_TOOLS, INSTALLERS, packages},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Compilers in the image that is shipped.
    ///
    /// ## Why
    /// Who gets into the container finds all to build more. They also make the image large.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y build-essential
    /// # ^ build-tools-left
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// packages:
    ///   - {kind: deb, name: libc6, version: "2.41"}
    ///   - {kind: deb, name: gcc-14, version: 14.2.0}
    /// # ^ build-tools-left
    ///   - {kind: deb, name: make, version: 4.4.1}
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12 AS build
    /// RUN apt-get update && apt-get install -y gcc make
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y gcc && make && apt-get purge -y gcc
    /// FROM alpine:3.22
    /// RUN apk add --virtual .build gcc && make && apk del .build
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// packages:
    ///   - {kind: deb, name: gcc-14-base, version: 14.2.0}
    ///   - {kind: deb, name: libgcc-s1, version: 14.2.0}
    ///   - {kind: npm, name: make, version: 1.0.0}
    /// ```
    ///
    /// ## Limits
    /// What the base image has is not known. Tools that are removed in the same file count as
    /// gone.
    ///
    /// ## References
    /// - Dockerfile best practices: multi-stage builds
    "build-tools-left" for DockerfileSubject {
        aliases: ["lynis:devtools"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let runs = final_instructions(&subject.dockerfile).filter(|it| it.keyword == Keyword::Run);
    let runs = runs.filter(|it| subject.may_hold(it, &WANTED));
    let found: Vec<_> = runs.map(|it| (it, packages(it))).collect();
    let removed: BTreeSet<&str> = found
        .iter()
        .flat_map(|it| &it.1)
        .filter(|it| it.is_removed)
        .map(|it| it.name.as_str())
        .collect();
    for (run, packages) in &found {
        let left = packages.iter().find(|it| {
            let group_is_gone = it.group.as_deref().is_some_and(|it| removed.contains(it));
            let is_gone = it.is_removed || group_is_gone || removed.contains(it.name.as_str());
            BUILD_TOOLS.contains(&it.name.as_str()) && !is_gone
        });
        if let Some(package) = left {
            let message = format!("`{}` stays in the image; build in another stage", package.name);
            sink.report(run.name, message).related(package.word.span, "installed here");
        }
    }
}

const WANTED: Wanted = Wanted::word(INSTALLERS);
