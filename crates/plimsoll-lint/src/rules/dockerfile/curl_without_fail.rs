use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    rule::rule,
    run_step::{Step, report, steps},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// curl takes an error page for a file.
    ///
    /// ## Why
    /// Without `--fail` curl ends well when the server answers 404 or 500, and writes the error
    /// page in the place of the file. The build goes on with it, or pipes it into a shell.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN curl https://example.com/file -o /tmp/file
    /// # ^ curl-without-fail
    /// RUN curl -sSL https://example.com/install.sh | sh
    /// # ^ curl-without-fail
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN curl -f https://example.com/file -o /tmp/file
    /// # ^ curl-without-fail
    /// RUN curl -f -sSL https://example.com/install.sh | sh
    /// # ^ curl-without-fail
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN curl --fail https://example.com/file -o /tmp/file
    /// RUN curl -fsSL https://example.com/install.sh | sh
    /// RUN curl --fail-with-body -O https://example.com/file && curl -sfo x https://example.com/x
    /// RUN curl -I https://example.com && curl --version
    /// RUN curl -s -o /dev/null -w '%{http_code}' https://example.com
    /// RUN apk add --no-cache curl
    /// ```
    ///
    /// ## Limits
    /// A `.curlrc` that sets it is not seen.
    ///
    /// ## References
    /// - `curl(1)`: `--fail`
    "curl-without-fail" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD016", "droast:DF035"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::On(&[Keyword::Run], check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for step in steps(run).iter().filter(|it| it.name == "curl" && fetches(it)) {
        let is_checked = step.has_short('f')
            || step.has_argument(&["--fail", "--fail-with-body", "--fail-early"])
            || step.has_short('I')
            || step.has_argument(&["--head"])
            || step.has_short('w')
            || step.arguments.iter().any(|it| it.text.starts_with("--write-out"));
        if is_checked {
            continue;
        }
        let edit = step.insert_after(step.name_span, "-f");
        let message = "`curl` without `--fail` takes an error page for the file";
        report(subject, run, sink, step.name_span, message).fix(
            "Add `-f`",
            Safety::Unsafe,
            edit.into_iter().collect(),
        );
    }
}

/// Whether an address is among the words, as far as can be told.
fn fetches(step: &Step) -> bool {
    step.plain_arguments().any(|it| it.text.contains("://") || it.is_dynamic)
}
