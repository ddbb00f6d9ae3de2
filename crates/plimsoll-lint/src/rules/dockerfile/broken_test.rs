use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{RedirectOperator, SimpleCommand, Word, WordPartKind};
use plimsoll_text::Span;

use crate::{
    rule::rule,
    shell_text::{is_test, plain_commands, test_words},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Test that does not ask what it seems to.
    ///
    /// ## Why
    /// `[ -n $x ]` is true for an empty `x`, `[ "$x"="y" ]` is always true, and `[ 2 > 1 ]`
    /// writes a file called `1`. The build takes the wrong branch without a word.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// ARG DEBUG
    /// RUN if [ -n $DEBUG ]; then make debug; fi
    /// # ^ broken-test
    /// RUN if [ "$DEBUG"="yes" ]; then make debug; fi
    /// # ^ broken-test
    /// RUN if [ "$(nproc)" > 4 ]; then make fast; fi
    /// # ^ broken-test
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG DEBUG
    /// RUN if [ -n "$DEBUG" ] && [ "$DEBUG" = yes ] && [ "$(nproc)" -gt 4 ]; then make; fi
    /// RUN if [ -n $# ]; then [ -f x ] > /dev/null 2>&1; fi
    /// RUN [[ -n $DEBUG ]] && [ "x=$DEBUG" ]
    /// RUN test -f /x > /log
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - POSIX utilities: `test`
    "broken-test" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2070", "hadolint:SC2070", "tally:shellcheck/SC2070",
            "shellcheck:SC2071", "hadolint:SC2071", "tally:shellcheck/SC2071",
            "shellcheck:SC2072", "hadolint:SC2072", "tally:shellcheck/SC2072",
            "shellcheck:SC2073", "hadolint:SC2073", "tally:shellcheck/SC2073",
            "shellcheck:SC2077", "hadolint:SC2077", "tally:shellcheck/SC2077",
            "shellcheck:SC2065", "hadolint:SC2065", "tally:shellcheck/SC2065",
        ],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for (_, context) in plain_commands(run) {
        let command = &context.command;
        if !is_test(command) {
            continue;
        }
        if let Some(word) = length_of_unquoted(command) {
            sink.report(word.span, "without quotes `-n` is true for an empty value too");
        }
        if let Some(word) = glued_comparison(command) {
            sink.report(word.span, "without blanks around `=` this is always true");
        }
        if let Some(span) = redirected_comparison(command) {
            sink.report(span, "inside `[ ]` this writes to a file; use `-gt` or `-lt`");
        }
    }
}

fn length_of_unquoted(command: &SimpleCommand) -> Option<&Word> {
    let words = test_words(command);
    let words = if words.first().is_some_and(|it| it.is("!")) { words.get(1..)? } else { words };
    let [option, word] = words else { return None };
    let [part] = word.parts.as_slice() else { return None };
    let may_be_empty = match &part.kind {
        WordPartKind::Parameter(it) => !it.is_numeric(),
        kind => matches!(kind, WordPartKind::Command(_)),
    };
    (option.is("-n") && may_be_empty).then_some(word)
}

/// A single word such as `"$x"="y"`: a text that is not empty, hence true.
fn glued_comparison(command: &SimpleCommand) -> Option<&Word> {
    let [word] = test_words(command) else { return None };
    let mut parts = word.parts.iter();
    let starts_with_value = parts.next().is_some_and(|it| {
        it.kind.is_splittable() || matches!(it.kind, WordPartKind::DoubleQuoted(_))
    });
    let compares = parts.next().is_some_and(|it| {
        matches!(&it.kind, WordPartKind::Literal(text) if text.starts_with('=')
            || text.starts_with("!="))
    });
    (starts_with_value && compares).then_some(word)
}

/// A redirection between the operands of `[`, to or from what looks like a number or a value.
fn redirected_comparison(command: &SimpleCommand) -> Option<Span> {
    let last = command.args().last().filter(|it| it.is("]"))?;
    let redirect = command.redirects.iter().find(|it| it.span.end <= last.span.start)?;
    let compares = matches!(redirect.operator, RedirectOperator::Output | RedirectOperator::Input);
    let is_first = command.args().first().is_some_and(|it| it.span.start < redirect.span.start);
    (compares && is_first && redirect.descriptor.is_none()).then_some(redirect.span)
}

const WANTED: Wanted = Wanted::word(&["[", "test"]);
