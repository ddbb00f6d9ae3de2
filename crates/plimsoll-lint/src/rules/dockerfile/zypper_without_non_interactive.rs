use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::Manager, package_report::report_questions, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// zypper waits for an answer that never comes.
    ///
    /// ## Why
    /// Nobody sits at the keyboard of a build. As soon as `zypper` has something to ask it takes
    /// the answer for a no, and the build fails.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper install curl && zypper clean
    /// # ^ zypper-without-non-interactive
    /// RUN zypper rm git
    /// # ^ zypper-without-non-interactive
    /// RUN ["zypper", "patch"]
    /// # ^ zypper-without-non-interactive
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper install -y curl && zypper clean
    /// # ^ zypper-without-non-interactive
    /// RUN zypper rm -y git
    /// # ^ zypper-without-non-interactive
    /// RUN ["zypper", "patch", "-y"]
    /// # ^ zypper-without-non-interactive
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper install -y curl && zypper clean
    /// RUN zypper -n in git && zypper --non-interactive up
    /// RUN zypper install --non-interactive jq && zypper install --no-confirm bc
    /// RUN zypper refresh
    /// ```
    ///
    /// ## Limits
    /// A setting in a file that the base image brings is not seen.
    ///
    /// ## References
    /// - `zypper(8)`
    "zypper-without-non-interactive" for DockerfileSubject {
        aliases: [
            "hadolint:DL3034",
            "kics:missing_zypper_non_interactive_switch",
            "droast:DF043",
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
    report_questions(subject, sink, Manager::Zypper, "-y", &[]);
}

const WANTED: Wanted = Wanted::word(Manager::Zypper.programs());
