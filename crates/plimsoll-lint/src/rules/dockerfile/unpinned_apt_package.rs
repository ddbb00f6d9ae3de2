use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::Manager, package_report::report_unpinned, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// An apt package without a version.
    ///
    /// ## Why
    /// Two builds of the same Dockerfile give two different images, and the difference shows up as
    /// a fault that nobody can date. A pin makes the change a commit. It also has a price: old
    /// versions leave the archive, and then the build fails until the pin moves; a snapshot archive
    /// avoids that.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl=8.14.1-2 git
    /// # ^ unpinned-apt-package
    /// RUN ["apt-get", "install", "-y", "-t", "trixie", "jq"]
    /// # ^ unpinned-apt-package
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl=8.14.* git/stable
    /// ARG NODE_VERSION=22.1.0-1
    /// RUN apt-get install -y nodejs=$NODE_VERSION ./local.deb
    /// RUN apt-get install -y $PACKAGES -t trixie
    /// RUN xargs -a packages.txt apt-get install -y
    /// RUN apt-get remove -y curl && apt-get install -y git-
    /// ```
    ///
    /// ## Limits
    /// A word with a variable in it is left alone, since the variable may hold the version.
    ///
    /// ## References
    /// - Docker documentation, building best practices: version pinning
    /// - CIS Docker Benchmark 4.11
    "unpinned-apt-package" for DockerfileSubject {
        aliases: [
            "hadolint:DL3008", "kics:apt_get_install_pin_version_not_defined",
            "dockerfile-doctor:DD022", "dockerfile-doctor:DD069", "droast:DF005",
        ],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.verified-packages"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    report_unpinned(subject, run, sink, |it| it.manager == Manager::Apt, "NAME=VERSION");
}

const WANTED: Wanted = Wanted::word(Manager::Apt.programs());
