use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_text::Span;

use crate::{
    rule::rule,
    subject::dockerfile::{DockerfileSubject, commands},
};

rule! {
    /// Both `wget` and `curl` in one stage.
    ///
    /// ## Why
    /// Either can do the work of the other. Two of them are two packages to keep patched.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN wget https://example.com/a
    /// # ^ wget-and-curl
    /// RUN curl -O https://example.com/b
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN curl -O https://example.com/a && apt-get install -y wget
    /// FROM debian:12
    /// RUN wget https://example.com/a
    /// ```
    ///
    /// ## Limits
    /// A stage that starts from another one is looked at alone.
    ///
    /// ## References
    /// - Dockerfile best practices: do not install unnecessary packages
    "wget-and-curl" for DockerfileSubject {
        aliases: [
            "hadolint:DL4001", "kics:run_using_wget_and_curl", "trivy:DS-0014",
            "semgrep:use-either-wget-or-curl", "droast:DF058",
        ],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::WholeWith(WANTED, check),
    }
}

/// Where a stage first uses each of the two.
#[derive(Default)]
struct Uses {
    wget: Option<Span>,
    curl: Option<Span>,
    is_told: bool,
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let mut uses = Uses::default();
    for instruction in subject.dockerfile.all_instructions() {
        if instruction.keyword == Keyword::From {
            uses = Uses::default();
        }
        if instruction.keyword != Keyword::Run || !subject.may_hold(instruction, &WANTED) {
            continue;
        }
        for invocation in commands(instruction).filter_map(|it| it.invocation()) {
            let place = match invocation.name {
                "wget" => &mut uses.wget,
                "curl" => &mut uses.curl,
                _ => continue,
            };
            place.get_or_insert(invocation.name_word.span);
        }
        if let (Some(wget), Some(curl), false) = (uses.wget, uses.curl, uses.is_told) {
            uses.is_told = true;
            let (first, other) = if wget < curl { (wget, curl) } else { (curl, wget) };
            sink.report(first, "this stage uses both `wget` and `curl`; one is enough")
                .related(other, "the other one");
        }
    }
}

const WANTED: Wanted = Wanted::word(&["curl", "wget"]);
