use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::{Node, WordPartKind, walk_script};
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    shell_text::{Assignments, plain_scripts},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Platform argument used without `ARG`.
    ///
    /// ## Why
    /// BuildKit sets `TARGETARCH`, `TARGETPLATFORM` and so on, but a stage sees them only after
    /// `ARG TARGETARCH`. Without it the value is empty, and the wrong file is fetched or a path
    /// loses a part.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN curl -O "https://example.com/app-$TARGETARCH.tar.gz"
    /// # ^ undeclared-platform-argument
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// ARG TARGETARCH
    /// RUN curl -O "https://example.com/app-$TARGETARCH.tar.gz"
    /// # ^ undeclared-platform-argument
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG TARGETARCH
    /// RUN curl -O "https://example.com/app-$TARGETARCH.tar.gz"
    /// RUN TARGETOS=linux && echo "$TARGETOS"
    /// RUN echo "${TARGETVARIANT:-v8}"
    /// ```
    ///
    /// ## Limits
    /// A base image may set a variable of this name with `ENV`; that is not known here.
    ///
    /// ## References
    /// - Dockerfile reference: automatic platform arguments
    "undeclared-platform-argument" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2154", "hadolint:SC2154", "tally:shellcheck/SC2154",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    if run.stage.is_none() {
        return;
    }
    let environment = subject.dockerfile.environment_at(run.index);
    let mut told: Vec<&str> = Vec::new();
    for script in plain_scripts(run) {
        let mut assignments = None;
        walk_script(script, &mut |node| {
            let Node::Part(part, _) = node else { return };
            let WordPartKind::Parameter(parameter) = &part.kind else { return };
            let Some(name) = PLATFORM.iter().find(|it| parameter.name == ***it) else { return };
            let known = environment.get(name).is_some_and(|it| it.instruction.is_some());
            let is_assigned = |it: &Assignments| it.has(name);
            if known
                || parameter.operator.is_some()
                || told.contains(name)
                || is_assigned(assignments.get_or_insert_with(|| Assignments::of(script)))
            {
                return;
            }
            told.push(name);
            let message = format!("`{name}` is empty here; the stage needs `ARG {name}`");
            let draft = sink.report(part.span, message);
            if !run.onbuild {
                let edit = Edit::insert(run.span.start, format!("ARG {name}\n"));
                draft.fix("Declare it", Safety::Unsafe, vec![edit]);
            }
        });
    }
}

static PLATFORM: &[&str] = &[
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
];

const WANTED: Wanted = Wanted::every("$");
