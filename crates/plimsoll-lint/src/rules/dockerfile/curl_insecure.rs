use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::Word;

use crate::{
    every_command::every_invocation, rule::rule, subject::dockerfile::DockerfileSubject,
    word_edit::switch_removal,
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
    /// RUN curl -K config.txt && curl -Lokubectl https://example.com/kubectl && curl -o -k x.io
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
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    every_invocation(subject, instruction, &mut |invocation| {
        if invocation.name != "curl" {
            return;
        }
        let source = &subject.dockerfile.source;
        let Some(word) = insecure_option(invocation.args) else { return };
        let message = "`curl` takes any certificate; trust the missing authority instead";
        let edits = switch_removal(source, word, Some('k')).into_iter().collect();
        let _ = sink.report(word.span, message).fix("Check certificates", Safety::Unsafe, edits);
    });
}

/// The word that switches the check off. In a cluster such as `-okubectl` the letters after one
/// that takes a value are that value.
fn insecure_option(args: &[Word]) -> Option<&Word> {
    let mut is_value = false;
    for word in args {
        let text = word.text();
        if std::mem::take(&mut is_value) || !text.starts_with('-') {
            continue;
        }
        if let Some(name) = text.strip_prefix("--") {
            if ["insecure", "proxy-insecure", "doh-insecure"].contains(&name) {
                return Some(word);
            }
            continue;
        }
        let letters = text.get(1..).unwrap_or_default();
        match letters.find(|it| it == 'k' || SHORT_VALUES.contains(it)) {
            Some(at) if letters.get(at..).is_some_and(|it| it.starts_with('k')) => {
                return Some(word);
            }
            Some(at) => is_value = at + 1 == letters.len(),
            None => {}
        }
    }
    None
}

/// Short options that take a value.
const SHORT_VALUES: &str = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";

const WANTED: Wanted = Wanted::word(&["curl"]);
