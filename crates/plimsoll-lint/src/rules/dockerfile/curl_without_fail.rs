use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_text::Edit;

use crate::{
    curl::{has_curl_option, is_curl_fetch},
    rule::rule,
    run_step::{Step, report},
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
    /// RUN curl -sSLo/tmp/file https://example.com/install.sh
    /// # ^ curl-without-fail
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN curl -f https://example.com/file -o /tmp/file
    /// # ^ curl-without-fail
    /// RUN curl -f -sSLo/tmp/file https://example.com/install.sh
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
    /// RUN curl -s -o /dev/null -w '%{http_code}' https://example.com && curl localhost
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
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let steps = subject.steps(run);
    let found: Vec<&Step> =
        steps.iter().filter(|it| is_curl_fetch(it) && !has_curl_option(it, SHORT, LONG)).collect();
    let Some(first) = found.first() else { return };
    let edits: Option<Vec<Edit>> =
        found.iter().map(|it| it.insert_after(it.name_span, "-f")).collect();
    let message = "`curl` without `--fail` takes an error page for the file";
    report(subject, run, sink, first.name_span, message).fix(
        "Add `-f`",
        Safety::Unsafe,
        edits.unwrap_or_default(),
    );
}

/// Options that make a failure seen, or that ask for no file.
const SHORT: &str = "fIw";
static LONG: &[&str] = &["--fail", "--fail-with-body", "--fail-early", "--head", "--write-out"];

const WANTED: Wanted = Wanted::word(&["curl"]);
