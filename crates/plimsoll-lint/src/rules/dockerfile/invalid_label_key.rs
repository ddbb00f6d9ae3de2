use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Label key that breaks the conventions.
    ///
    /// ## Why
    /// Keys are shared between tools. Docker asks for lower-case letters, digits, dots and
    /// dashes, and keeps some name spaces for itself; other keys collide or cannot be asked for
    /// in filters.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// LABEL com.docker.team=a
    /// # ^ invalid-label-key
    /// LABEL name..of=a
    /// # ^ invalid-label-key
    /// LABEL 1name=a -name=b name$x=c
    /// # ^ invalid-label-key
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG PREFIX=com.example
    /// LABEL com.example.team-name=a version=1 $PREFIX.x=y
    /// LABEL com.docker.extension.publisher-url=https://example.com
    /// ```
    ///
    /// ## Limits
    /// Underscores and slashes, which several tools use, are allowed.
    ///
    /// ## References
    /// - Docker documentation: object labels, key format
    "invalid-label-key" for DockerfileSubject {
        aliases: [
            "hadolint:DL3048", "tally:labels/valid-key",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Label(pairs) = &instruction.kind else { return };
    for pair in &pairs.pairs {
        let expansion = subject.dockerfile.expand_word(instruction, &pair.key);
        let is_open = expansion.value.is_none() && expansion.undefined.is_empty();
        let key = expansion.value.as_deref().unwrap_or(&pair.name);
        if is_open || key.is_empty() {
            continue;
        }
        if let Some(problem) = problem(key) {
            sink.report(pair.key.span, format!("this label key {problem}"));
        }
    }
}

fn problem(key: &str) -> Option<&'static str> {
    let is_edge = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
    let is_inner = |it: char| is_edge(it) || matches!(it, '.' | '-' | '_' | '/');
    let is_extension = key.starts_with("com.docker.extension.")
        || key.starts_with("com.docker.desktop.extension.");
    if RESERVED.iter().any(|it| key.starts_with(it)) && !is_extension {
        Some("is in a name space that Docker keeps for itself")
    } else if !key.starts_with(|it: char| it.is_ascii_lowercase()) {
        Some("must start with a lower-case letter")
    } else if !key.ends_with(is_edge) {
        Some("must end with a letter or a digit")
    } else if !key.chars().all(is_inner) {
        Some("may hold lower-case letters, digits, dots and dashes only")
    } else if key.contains("..") || key.contains("--") {
        Some("has two dots or dashes in a row")
    } else {
        None
    }
}

static RESERVED: &[&str] = &["com.docker.", "io.docker.", "org.dockerproject."];
