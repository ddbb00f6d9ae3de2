use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::Manager, package_report::report_questions, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// apt waits for a "yes" that never comes.
    ///
    /// ## Why
    /// Nobody sits at the keyboard of a build. As soon as apt has something to ask, it gives up and
    /// the build fails, often only on the day when a package gains its first dependency.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install curl
    /// # ^ apt-install-without-yes
    /// RUN sudo apt-get --quiet install git
    /// # ^ apt-install-without-yes
    /// RUN ["apt-get", "install", "jq"]
    /// # ^ apt-install-without-yes
    /// RUN DEBIAN_FRONTEND=noninteractive apt-get dist-upgrade
    /// # ^ apt-install-without-yes
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get -o APT::Get::Assume-Yes=true install less
    /// RUN apt-get -oAcquire::Retries=3 -oAcquire::Queue=1 install curl
    /// # ^ apt-install-without-yes
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// # ^ apt-install-without-yes
    /// RUN sudo apt-get --quiet install -y git
    /// # ^ apt-install-without-yes
    /// RUN ["apt-get", "install", "-y", "jq"]
    /// # ^ apt-install-without-yes
    /// RUN DEBIAN_FRONTEND=noninteractive apt-get dist-upgrade -y
    /// # ^ apt-install-without-yes
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get install -yq curl
    /// RUN apt-get -y install git
    /// RUN apt-get install -qq jq && apt-get install -q -q bc && apt-get install -q=2 vim
    /// RUN yes | apt-get install nano
    /// RUN apt-get -o APT::Get::Assume-Yes=true install less
    /// RUN apt-get install --dry-run tree
    /// RUN xargs -a packages.txt apt-get install --yes
    /// RUN echo 'APT::Get::Assume-Yes "true";' > /etc/apt/apt.conf.d/90yes
    /// RUN apt-get install htop
    /// ```
    ///
    /// ## Limits
    /// A setting in a file that the base image brings is not seen.
    ///
    /// ## References
    /// - `apt-get(8)`: `--yes`
    "apt-install-without-yes" for DockerfileSubject {
        aliases: [
            "hadolint:DL3014", "kics:apt_get_missing_flags_to_avoid_manual_input",
            "trivy:DS-0021", "semgrep:missing-assume-yes-switch", "dockerfile-doctor:DD023",
            "droast:DF015", "dockerfilelint:apt-get_missing_param",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Safe,
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    report_questions(subject, sink, Manager::Apt, "-y", &["apt::get::assume-yes", "/etc/apt"]);
}

const WANTED: Wanted = Wanted::word(Manager::Apt.programs());
