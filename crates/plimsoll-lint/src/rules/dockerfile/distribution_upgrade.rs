use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    package_manager::{ANY_MANAGER, Action, Manager, package_commands},
    rule::rule,
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// The whole distribution is upgraded, packages added and removed as needed.
    ///
    /// ## Why
    /// A distribution upgrade may replace or remove any package to make versions fit. What comes
    /// out is not the release that `FROM` names, and not the same on any two days.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get -y dist-upgrade
    /// # ^ distribution-upgrade
    /// ```
    ///
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper -n dup
    /// # ^ distribution-upgrade
    /// ONBUILD RUN dnf -y distro-sync
    /// # ^ distribution-upgrade
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper install -y curl && zypper clean
    /// RUN apt-get update && apt-get upgrade -y
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - `apt-get(8)`: `dist-upgrade`; `zypper(8)`: `dist-upgrade`
    "distribution-upgrade" for DockerfileSubject {
        aliases: [
            "hadolint:DL3035", "trivy:DS-0024", "droast:DF044", "dockle:DKL-DI-0003",
            "semgrep:avoid-apt-get-upgrade", "semgrep:avoid-zypper-update",
            "dockerfilelint:apt-get-dist-upgrade",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.patched"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], ANY_MANAGER, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let steps = subject.steps(run);
    let mut commands = package_commands(steps).filter(|it| it.manager != Manager::Gem);
    let found = commands.find(|it| it.action == Action::DistributionUpgrade && !it.is_dry());
    if let Some(command) = found {
        let message = format!(
            "`{}` turns the base image into another release of itself; name that one in `FROM`",
            command.title()
        );
        report(subject, run, sink, command.step.name_span, message);
    }
}
