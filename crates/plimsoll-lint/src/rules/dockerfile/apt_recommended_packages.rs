use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_report::{Mentions, report_missing_option, runs_with},
    rule::rule,
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
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let settings = Mentions::of(subject, &["apt::install-recommends", "/etc/apt"]);
    for run in runs_with(subject, &WANTED).filter(|it| !settings.stand_before(subject, it)) {
        let steps = subject.steps(run);
        let (aptitude, apt): (Vec<_>, Vec<_>) = package_commands(steps)
            .filter(takes_recommendations)
            .partition(|it| it.is_named("aptitude"));
        let why = "adds packages that nobody asked for";
        for (commands, option) in
            [(apt, "--no-install-recommends"), (aptitude, "--without-recommends")]
        {
            report_missing_option(subject, run, sink, &commands, option, Safety::Unsafe, why);
        }
    }
}

fn takes_recommendations(command: &PackageCommand<'_>) -> bool {
    let is_install = command.manager == Manager::Apt
        && command.action == Action::Install
        && command.verb.is_some_and(|it| matches!(it.text.as_str(), "install" | "reinstall"));
    let is_refused = command.has_option(&["--no-install-recommends", "--without-recommends"])
        || (command.is_named("aptitude") && command.has_short('R'))
        || command.step.arguments.iter().any(|it| {
            let lower = it.text.to_ascii_lowercase();
            let value = lower.split_once("install-recommends=").map(|it| it.1.trim_matches('"'));
            value.is_some_and(|it| matches!(it, "false" | "0" | "no" | "off"))
        });
    is_install && !is_refused && !command.is_dry()
}

const WANTED: Wanted = Wanted::word(Manager::Apt.programs());
