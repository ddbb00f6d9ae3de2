use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Three or more `RUN` in a row.
    ///
    /// ## Why
    /// Every `RUN` is a layer. Steps that belong together are smaller and clearer in one.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update
    /// # ^ many-run-instructions
    /// RUN apt-get install -y curl
    /// RUN rm -rf /var/lib/apt/lists/*
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make
    /// RUN make install
    /// ```
    ///
    /// ## Limits
    /// In stages that are thrown away layers cost little.
    ///
    /// ## References
    /// - Dockerfile best practices: minimize the number of layers
    "many-run-instructions" for DockerfileSubject {
        aliases: [
            "droast:DF003", "dockerfile-doctor:DD064",
            "kics:multiple_run_add_copy_instructions_listed",
        ],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let instructions: Vec<&Instruction> = subject.dockerfile.all_instructions().collect();
    for row in instructions.chunk_by(|left, right| left.keyword == right.keyword) {
        if let [first, _, _, ..] = row
            && first.keyword == Keyword::Run
        {
            let message = format!("{} `RUN` in a row; join those that belong together", row.len());
            sink.report(first.name, message);
        }
    }
}
