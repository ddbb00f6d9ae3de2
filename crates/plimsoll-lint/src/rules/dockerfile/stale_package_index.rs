use plimsoll_finding::{Check, Sink};

use crate::{
    package_index::lone_updates,
    package_manager::{ANY_MANAGER, Manager},
    rule::rule,
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A package index that was fetched in an earlier layer.
    ///
    /// ## Why
    /// The layer of `RUN apt-get update` stays in the build cache for as long as that line does not
    /// change. The `RUN apt-get install` below it then installs from an index that may be months
    /// old: known holes come back, or the packages are gone from the mirror and the build fails.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update
    /// RUN apt-get install -y curl
    /// # ^ stale-package-index
    /// ```
    ///
    /// ```dockerfile
    /// FROM archlinux:base AS base
    /// RUN pacman -Syu
    /// FROM base
    /// RUN pacman -S --noconfirm nginx
    /// # ^ stale-package-index
    /// ```
    ///
    /// ```dockerfile
    /// FROM ubuntu:24.04
    /// RUN apt-get update && apt-get install -y gnupg && ./add-repository && apt-get update
    /// RUN apt-get install -y example
    /// # ^ stale-package-index
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// RUN apt-get update
    /// RUN apt-get update && apt-get install -y git
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk update
    /// RUN apk add --no-cache curl
    /// RUN apk -U add git
    /// ```
    ///
    /// ## Limits
    /// An index that comes with the base image is not seen, nor is an install inside a script.
    ///
    /// ## References
    /// - Docker documentation, building best practices: cache busting
    /// - CIS Docker Benchmark 4.7
    "stale-package-index" for DockerfileSubject {
        aliases: [
            "kics:update_instruction_alone", "trivy:DS-0017", "checkov:CKV_DOCKER_5",
            "dockle:CIS-DI-0007", "dockerfile-doctor:DD002", "droast:DF028",
            "dockerfilelint:apt-get-update_require_install", "docker-bench:4.7",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.update-alone"],
        fix: None,
        check: Check::WholeWith(ANY_MANAGER, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    for update in lone_updates(subject) {
        let keeps_old_index =
            matches!(update.fetch.manager, Manager::Apt | Manager::Apk | Manager::Pacman);
        let Some(first_use) = update.first_use.filter(|_| keeps_old_index) else { continue };
        let message = format!(
            "this installs from the index of an earlier layer, which the cache keeps; put `{}` here",
            update.fetch.title
        );
        let mut all = subject.dockerfile.all_instructions();
        let user = all.find(|it| it.span.contains(first_use)).unwrap_or(update.instruction);
        report(subject, user, sink, first_use, message).related(update.fetch.span, "fetched here");
    }
}
