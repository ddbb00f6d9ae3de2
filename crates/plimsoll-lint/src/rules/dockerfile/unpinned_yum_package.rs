use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::Manager, package_report::report_unpinned, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A yum package without a version.
    ///
    /// ## Why
    /// Two builds of the same Dockerfile give two different images, and nobody can say when a fault
    /// came in. A pin makes each change a commit that can be reviewed and taken back.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM amazonlinux:2
    /// RUN yum -y install httpd-2.4.62 git
    /// # ^ unpinned-yum-package
    /// RUN yum module install -y nodejs
    /// # ^ unpinned-yum-package
    /// RUN ["yum", "-y", "install", "jq"]
    /// # ^ unpinned-yum-package
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM amazonlinux:2
    /// RUN yum -y install httpd-2.4.62 rpm-sign-4.16.1.3-1.el9 gcc-c++-11.*
    /// RUN yum -y install rethinkdb-$VERSION ./local.rpm https://example.com/repo.rpm @development
    /// RUN yum module install -y nodejs:22
    /// RUN yum -y groupinstall "Development Tools"
    /// ```
    ///
    /// ## Limits
    /// A name with a variable in it is left alone. Whether the end of a name is a version is told
    /// by its shape: a digit behind the last hyphen.
    ///
    /// ## References
    /// - `yum(8)`: specifying package names
    /// - CIS Docker Benchmark 4.11
    "unpinned-yum-package" for DockerfileSubject {
        aliases: [
            "hadolint:DL3033",
            "kics:yum_install_without_version",
            "dockerfile-doctor:DD032",
            "droast:DF005",
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
    report_unpinned(subject, run, sink, |it| it.manager == Manager::Yum, "NAME-VERSION");
}

const WANTED: Wanted = Wanted::word(Manager::Yum.programs());
