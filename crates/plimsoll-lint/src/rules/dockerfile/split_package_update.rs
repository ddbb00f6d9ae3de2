use plimsoll_finding::{Check, Sink};

use crate::{
    package_index::lone_updates,
    package_manager::{ANY_MANAGER, Manager},
    rule::rule,
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A refresh in one layer, the install in the next.
    ///
    /// ## Why
    /// dnf, yum and zypper look for themselves whether their index is too old, so nothing stale is
    /// installed. Still the refresh is repeated only when its own line changes, its data stay in a
    /// layer of their own, and two builds disagree about what was updated.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper refresh
    /// RUN zypper install -y nginx
    /// # ^ split-package-update
    /// ```
    ///
    /// ```dockerfile
    /// FROM rockylinux:9
    /// RUN dnf -y update
    /// RUN dnf -y install nginx
    /// # ^ split-package-update
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM rockylinux:9
    /// RUN dnf -y update && dnf -y install nginx && dnf clean all
    /// RUN dnf -y install curl
    /// ```
    ///
    /// ## Limits
    /// An install inside a script is not seen.
    ///
    /// ## References
    /// - CIS Docker Benchmark 4.7
    "split-package-update" for DockerfileSubject {
        aliases: [
            "kics:update_instruction_alone", "trivy:DS-0017", "checkov:CKV_DOCKER_5",
            "droast:DF028", "docker-bench:4.7",
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
        let refreshes_itself =
            matches!(update.fetch.manager, Manager::Yum | Manager::Dnf | Manager::Zypper);
        let Some(first_use) = update.first_use.filter(|_| refreshes_itself) else { continue };
        let message = format!(
            "`{}` belongs here, into the `RUN` that installs, not into a layer of its own",
            update.fetch.title
        );
        let mut all = subject.dockerfile.all_instructions();
        let user = all.find(|it| it.span.contains(first_use)).unwrap_or(update.instruction);
        report(subject, user, sink, first_use, message).related(update.fetch.span, "fetched here");
    }
}
