use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Dialect, Word, WordPart, WordPartKind};

use crate::{
    rule::rule,
    shell_text::{known_dialect, plain_commands},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Escapes that `echo` does not resolve.
    ///
    /// ## Why
    /// In bash and BusyBox `echo "a\nb"` prints a backslash and an `n`; in dash a line break.
    /// `printf` does the same everywhere.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN echo "[main]\nkey=value" > /etc/app.conf
    /// # ^ echo-escapes
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN printf '[main]\nkey=value\n' > /etc/app.conf
    /// RUN echo -e "a\nb"
    /// RUN echo "a\nb" | sed 's/x/y/'
    /// FROM debian:12
    /// RUN echo "a\nb" > /dash-resolves-it
    /// ```
    ///
    /// ## Limits
    /// Only where the shell is known to leave escapes alone.
    ///
    /// ## References
    /// - POSIX utilities: `echo`, application usage
    "echo-escapes" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2028", "hadolint:SC2028", "tally:shellcheck/SC2028",
        ],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for (script, context) in plain_commands(run) {
        let leaves_escapes =
            matches!(known_dialect(run, script), Some(Dialect::Bash | Dialect::Busybox));
        let command = &context.command;
        if !leaves_escapes || command.name() != Some("echo") || context.is_piped_into() {
            continue;
        }
        let args = command.args();
        let first_is_option = args.first().is_some_and(|it| it.text().starts_with("-e"));
        let second = args.iter().take_while(|it| it.text().starts_with('-'));
        if first_is_option || second.into_iter().any(|it| it.text().contains('e')) {
            continue;
        }
        if let Some(word) = args.iter().find(|it| has_escape(it)) {
            sink.report(word.span, "this shell's `echo` prints the backslash; use `printf`");
        }
    }
}

fn has_escape(word: &Word) -> bool {
    fn any(word: &Word, parts: &[WordPart]) -> bool {
        parts.iter().any(|part| match &part.kind {
            WordPartKind::DoubleQuoted(inner) => any(word, inner),
            WordPartKind::SingleQuoted(_) | WordPartKind::Literal(_) => {
                let raw = word.raw_of(part);
                raw.contains("\\n") || raw.contains("\\t") || raw.contains("\\033")
            }
            _ => false,
        })
    }
    word.is_quoted() && any(word, &word.parts)
}

const WANTED: Wanted = Wanted::word(&["echo"]).and_every("\\");
