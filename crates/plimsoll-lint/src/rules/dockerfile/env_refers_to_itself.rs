use std::collections::HashMap;

use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword, Pairs, VariableUse};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_text::{Edit, Span};

use crate::{instruction_edit::line_break, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `ENV` that uses a variable which it sets itself.
    ///
    /// ## Why
    /// All values of one `ENV` are worked out before any of them is set. In `ENV A=1 B=$A` the
    /// variable `B` gets what `A` was before, which is mostly nothing.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV HOME_DIR="/srv" BIN="$HOME_DIR/bin" \
    /// # ^ env-refers-to-itself
    ///     LOG=/log
    /// ENV A=1 B=2 C=${A}${B:-3}
    /// # ^ env-refers-to-itself
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV ONE=$TWO TWO=2
    /// # ^ env-refers-to-itself
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV HOME_DIR="/srv"
    /// ENV BIN="$HOME_DIR/bin" \
    /// # ^ env-refers-to-itself
    ///     LOG=/log
    /// ENV A=1 B=2
    /// ENV C=${A}${B:-3}
    /// # ^ env-refers-to-itself
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV A=1 B="$AB/x" C='$A' D="A"
    /// ENV PATH=/a:${PATH}
    /// ENV PATH=/b:${PATH}
    /// ENV OLD_A=$A A=2
    /// ENV E=$A F=$A
    /// ```
    ///
    /// ## Limits
    /// Where the order of the pairs is the wrong way round there is no fix.
    ///
    /// ## References
    /// - Dockerfile reference: environment replacement
    "env-refers-to-itself" for DockerfileSubject {
        aliases: ["hadolint:DL3044", "droast:DF062", "dockerfile-doctor:DD044"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Env], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, env: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Env(pairs) = &env.kind else { return };
    let dockerfile = &subject.dockerfile;
    let environment = dockerfile.environment_at(env.index);
    // The first and the last pair that sets each name.
    let mut set: HashMap<&str, (usize, usize)> = HashMap::new();
    for (idx, pair) in pairs.pairs.iter().enumerate() {
        set.entry(&pair.name).and_modify(|it| it.1 = idx).or_insert((idx, idx));
    }
    for (idx, pair) in pairs.pairs.iter().enumerate() {
        let used = dockerfile.expand_word(env, &pair.value).used;
        let before = |it: &VariableUse| set.get(it.name.as_str()).is_some_and(|it| it.0 < idx);
        let after = |it: &VariableUse| {
            let later = set.get(it.name.as_str()).is_some_and(|it| it.1 > idx);
            // What has a value already is meant with that one.
            later && environment.get(&it.name).is_none()
        };
        let is_before = used.iter().any(before);
        let Some(variable) = used.iter().find(|it| before(it) || after(it)) else { continue };
        let name = &variable.name;
        let message = format!("`{name}` is set by this same `ENV`, so its old value is used here");
        let edit = if is_before { split_before(subject, env, pairs, idx) } else { None };
        let edits = edit.into_iter().collect();
        sink.report(variable.span, message).fix("Split the `ENV`", Safety::Unsafe, edits);
    }
}

/// Starts another `ENV` at the pair of index `idx`.
fn split_before(
    subject: &DockerfileSubject,
    env: &Instruction,
    pairs: &Pairs,
    idx: usize,
) -> Option<Edit> {
    let source = &subject.dockerfile.source;
    let before = pairs.pairs.get(idx.checked_sub(1)?)?;
    let gap = Span::new(before.span.end, pairs.pairs.get(idx)?.span.start);
    let keyword = env.keyword.name();
    let is_plain = !source.slice(gap).contains('#') && !env.onbuild;
    is_plain
        .then(|| Edit::replace(gap, format!("{}{keyword} ", line_break(source, env.name.start))))
}

const WANTED: Wanted = Wanted::every("$");
