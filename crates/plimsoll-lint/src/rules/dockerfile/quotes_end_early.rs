use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Word, WordPart, WordPartKind};

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// Quotes inside quotes end the text.
    ///
    /// ## Why
    /// In `"{"name": "app"}"` the inner quotes close the text and open it again: what is printed
    /// has no quotes at all.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN echo "{"name": "app"}" > config.json
    /// # ^ quotes-end-early
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN echo "{\"name\": \"app\"}" > config.json
    /// RUN echo '{"name": "app"}' > config.json
    /// RUN echo "$A"/"$B" "a"'b'"c" --name="x"
    /// ```
    ///
    /// ## Limits
    /// Only a name between two quoted texts is reported.
    ///
    /// ## References
    /// - POSIX shell command language: double quotes
    "quotes-end-early" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2140", "hadolint:SC2140", "tally:shellcheck/SC2140",
            "shellcheck:SC2026", "hadolint:SC2026", "tally:shellcheck/SC2026",
        ],
        severity: Low,
        confidence: Low,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for (_, context) in plain_commands(run) {
        for word in context.command.args() {
            if let Some(part) = broken_out(word) {
                sink.report(part.span, "the quotes before this end the text; escape them");
            }
        }
    }
}

/// The bare name between a quoted text that looks cut off and another quoted text.
fn broken_out(word: &Word) -> Option<&WordPart> {
    word.parts.windows(3).find_map(|window| {
        let [before, middle, after] = window else { return None };
        let WordPartKind::Literal(text) = &middle.kind else { return None };
        let is_name = text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_' || it == ' ');
        let cut = quoted_text(word, before)
            .is_some_and(|it| it.ends_with(['{', ',', ' ', ':', '=', '(', '[']));
        (is_name && cut && quoted_text(word, after).is_some()).then_some(middle)
    })
}

fn quoted_text<'a>(word: &'a Word, part: &WordPart) -> Option<&'a str> {
    let raw = word.raw_of(part);
    match &part.kind {
        WordPartKind::DoubleQuoted(_) => raw.strip_prefix('"')?.strip_suffix('"'),
        _ => None,
    }
}

const WANTED: Wanted = Wanted::every("\"");
