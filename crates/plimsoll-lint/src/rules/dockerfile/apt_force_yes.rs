use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    every_command::every_invocation, rule::rule, subject::dockerfile::DockerfileSubject,
    word_edit::find_switch,
};

rule! {
    /// `apt` is told to go on whatever happens.
    ///
    /// ## Why
    /// `--force-yes` also installs packages without a signature and downgrades others, without a
    /// word. `-y` answers the questions that a build may answer; each other exception has an option
    /// of its own.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get install -y --force-yes app
    /// # ^ apt-force-yes
    /// RUN apt-get update && apt-get --force-yes -y install app
    /// # ^ apt-force-yes
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get install -y app
    /// # ^ apt-force-yes
    /// RUN apt-get update && apt-get -y install app
    /// # ^ apt-force-yes
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get install -y app
    /// RUN echo apt-get --force-yes
    /// ```
    ///
    /// ## Limits
    /// `--force-yes` is gone from new releases of `apt`, where the build fails anyway.
    ///
    /// ## References
    /// - `apt-get(8)`
    "apt-force-yes" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_11"],
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
        let flags = ["force-yes"];
        let Some(flag) = find_switch(source, invocation.args, &flags) else { return };
        let message = "`--force-yes` also installs what nobody has signed; `-y` is enough";
        let edits = flag.removal.into_iter().collect();
        let _ = sink.report(flag.span, message).fix("Check signatures", Safety::Unsafe, edits);
    });
}

const WANTED: Wanted = Wanted::word(&["apt", "apt-get", "aptitude"]);
