//! `cd` on the outermost level of a `RUN`. Knows no rule.

use plimsoll_dockerfile::Instruction;
use plimsoll_shell::{AndOr, Command, CommandContext, OperatorKind, Script};
use plimsoll_text::Span;

use crate::subject::dockerfile::form;

/// A `cd` that moves all that follows in its script.
#[derive(Clone, Debug)]
pub(crate) struct Cd {
    /// The command.
    pub(crate) span: Span,
    /// Where it goes, if that is known and it is its only argument.
    pub(crate) target: Option<String>,
    /// Whether nothing comes after it.
    pub(crate) is_last: bool,
    /// Where the command stands that runs in the new directory, if the script is
    /// `cd target && that...`.
    pub(crate) leads_to: Option<usize>,
}

/// Every `cd` of the text of an instruction that stands in no subshell, branch, loop or function.
pub(crate) fn outer_cds(instruction: &Instruction) -> Vec<Cd> {
    let script = form(instruction).and_then(|it| it.shell()).and_then(|it| it.script.as_ref());
    let Some(script) = script else { return Vec::new() };
    let is_outer = |it: &&CommandContext| {
        it.command.name() == Some("cd")
            && it.enclosures == plimsoll_shell::Enclosures::default()
            && it.pipeline_len == 1
    };
    let found = script.commands().iter().filter(is_outer);
    found.map(|it| cd(script, it)).collect()
}

fn cd(script: &Script, context: &CommandContext) -> Cd {
    let command = &context.command;
    let target = match command.args() {
        [target] => target.literal().map(std::borrow::Cow::into_owned),
        _ => None,
    };
    let span = command.span;
    let last = script.list.items.last().and_then(last_command).map(Command::span);
    Cd {
        span,
        target,
        is_last: script.is_clean() && last == Some(span),
        leads_to: script.list.items.first().and_then(|it| second_start(it, span)),
    }
}

fn last_command(and_or: &AndOr) -> Option<&Command> {
    and_or.pipelines.last()?.commands.last()
}

/// The start of the second pipeline, if `first` is all of the first one and `&&` joins them.
fn second_start(and_or: &AndOr, first: Span) -> Option<usize> {
    let starts = and_or.pipelines.first()?.span == first;
    let joined = and_or.operators.first()?.kind == OperatorKind::And;
    (starts && joined).then(|| and_or.pipelines.get(1).map(|it| it.span.start)).flatten()
}
