use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Confidence, Sink};
use plimsoll_shell::ErrorKind;

use crate::{
    rule::rule,
    shell_text::{known_dialect, plain_scripts},
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// Command that the shell cannot read.
    ///
    /// ## Why
    /// A quote that is never closed or an `if` without `fi` fails the build, or, in `CMD` and
    /// `HEALTHCHECK`, the container.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN echo "hello
    /// # ^ shell-syntax-error
    /// RUN if [ -f x ]; then make;
    /// # ^ shell-syntax-error
    /// CMD sleep 1 && && date
    /// # ^ shell-syntax-error
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN echo "hello" && if [ -f x ]; then make; fi
    /// RUN ["echo", "\"hello"]
    /// FROM mcr.microsoft.com/windows/servercore:ltsc2022
    /// RUN echo "hello
    /// ```
    ///
    /// ## Limits
    /// Only the first error of a script is reported. Scripts for PowerShell and `cmd` are not
    /// read.
    ///
    /// ## References
    /// - POSIX shell command language
    "shell-syntax-error" for DockerfileSubject {
        aliases: [
            "shellcheck:SC1009", "hadolint:SC1009", "tally:shellcheck/SC1009",
            "shellcheck:SC1036", "hadolint:SC1036", "tally:shellcheck/SC1036",
            "shellcheck:SC1046", "hadolint:SC1046", "tally:shellcheck/SC1046",
            "shellcheck:SC1047", "hadolint:SC1047", "tally:shellcheck/SC1047",
            "shellcheck:SC1056", "hadolint:SC1056", "tally:shellcheck/SC1056",
            "shellcheck:SC1058", "hadolint:SC1058", "tally:shellcheck/SC1058",
            "shellcheck:SC1061", "hadolint:SC1061", "tally:shellcheck/SC1061",
            "shellcheck:SC1062", "hadolint:SC1062", "tally:shellcheck/SC1062",
            "shellcheck:SC1070", "hadolint:SC1070", "tally:shellcheck/SC1070",
            "shellcheck:SC1072", "hadolint:SC1072", "tally:shellcheck/SC1072",
            "shellcheck:SC1073", "hadolint:SC1073", "tally:shellcheck/SC1073",
            "shellcheck:SC1078", "hadolint:SC1078", "tally:shellcheck/SC1078",
            "shellcheck:SC1079", "hadolint:SC1079", "tally:shellcheck/SC1079",
            "shellcheck:SC1083", "hadolint:SC1083", "tally:shellcheck/SC1083",
            "shellcheck:SC1088", "hadolint:SC1088", "tally:shellcheck/SC1088",
            "shellcheck:SC1089", "hadolint:SC1089", "tally:shellcheck/SC1089", "hadolint:SC*",
            "tally:shellcheck/*",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(KINDS, check),
    }
}

fn check(_: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let shell_form = form(instruction).and_then(|it| it.shell());
    // A broken JSON form is not meant for the shell; that is another rule's concern.
    if shell_form.is_none_or(|it| it.exec_fallback) {
        return;
    }
    for script in plain_scripts(instruction) {
        let Some(error) = script.errors.iter().find(|it| it.kind == ErrorKind::Syntax) else {
            continue;
        };
        let message = format!("the shell cannot read this: {}", error.message);
        let draft = sink.report(error.span, message);
        if known_dialect(instruction, script).is_none() {
            draft.confidence(Confidence::Medium);
        }
    }
}

/// Instructions that run something.
static KINDS: &[Keyword] = &[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck];
