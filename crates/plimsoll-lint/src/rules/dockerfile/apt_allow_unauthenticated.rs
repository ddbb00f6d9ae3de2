use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    every_command::every_invocation, rule::rule, subject::dockerfile::DockerfileSubject,
    word_edit::find_switch,
};

rule! {
    /// `apt` installs packages without a signature.
    ///
    /// ## Why
    /// Without a signature, whoever sits on the way or holds the mirror decides what is installed,
    /// and its scripts run as root. Add the key of the repository, bound to it by `signed-by`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get install -y --allow-unauthenticated app
    /// # ^ apt-allow-unauthenticated
    /// RUN apt-get update && apt --allow-unauthenticated install -y app
    /// # ^ apt-allow-unauthenticated
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get install -y app
    /// # ^ apt-allow-unauthenticated
    /// RUN apt-get update && apt install -y app
    /// # ^ apt-allow-unauthenticated
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get install -y app
    /// RUN echo apt-get --allow-unauthenticated
    /// RUN apt-get install -y app && grep -- --allow-unauthenticated /etc/x
    /// ```
    ///
    /// ## Limits
    /// Settings in files below `/etc/apt` that the build copies in are not read.
    ///
    /// ## References
    /// - `apt-get(8)`, `apt-secure(8)`
    "apt-allow-unauthenticated" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_8"],
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
        if !["apt", "apt-get", "aptitude"].contains(&invocation.name) {
            return;
        }
        let source = &subject.dockerfile.source;
        let flags = ["allow-unauthenticated", "allow-insecure-repositories", "allow-untrusted"];
        let Some(flag) = find_switch(source, invocation.args, &flags) else { return };
        let message = "`apt` installs packages that nobody has signed; trust their key instead";
        let edits = flag.removal.into_iter().collect();
        let _ = sink.report(flag.span, message).fix("Check signatures", Safety::Unsafe, edits);
    });
}

const WANTED: Wanted = Wanted::word(&["apt", "apt-get", "aptitude"]);
