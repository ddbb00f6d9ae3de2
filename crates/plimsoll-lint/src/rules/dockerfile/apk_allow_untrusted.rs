use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    every_command::every_invocation, rule::rule, subject::dockerfile::DockerfileSubject,
    word_edit::find_switch,
};

rule! {
    /// `apk` installs packages without a signature.
    ///
    /// ## Why
    /// A package without a signature that `apk` knows can come from anybody, and its scripts run as
    /// root. Put the key of the one who made it into `/etc/apk/keys` instead.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.24
    /// RUN apk add --allow-untrusted ./app.apk
    /// # ^ apk-allow-untrusted
    /// RUN apk update \
    ///   && apk --allow-untrusted add app
    /// # ^ apk-allow-untrusted
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.24
    /// RUN apk add ./app.apk
    /// # ^ apk-allow-untrusted
    /// RUN apk update \
    ///   && apk add app
    /// # ^ apk-allow-untrusted
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24
    /// RUN apk add --no-cache app
    /// RUN echo apk add --allow-untrusted
    /// RUN apk add app && grep -- --allow-untrusted /etc/x
    /// ```
    ///
    /// ## Limits
    /// A key that the build copies in is trusted; where it comes from is not looked at.
    ///
    /// ## References
    /// - `apk(8)`
    "apk-allow-untrusted" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_7"],
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
        if !["apk"].contains(&invocation.name) {
            return;
        }
        let source = &subject.dockerfile.source;
        let flags = ["allow-untrusted"];
        let Some(flag) = find_switch(source, invocation.args, &flags) else { return };
        let message = "`apk` installs packages that nobody has signed; trust their key instead";
        let edits = flag.removal.into_iter().collect();
        let _ = sink.report(flag.span, message).fix("Check signatures", Safety::Unsafe, edits);
    });
}

const WANTED: Wanted = Wanted::word(&["apk"]);
