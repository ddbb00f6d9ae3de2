use plimsoll_dockerfile::{Instruction, Keyword, ShellOrExec};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{
    rule::rule,
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// `RUN` right after another `RUN`.
    ///
    /// ## Why
    /// Each makes a layer of its own. What the second deletes stays in the layer of the first,
    /// and the number of layers has a limit.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update
    /// RUN apt-get install -y curl
    /// # ^ consecutive-run
    /// # a comment between
    /// RUN make
    /// # ^ consecutive-run
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update \
    ///     && apt-get install -y curl
    /// # a comment between
    /// RUN make
    /// # ^ consecutive-run
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y curl
    /// RUN make
    /// WORKDIR /app
    /// RUN --mount=type=secret,id=a make secret
    /// RUN make
    /// FROM debian:12
    /// RUN make
    /// ```
    ///
    /// ## Limits
    /// Steps that are joined already are left alone: where they are cut may be for the cache.
    ///
    /// ## References
    /// - Dockerfile best practices: `RUN`
    "consecutive-run" for DockerfileSubject {
        aliases: [
            "hadolint:DL3059", "dockerfile-doctor:DD005",
            "kics:multiple_run_add_copy_instructions_listed",
        ],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let instructions: Vec<&Instruction> = subject.dockerfile.all_instructions().collect();
    for pair in instructions.windows(2) {
        let [first, second] = pair else { continue };
        let both = first.keyword == Keyword::Run && second.keyword == Keyword::Run;
        let alike = first.onbuild == second.onbuild && first.stage == second.stage;
        if !both || !alike || !same_flags(first, second) || is_chain(first) || is_chain(second) {
            continue;
        }
        let draft = sink.report(second.name, "join this with the `RUN` before it");
        if let Some(edit) = join(subject, first, second) {
            draft.fix("Join them", Safety::Unsafe, vec![edit]);
        }
    }
}

fn same_flags(first: &Instruction, second: &Instruction) -> bool {
    let mut pairs = first.flags.iter().zip(&second.flags);
    first.flags.len() == second.flags.len()
        && pairs.all(|it| it.0.name == it.1.name && it.0.value == it.1.value)
}

/// Whether it runs several commands, or a script.
fn is_chain(run: &Instruction) -> bool {
    if !run.heredocs.is_empty() {
        return true;
    }
    let script = form(run).and_then(ShellOrExec::shell).and_then(|it| it.script.as_ref());
    script.is_some_and(|it| {
        it.list.items.len() > 1 || it.list.items.iter().any(|it| !it.operators.is_empty())
    })
}

fn join(subject: &DockerfileSubject, first: &Instruction, second: &Instruction) -> Option<Edit> {
    let shell_form = |it: &Instruction| {
        let form = form(it).and_then(ShellOrExec::shell)?;
        let script = form.script.as_ref()?;
        let [item] = script.list.items.as_slice() else { return None };
        let fine = script.is_clean() && script.comments.is_empty() && item.separator.is_none();
        fine.then_some(form.span)
    };
    shell_form(first)?;
    let next = shell_form(second)?;
    let source = &subject.dockerfile.source;
    let between = source.slice(Span::new(first.span.end, second.span.start));
    let escape = subject.dockerfile.escape;
    between.trim().is_empty().then(|| {
        let gap = Span::new(first.span.end, next.start);
        Edit::replace(gap, format!(" {escape}\n    && "))
    })
}
