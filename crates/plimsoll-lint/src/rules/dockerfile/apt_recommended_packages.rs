use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_report::{Mentions, report_missing_option, runs},
    rule::rule,
    run_step::steps,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// apt also installs what packages recommend.
    ///
    /// ## Why
    /// By default apt adds every recommended package. That is meant for desktops; in an image it is
    /// more to download, more to patch and more for an intruder to use.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl && apt-get clean
    /// # ^ apt-recommended-packages
    /// RUN ["apt-get", "install", "-y", "git"]
    /// # ^ apt-recommended-packages
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install --no-install-recommends -y curl && apt-get clean
    /// # ^ apt-recommended-packages
    /// RUN ["apt-get", "install", "--no-install-recommends", "-y", "git"]
    /// # ^ apt-recommended-packages
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get --no-install-recommends install -y curl
    /// RUN apt-get -o APT::Install-Recommends=false install -y git
    /// RUN apt-get install -y ./local.deb --no-install-recommends
    /// RUN aptitude install -y --without-recommends jq
    /// RUN echo 'APT::Install-Recommends "0";' > /etc/apt/apt.conf.d/99-small
    /// RUN apt-get install -y vim
    /// ```
    ///
    /// ## Limits
    /// A setting in a file that the base image brings is not seen; one written in this Dockerfile
    /// is.
    ///
    /// ## References
    /// - `apt-get(8)`: `--no-install-recommends`
    /// - CIS Docker Benchmark 4.3
    "apt-recommended-packages" for DockerfileSubject {
        aliases: [
            "hadolint:DL3015", "kics:apt_get_not_avoiding_additional_packages", "trivy:DS-0029",
            "semgrep:missing-no-install-recommends", "dockerfile-doctor:DD003", "droast:DF016",
            "dockerfilelint:apt-get_recommends",
        ],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let settings = Mentions::of(subject, "install-recommends");
    for run in runs(subject) {
        let steps = steps(run);
        let mut is_set = None;
        for command in package_commands(&steps).filter(takes_recommendations) {
            // The word in an option of an earlier command is no setting, but one in a file is.
            let is_set = *is_set.get_or_insert_with(|| {
                settings.stand_before(subject, run) && writes_settings(subject)
            });
            if is_set {
                break;
            }
            let option = match command.step.name.as_str() {
                "aptitude" => "--without-recommends",
                _ => "--no-install-recommends",
            };
            let message = format!(
                "`{}` without `{option}` adds packages that nobody asked for",
                command.title()
            );
            report_missing_option(subject, run, sink, &command, option, Safety::Unsafe, message);
        }
    }
}

fn takes_recommendations(command: &PackageCommand<'_>) -> bool {
    let is_install = command.manager == Manager::Apt && command.action == Action::Install;
    let is_refused = command.has_option(&["--no-install-recommends", "--without-recommends"])
        || (command.is_named("aptitude") && command.has_short('R'))
        || command.step.arguments.iter().any(|it| {
            let lower = it.text.to_ascii_lowercase();
            let value = lower.split_once("install-recommends=").map(|it| it.1.trim_matches('"'));
            value.is_some_and(|it| matches!(it, "false" | "0" | "no" | "off"))
        });
    is_install && !is_refused && !command.is_dry()
}

/// Whether the file writes a setting of apt somewhere, rather than only giving options.
fn writes_settings(subject: &DockerfileSubject) -> bool {
    let text = subject.text().to_ascii_lowercase();
    text.contains("apt.conf") || text.contains("etc/apt/")
}
