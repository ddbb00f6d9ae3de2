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
    /// curl does not follow redirects.
    ///
    /// ## Why
    /// Downloads move. Without `--location` curl writes the empty or short answer that says where
    /// to, and ends well.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN curl -fsS https://example.com/file -o /tmp/file
    /// # ^ curl-without-redirects
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN curl -L -fsS https://example.com/file -o /tmp/file
    /// # ^ curl-without-redirects
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN curl -fsSL https://example.com/file -o /tmp/file
    /// RUN curl --location https://example.com/x && curl --location-trusted https://example.com/y
    /// RUN curl -f -X POST https://example.com/hook && curl -I https://example.com
    /// RUN curl -f http://localhost:8080/ready
    /// ```
    ///
    /// ## Limits
    /// Where a redirect may not be followed on purpose, a waiver says so. Requests that send
    /// something are left alone.
    ///
    /// ## References
    /// - `curl(1)`: `--location`
    "curl-without-redirects" for DockerfileSubject {
        aliases: ["tally:curl-should-follow-redirects"],
        severity: Info,
        confidence: Medium,
        audience: Style,
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
        found.iter().map(|it| it.insert_after(it.name_span, "-L")).collect();
    let message = "`curl` without `--location` does not follow a redirect";
    report(subject, run, sink, first.name_span, message).fix(
        "Add `-L`",
        Safety::Unsafe,
        edits.unwrap_or_default(),
    );
}

/// Options that follow redirects, or that send something.
const SHORT: &str = "LXdFTI";
static LONG: &[&str] = &[
    "--location",
    "--location-trusted",
    "--request",
    "--data",
    "--data-binary",
    "--data-raw",
    "--form",
    "--upload-file",
    "--head",
    "--json",
];

const WANTED: Wanted = Wanted::word(&["curl"]);
