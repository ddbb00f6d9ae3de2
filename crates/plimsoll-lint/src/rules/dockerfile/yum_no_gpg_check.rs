use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    every_command::every_invocation, rule::rule, subject::dockerfile::DockerfileSubject,
    word_edit::find_switch,
};

rule! {
    /// `yum`, `dnf` or `zypper` installs packages without a signature.
    ///
    /// ## Why
    /// Without a signature, whoever sits on the way or holds the mirror decides what is installed,
    /// and its scripts run as root. Import the key of the repository with `rpm --import` instead.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM fedora:44
    /// RUN yum install -y --nogpgcheck app
    /// # ^ yum-no-gpg-check
    /// RUN tdnf -y update && \
    ///     tdnf install -y app --nogpgcheck
    /// # ^ yum-no-gpg-check
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM fedora:44
    /// RUN yum install -y app
    /// # ^ yum-no-gpg-check
    /// RUN tdnf -y update && \
    ///     tdnf install -y app
    /// # ^ yum-no-gpg-check
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM fedora:44
    /// RUN dnf install -y app
    /// RUN echo --nogpgcheck && zypper --gpg-auto-import-keys refresh
    /// ```
    ///
    /// ## Limits
    /// `gpgcheck=0` in a repository file that the build copies in is not read.
    ///
    /// ## References
    /// - `dnf(8)`, `zypper(8)`
    "yum-no-gpg-check" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_9"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.verified-packages"],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    every_invocation(subject, instruction, &mut |invocation| {
        if !["yum", "dnf", "dnf5", "tdnf", "microdnf", "zypper", "yum-config-manager"]
            .contains(&invocation.name)
        {
            return;
        }
        let source = &subject.dockerfile.source;
        let flags = ["nogpgcheck", "no-gpgchecks", "no-gpg-checks", "no-gpg-check", "nogpg"];
        let Some(flag) = find_switch(source, invocation.args, &flags) else { return };
        let message = "packages that nobody has signed are installed; trust their key instead";
        let edits = flag.removal.into_iter().collect();
        let _ = sink.report(flag.span, message).fix("Check signatures", Safety::Unsafe, edits);
    });
}

const WANTED: Wanted =
    Wanted::word(&["yum", "dnf", "dnf5", "tdnf", "microdnf", "zypper", "yum-config-manager"]);
