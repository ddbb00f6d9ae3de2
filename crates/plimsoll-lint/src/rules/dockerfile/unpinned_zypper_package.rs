use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::Manager, package_report::report_unpinned, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A zypper package without a version.
    ///
    /// ## Why
    /// Two builds of the same Dockerfile give two different images, and nobody can say when a fault
    /// came in. A pin makes each change a commit that can be reviewed and taken back.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper -n install httpd && zypper clean
    /// # ^ unpinned-zypper-package
    /// RUN ["zypper", "-n", "in", "git"]
    /// # ^ unpinned-zypper-package
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper -n install httpd=2.4.46 'git>=2.43' jq\<2 tomcat-9.0.39-1.rpm
    /// RUN zypper -n install -t pattern devel_basis
    /// RUN zypper -n install $PACKAGES
    /// ```
    ///
    /// ## Limits
    /// A name with a variable in it is left alone. Whether the end of a name is a version is told
    /// by its shape: a digit behind the last hyphen.
    ///
    /// ## References
    /// - `zypper(8)`: package specifications
    /// - CIS Docker Benchmark 4.11
    "unpinned-zypper-package" for DockerfileSubject {
        aliases: ["hadolint:DL3037", "kics:zypper_install_without_version"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.verified-packages"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    report_unpinned(subject, run, sink, |it| it.manager == Manager::Zypper, "NAME=VERSION");
}

const WANTED: Wanted = Wanted::word(Manager::Zypper.programs());
