use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    every_command::every_invocation, rule::rule, subject::dockerfile::DockerfileSubject,
    word_edit::find_switch,
};

rule! {
    /// `rpm` installs packages without checking them.
    ///
    /// ## Why
    /// Without digest and signature, a package may be broken or come from anybody, and its scripts
    /// run as root. Import the key of the one who made it with `rpm --import` instead.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM fedora:44
    /// RUN rpm -i --nosignature app.rpm
    /// # ^ rpm-no-signature-check
    /// RUN rpm --nodigest -Uvh app.rpm && rpm --noverify -i other.rpm
    /// # ^ rpm-no-signature-check
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM fedora:44
    /// RUN rpm -i app.rpm
    /// # ^ rpm-no-signature-check
    /// RUN rpm -Uvh app.rpm && rpm -i other.rpm
    /// # ^ rpm-no-signature-check
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM fedora:44
    /// RUN rpm -i app.rpm
    /// RUN rpm --import https://example.com/key.asc
    /// RUN rpm -V --nodeps app
    /// RUN echo rpm --nosignature
    /// ```
    ///
    /// ## Limits
    /// A package without any signature is installed by `rpm -i` too, with a warning only.
    ///
    /// ## References
    /// - `rpm(8)`
    "rpm-no-signature-check" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_10"],
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
        if !["rpm"].contains(&invocation.name) {
            return;
        }
        let source = &subject.dockerfile.source;
        let flags = ["nodigest", "nosignature", "noverify", "nofiledigest"];
        let Some(flag) = find_switch(source, invocation.args, &flags) else { return };
        let message =
            "`rpm` installs what it has not checked; trust the key of the package instead";
        let edits = flag.removal.into_iter().collect();
        let _ = sink.report(flag.span, message).fix("Check signatures", Safety::Unsafe, edits);
    });
}

const WANTED: Wanted = Wanted::word(&["rpm"]);
