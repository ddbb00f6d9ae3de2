use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    subject::dockerfile::{DockerfileSubject, commands},
};

rule! {
    /// Packages that may ask questions while they are set up.
    ///
    /// ## Why
    /// `-y` answers for apt, not for the packages: `tzdata` and others wait for an answer, and
    /// the build hangs. `DEBIAN_FRONTEND=noninteractive` makes them take their defaults.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y tzdata
    /// # ^ apt-asks-questions
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y tzdata
    /// # ^ apt-asks-questions
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG DEBIAN_FRONTEND=noninteractive
    /// RUN apt-get install -y tzdata
    /// FROM debian:12
    /// RUN export DEBIAN_FRONTEND=noninteractive && apt-get install -y tzdata
    /// RUN apt-get update
    /// ```
    ///
    /// ## Limits
    /// Which packages ask is not known.
    ///
    /// ## References
    /// - debconf manual: frontends
    "apt-asks-questions" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD035"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let set_before = subject.dockerfile.environment_at(run.index).get("DEBIAN_FRONTEND").is_some();
    if set_before || subject.dockerfile.source.slice(run.span).contains("DEBIAN_FRONTEND") {
        return;
    }
    let mut edits = Vec::new();
    let mut found = false;
    for command in commands(run) {
        let Some(invocation) = command.invocation() else { continue };
        let installs = invocation.args.iter().any(|it| it.is("install"));
        if !matches!(invocation.name, "apt-get" | "apt") || !installs {
            continue;
        }
        found = true;
        if invocation.prefixes.is_empty() {
            let start = command.simple().span.start;
            edits.push(Edit::insert(start, "DEBIAN_FRONTEND=noninteractive "));
        }
    }
    if found {
        sink.report(run.name, "packages may ask questions; set `DEBIAN_FRONTEND=noninteractive`")
            .fix("Set it", Safety::Unsafe, edits);
    }
}

const WANTED: Wanted = Wanted::word(&["apt-get", "apt"]);
