use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `SHELL` without the JSON form.
    ///
    /// ## Why
    /// `SHELL` takes a JSON array and nothing else; the build fails on any other form.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// SHELL /bin/bash -c
    /// # ^ shell-not-exec-form
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// SHELL ["/bin/bash", "-c"]
    /// # ^ shell-not-exec-form
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// SHELL ["/bin/bash", "-c"]
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Dockerfile reference: `SHELL`
    "shell-not-exec-form" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD043"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::On(&[Keyword::Shell], check),
    }
}

fn check(subject: &DockerfileSubject, shell: &Instruction, sink: &mut Sink<'_>) {
    if !matches!(shell.kind, InstructionKind::Invalid) {
        return;
    }
    let draft = sink.report(shell.name, "`SHELL` needs a JSON array of strings");
    let text = subject.dockerfile.source.slice(shell.args);
    let plain = !text.is_empty() && !text.contains(['"', '\'', '[', ']', '\\', '\n', '`', '$']);
    if plain {
        let words: Vec<String> = text.split_whitespace().map(|it| format!("\"{it}\"")).collect();
        let edit = Edit::replace(shell.args, format!("[{}]", words.join(", ")));
        draft.fix("Write a JSON array", Safety::Unsafe, vec![edit]);
    }
}
