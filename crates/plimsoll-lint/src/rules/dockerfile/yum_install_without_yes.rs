use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::Manager, package_report::report_questions, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// yum waits for a "yes" that never comes.
    ///
    /// ## Why
    /// Nobody sits at the keyboard of a build. As soon as `yum` has something to ask it takes the
    /// answer for a no, and the build fails.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM amazonlinux:2
    /// RUN yum install httpd-2.4.62 && yum clean all
    /// # ^ yum-install-without-yes
    /// RUN sudo yum localinstall ./app.rpm
    /// # ^ yum-install-without-yes
    /// RUN ["yum", "install", "git"]
    /// # ^ yum-install-without-yes
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM amazonlinux:2
    /// RUN yum install -y httpd-2.4.62 && yum clean all
    /// # ^ yum-install-without-yes
    /// RUN sudo yum localinstall -y ./app.rpm
    /// # ^ yum-install-without-yes
    /// RUN ["yum", "install", "-y", "git"]
    /// # ^ yum-install-without-yes
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM amazonlinux:2
    /// RUN yum -y install httpd && yum clean all
    /// RUN yum install --assumeyes --downloadonly python3
    /// RUN yum --setopt=assumeyes=1 install git
    /// RUN yes | yum install jq
    /// RUN yuminstall git
    /// ```
    ///
    /// ## Limits
    /// A setting in a file that the base image brings is not seen.
    ///
    /// ## References
    /// - `yum(8)`
    "yum-install-without-yes" for DockerfileSubject {
        aliases: [
            "hadolint:DL3030",
            "kics:yum_install_allows_manual_input",
            "semgrep:missing-yum-assume-yes-switch",
            "droast:DF027",
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
    report_questions(subject, sink, Manager::Yum, "-y", &["assumeyes", "/etc/"]);
}

const WANTED: Wanted = Wanted::word(Manager::Yum.programs());
