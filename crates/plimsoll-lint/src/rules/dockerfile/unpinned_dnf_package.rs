use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::Manager, package_report::report_unpinned, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A dnf package without a version.
    ///
    /// ## Why
    /// Two builds of the same Dockerfile give two different images, and nobody can say when a fault
    /// came in. A pin makes each change a commit that can be reviewed and taken back.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN dnf -y install httpd-2.4.62 rpm-sign
    /// # ^ unpinned-dnf-package
    /// RUN microdnf -y install java-21-openjdk
    /// # ^ unpinned-dnf-package
    /// RUN dnf module install -y nodejs
    /// # ^ unpinned-dnf-package
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN dnf -y install openssl-1:1.1.1k gcc-c++-1.1.1
    /// RUN microdnf -y install rpm-sign-4.16.1.3 'nginx >= 1.26'
    /// RUN dnf -y --setopt=group_package_types=mandatory group install "Development Tools"
    /// RUN dnf module install -y nodejs:22 && notdnf install httpd
    /// ```
    ///
    /// ## Limits
    /// A name with a variable in it is left alone. Whether the end of a name is a version is told
    /// by its shape: a digit behind the last hyphen.
    ///
    /// ## References
    /// - `dnf(8)`: specifying packages
    /// - CIS Docker Benchmark 4.11
    "unpinned-dnf-package" for DockerfileSubject {
        aliases: ["hadolint:DL3041", "kics:missing_version_specification_in_dnf_install"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.verified-packages"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    report_unpinned(subject, run, sink, |it| it.manager == Manager::Dnf, "NAME-VERSION");
}

const WANTED: Wanted = Wanted::word(Manager::Dnf.programs());
