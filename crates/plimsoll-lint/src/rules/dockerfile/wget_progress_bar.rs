use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::{Word, has_flag};
use plimsoll_text::Edit;

use crate::{
    base::{base_image, has_busybox_tools},
    rule::rule,
    subject::dockerfile::{DockerfileSubject, commands},
};

rule! {
    /// `wget` draws its progress into the log.
    ///
    /// ## Why
    /// Without a terminal the bar becomes thousands of lines in the log of the build.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN wget https://example.com/a
    /// # ^ wget-progress-bar
    /// ```
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN wget https://example.com/a
    /// # ^ wget-progress-bar
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN wget --progress=dot:giga https://example.com/a
    /// # ^ wget-progress-bar
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN wget -q https://example.com/a && wget -nv https://example.com/b
    /// RUN wget --progress=dot:giga https://example.com/a && wget -o /log https://example.com/b
    /// RUN wget -qO- https://example.com/a && apt-get install -y wget && wget --version
    /// ```
    ///
    /// ## Limits
    /// The `wget` of BusyBox has no such option, so on Alpine no fix is offered.
    ///
    /// ## References
    /// - GNU wget manual: download options
    "wget-progress-bar" for DockerfileSubject {
        aliases: [
            "hadolint:DL3047", "droast:DF056",
        ],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Safe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for invocation in commands(run).filter_map(|it| it.invocation()) {
        if invocation.name != "wget" || is_quiet(invocation.args) {
            continue;
        }
        let message = "`wget` fills the log with its progress; use `--progress=dot:giga` or `-q`";
        let draft = sink.report(invocation.name_word.span, message);
        let base = run.stage.and_then(|it| base_image(&subject.dockerfile, it));
        if base.is_some_and(|it| !has_busybox_tools(it)) {
            let edit = Edit::insert(invocation.name_word.span.end, " --progress=dot:giga");
            draft.fix("Draw few dots", Safety::Safe, vec![edit]);
        }
    }
}

fn is_quiet(args: &[Word]) -> bool {
    let long =
        ["quiet", "output-file", "append-output", "no-verbose", "progress", "version", "help"];
    let short = ['q', 'o', 'a', 'V', 'h', 'b'];
    has_flag(args, None, &long)
        || short.into_iter().any(|it| has_flag(args, it, &[]))
        || args.iter().any(|it| it.text().starts_with("-nv"))
}

const WANTED: Wanted = Wanted::word(&["wget"]);
