use plimsoll_finding::{Check, Sink};

use crate::{
    package_index::lone_updates,
    package_manager::{ANY_MANAGER, Manager},
    rule::rule,
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A package index that this Dockerfile fetches and never uses.
    ///
    /// ## Why
    /// An update without an install in the same `RUN` only makes the layer bigger. If an image that
    /// is built on this one installs from it, it does so from an index that is as old as this
    /// layer.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && adduser app
    /// # ^ unused-package-index
    /// ```
    ///
    /// ```dockerfile
    /// FROM rockylinux:9
    /// RUN ["dnf", "update", "-y"]
    /// # ^ unused-package-index
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// RUN apt-get update && apt-get upgrade -y
    /// RUN apt-get update && ./install.sh
    /// RUN apk --update add curl
    /// RUN sbt update && composer update && update-locale LANG=C.UTF-8
    /// ```
    ///
    /// ## Limits
    /// A script or shell that runs in the same `RUN` may use the index, so then it is left alone.
    ///
    /// ## References
    /// - CIS Docker Benchmark 4.7
    "unused-package-index" for DockerfileSubject {
        aliases: [
            "trivy:DS-0017", "checkov:CKV_DOCKER_5", "dockle:CIS-DI-0007",
            "dockerfile-doctor:DD002", "droast:DF028",
            "dockerfilelint:apt-get-update_require_install", "docker-bench:4.7",
        ],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.update-alone"],
        fix: None,
        check: Check::WholeWith(ANY_MANAGER, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    for update in lone_updates(subject) {
        if update.first_use.is_none() && !update.fetch.may_be_used {
            let message = match update.fetch.manager {
                Manager::Yum | Manager::Dnf => format!(
                    "`{}` in a layer of its own; put it into the `RUN` that installs, or drop it",
                    update.fetch.title
                ),
                _ => format!(
                    "`{}` without an install in the same `RUN` has no use",
                    update.fetch.title
                ),
            };
            report(subject, update.instruction, sink, update.fetch.span, message);
        }
    }
}
