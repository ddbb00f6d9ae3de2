use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{casing::Casing, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `FROM` and `AS` in different case.
    ///
    /// ## Why
    /// The two are one statement; written alike they are easier to find and to read.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22 as base
    /// # ^ from-as-casing
    /// from alpine:3.22 AS other
    /// # ^ from-as-casing
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22 AS base
    /// # ^ from-as-casing
    /// from alpine:3.22 as other
    /// # ^ from-as-casing
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22 AS base
    /// from alpine:3.22 as other
    /// FROM base
    /// ```
    ///
    /// ## Limits
    /// A `FROM` that mixes both cases is for `mixed-instruction-casing`.
    ///
    /// ## References
    /// - Docker build checks: casing of `FROM` and `AS`
    "from-as-casing" for DockerfileSubject {
        aliases: ["buildkit:FromAsCasing", "droast:DF079"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::On(&[Keyword::From], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::From(from) = &instruction.kind else { return };
    let Some(alias) = &from.alias else { return };
    let source = &subject.dockerfile.source;
    let wanted = Casing::of(source.slice(instruction.name));
    let written = source.slice(alias.keyword);
    if wanted == Casing::Mixed || Casing::of(written) == wanted {
        return;
    }
    let fixed = wanted.apply("as");
    let draft = sink.report(alias.keyword, format!("write `{fixed}` like `FROM` is written"));
    if written.eq_ignore_ascii_case("as") {
        let edit = Edit::replace(alias.keyword, fixed);
        draft.fix("Write `AS` like `FROM`", Safety::Safe, vec![edit]);
    }
}
