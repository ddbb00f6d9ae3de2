use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    package_manager::{ANY_MANAGER, Action, Manager, package_commands},
    rule::rule,
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// All packages of the base image are upgraded.
    ///
    /// ## Why
    /// An upgrade in the build copies half of the base image into one more layer, gives another
    /// result on each day, and stays as it is in the build cache, so it does not even keep the
    /// image patched. A newer base image does all that better.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get -y upgrade && apt-get install -y curl
    /// # ^ system-upgrade
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk update \
    /// # ^ system-upgrade
    ///  && apk upgrade
    /// RUN dnf -y update
    /// # ^ system-upgrade
    /// RUN zypper -n patch
    /// # ^ system-upgrade
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y --only-upgrade openssl
    /// RUN dnf -y upgrade openssl && apk upgrade openssl
    /// RUN npm update && gem update --system
    /// ```
    ///
    /// ## Limits
    /// Some teams upgrade on purpose, in builds that run each night without a cache; a waiver says
    /// so.
    ///
    /// ## References
    /// - Docker documentation, building best practices: rebuild your images often
    "system-upgrade" for DockerfileSubject {
        aliases: [
            "semgrep:avoid-apt-get-upgrade", "semgrep:avoid-apk-upgrade",
            "semgrep:avoid-dnf-update", "semgrep:avoid-yum-update",
            "semgrep:avoid-zypper-update", "dockerfile-doctor:DD013",
            "dockerfile-doctor:DD026", "droast:DF069", "dockerfilelint:apt-get-upgrade",
            "dockerfile_lint:yum_update_all",
        ],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.patched"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], ANY_MANAGER, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let steps = subject.steps(run);
    for command in package_commands(steps) {
        let is_system = !matches!(
            command.manager,
            Manager::Gem | Manager::Npm | Manager::Yarn | Manager::Pacman
        );
        let is_whole = command.operands.iter().all(|it| it.text == "*") && !command.is_dry();
        // `zypper patch NAME` is no such thing: a patch is always of the whole system.
        if is_system && is_whole && command.action == Action::Upgrade {
            let message = format!(
                "`{}` upgrades everything in the base image; take a newer base image instead",
                command.title()
            );
            report(subject, run, sink, command.step.name_span, message);
            return;
        }
    }
}
