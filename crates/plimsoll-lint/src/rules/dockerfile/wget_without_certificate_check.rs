use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    every_command::every_invocation, rule::rule, subject::dockerfile::DockerfileSubject,
    word_edit::find_switch,
};

rule! {
    /// `wget` does not check certificates.
    ///
    /// ## Why
    /// Without the check, whoever sits on the way can hand the build another file. If the server's
    /// authority is your own, add it to the image's trust store and keep the check.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN wget --no-check-certificate -O a https://example.com/a
    /// # ^ wget-without-certificate-check
    /// RUN apt-get update && wget https://example.com/b --no-check-certificate
    /// # ^ wget-without-certificate-check
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN wget -O a https://example.com/a
    /// # ^ wget-without-certificate-check
    /// RUN apt-get update && wget https://example.com/b
    /// # ^ wget-without-certificate-check
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN wget --ca-certificate=/etc/ssl/ca.pem https://example.com/a
    /// RUN echo wget --no-check-certificate
    /// HEALTHCHECK CMD wget --no-check-certificate -qO- https://localhost/
    /// ```
    ///
    /// ## Limits
    /// A health check asks its own container, where the check proves nothing; it is not judged.
    ///
    /// ## References
    /// - `wget(1)`, `--no-check-certificate`
    "wget-without-certificate-check" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_3", "dockerfile-doctor:DD055"],
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
        if invocation.name != "wget" {
            return;
        }
        let source = &subject.dockerfile.source;
        let long = ["no-check-certificate"];
        let Some(flag) = find_switch(source, invocation.args, &long) else { return };
        let message =
            "`wget` takes any certificate; keep the check and trust the authority instead";
        let edits = flag.removal.into_iter().collect();
        let _ = sink.report(flag.span, message).fix("Check certificates", Safety::Unsafe, edits);
    });
}

const WANTED: Wanted = Wanted::word(&["wget"]);
