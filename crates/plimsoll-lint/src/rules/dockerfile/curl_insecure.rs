use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    every_command::every_invocation, rule::rule, subject::dockerfile::DockerfileSubject,
    word_edit::find_switch,
};

rule! {
    /// `curl` does not check certificates.
    ///
    /// ## Why
    /// Without the check, whoever sits on the way can hand the build another file. If the server's
    /// authority is your own, add it to the image's trust store and keep the check.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -k https://example.com/a
    /// # ^ curl-insecure
    /// RUN curl -fsSLk https://example.com/a
    /// # ^ curl-insecure
    /// RUN curl https://example.com/b \
    ///   --insecure
    /// # ^ curl-insecure
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// HEALTHCHECK CMD ["curl", "-k", "https://localhost/"]
    /// RUN ["curl", "--insecure", "https://example.com"]
    /// # ^ curl-insecure
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl https://example.com/a
    /// # ^ curl-insecure
    /// RUN curl -fsSL https://example.com/a
    /// # ^ curl-insecure
    /// RUN curl https://example.com/b
    /// # ^ curl-insecure
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -fsSL --cacert /etc/ssl/ca.pem https://example.com/a
    /// RUN echo curl -k && grep -k curl
    /// RUN curl -K config.txt
    /// HEALTHCHECK CMD curl -k https://localhost/ || exit 1
    /// ```
    ///
    /// ## Limits
    /// A health check asks its own container, where the check proves nothing; it is not judged.
    ///
    /// ## References
    /// - `curl(1)`, `--insecure`
    "curl-insecure" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_2", "dockerfile-doctor:DD056"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.verified-packages"],
        fix: Unsafe,
        check: Check::On(&[Keyword::Run], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    every_invocation(instruction, &mut |invocation| {
        if invocation.name != "curl" {
            return;
        }
        let source = &subject.dockerfile.source;
        let long = ["insecure", "proxy-insecure", "doh-insecure"];
        let Some(flag) = find_switch(source, invocation.args, Some('k'), &long) else { return };
        let message =
            "`curl` takes any certificate; keep the check and trust the authority instead";
        let edits = flag.removal.into_iter().collect();
        let _ = sink.report(flag.span, message).fix("Check certificates", Safety::Unsafe, edits);
    });
}
