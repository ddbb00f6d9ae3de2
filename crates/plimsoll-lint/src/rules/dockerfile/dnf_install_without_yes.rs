use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::Manager, package_report::report_questions, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// dnf waits for a "yes" that never comes.
    ///
    /// ## Why
    /// Nobody sits at the keyboard of a build. As soon as `dnf` has something to ask it takes the
    /// answer for a no, and the build fails.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN dnf install httpd-2.4.62 && dnf clean all
    /// # ^ dnf-install-without-yes
    /// RUN microdnf install git
    /// # ^ dnf-install-without-yes
    /// RUN dnf group install "Development Tools"
    /// # ^ dnf-install-without-yes
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN dnf install -y httpd-2.4.62 && dnf clean all
    /// # ^ dnf-install-without-yes
    /// RUN microdnf install -y git
    /// # ^ dnf-install-without-yes
    /// RUN dnf group install -y "Development Tools"
    /// # ^ dnf-install-without-yes
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN set -ux; dnf config-manager --set-enabled extra; dnf install -y httpd; dnf clean all
    /// RUN microdnf -y install git
    /// RUN dnf install -vy jq
    /// RUN notdnf install httpd
    /// RUN echo "assumeyes=True" >> /etc/dnf/dnf.conf
    /// RUN dnf install bc
    /// ```
    ///
    /// ## Limits
    /// A setting in a file that the base image brings is not seen.
    ///
    /// ## References
    /// - `dnf(8)`
    "dnf-install-without-yes" for DockerfileSubject {
        aliases: [
            "hadolint:DL3038",
            "kics:missing_flag_from_dnf_install",
            "semgrep:missing-dnf-assume-yes-switch",
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
    report_questions(subject, sink, Manager::Dnf, "-y", &["assumeyes", "/etc/"]);
}

const WANTED: Wanted = Wanted::word(Manager::Dnf.programs());
