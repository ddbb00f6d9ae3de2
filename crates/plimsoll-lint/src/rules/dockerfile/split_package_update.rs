use plimsoll_finding::{Check, Sink};

use crate::{
    package_index::lone_updates, package_manager::Manager, rule::rule, run_step::report,
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
    /// # ^ split-package-update
    /// RUN zypper install -y nginx
    /// ```
    ///
    /// ```dockerfile
    /// FROM rockylinux:9
    /// RUN dnf -y update
    /// # ^ split-package-update
    /// RUN dnf -y install nginx
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
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    for update in lone_updates(subject) {
        let refreshes_itself =
            matches!(update.manager, Manager::Yum | Manager::Dnf | Manager::Zypper);
        let Some(first_use) = update.first_use.filter(|_| refreshes_itself) else { continue };
        let message = format!(
            "`{}` belongs into the `RUN` that installs, not into its own layer",
            update.title
        );
        report(subject, update.instruction, sink, update.span, message)
            .related(first_use, "installs here");
    }
}
