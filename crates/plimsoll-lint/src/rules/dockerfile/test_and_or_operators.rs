use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::Word;
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    shell_text::{is_test, plain_commands, test_words},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `-a` and `-o` in `[ ]`.
    ///
    /// ## Why
    /// POSIX took them out: with some operands the expression cannot be told from another. Two
    /// tests joined by `&&` or `||` are clear.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN if [ -f a -a -f b ]; then make; fi
    /// # ^ test-and-or-operators
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN if [ -f a ] && [ -f b ]; then make; fi
    /// # ^ test-and-or-operators
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN if [ -f a ] && [ -f b ]; then make; fi
    /// RUN [ -a file ] || [ -o nounset ]
    /// ```
    ///
    /// ## Limits
    /// A fix is offered where there is one such operator.
    ///
    /// ## References
    /// - POSIX utilities: `test`
    "test-and-or-operators" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2166", "hadolint:SC2166", "tally:shellcheck/SC2166",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for (_, context) in plain_commands(run) {
        if !is_test(&context.command) {
            continue;
        }
        let words = test_words(&context.command);
        let joins: Vec<&Word> = joins(words).collect();
        let Some(first) = joins.first() else { continue };
        let (sign, name) = if first.is("-a") { ("&&", "-a") } else { ("||", "-o") };
        let message = format!("`{name}` is ambiguous here; write two tests joined by `{sign}`");
        let draft = sink.report(first.span, message);
        // Only as a question of its own may the second test join the list around it.
        let alone = context.before.is_none() || context.and_or_idx == 0;
        let negated = words.iter().any(|it| it.is("!") || it.text().contains(['(', ')']));
        if joins.len() == 1 && alone && !negated && context.command.name() == Some("[") {
            let edit = Edit::replace(first.span, format!("] {sign} ["));
            draft.fix("Write two tests", Safety::Unsafe, vec![edit]);
        }
    }
}

/// The operators that have an operand on both sides.
fn joins(words: &[Word]) -> impl Iterator<Item = &Word> {
    let n_words = words.len();
    words.iter().enumerate().filter_map(move |(idx, word)| {
        let inside = idx > 0 && idx + 1 < n_words;
        (inside && (word.is("-a") || word.is("-o")) && !word.is_quoted()).then_some(word)
    })
}

const WANTED: Wanted = Wanted::word(&["[", "test"]).and_every("-");
