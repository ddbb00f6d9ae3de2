use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{AndOr, Command, Node, OperatorKind, Pipeline, walk_script};

use crate::{rule::rule, shell_text::plain_scripts, subject::dockerfile::DockerfileSubject};

rule! {
    /// `a && b || c` is not if-then-else.
    ///
    /// ## Why
    /// `c` runs also when `a` succeeded and `b` failed. In a build this mostly swallows the
    /// failure of the real work.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN test -f Makefile && make || cmake .
    /// # ^ and-or-as-if-else
    /// RUN apt-get update && apt-get install -y curl || true && rm -rf /tmp/x
    /// # ^ and-or-as-if-else
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN if test -f Makefile; then make; else cmake .; fi
    /// RUN make && make install
    /// RUN id app || useradd app
    /// RUN make && make install || exit 1
    /// RUN make && { make check || cat check.log; }
    /// RUN test -f x && echo yes || echo no
    /// ```
    ///
    /// ## Limits
    /// A list that only prints, or that ends the script, is left alone.
    ///
    /// ## References
    /// - POSIX shell command language: AND-OR lists
    "and-or-as-if-else" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2015", "hadolint:SC2015", "tally:shellcheck/SC2015",
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
    for script in plain_scripts(run) {
        walk_script(script, &mut |node| {
            let Node::AndOr(and_or) = node else { return };
            let Some(idx) = mixed(and_or) else { return };
            if let Some(operator) = and_or.operators.get(idx) {
                sink.report(
                    operator.span,
                    "what follows `||` runs when any command before it failed; use `if`",
                );
            }
        });
    }
}

/// The index of the first `||` behind an `&&`, unless nothing is lost by it.
fn mixed(and_or: &AndOr) -> Option<usize> {
    let and = and_or.operators.iter().position(|it| it.kind == OperatorKind::And)?;
    let rest = and_or.operators.get(and..)?;
    let or = and + rest.iter().position(|it| it.kind == OperatorKind::Or)?;
    let is_last = or + 1 == and_or.operators.len();
    let before = and_or.pipelines.get(or)?;
    let after = and_or.pipelines.get(or + 1)?;
    let harmless = runs(before, PRINTERS) || (is_last && runs(after, ENDS));
    (!harmless).then_some(or)
}

fn runs(pipeline: &Pipeline, names: &[&str]) -> bool {
    match pipeline.commands.as_slice() {
        [Command::Simple(command)] => command.name().is_some_and(|it| names.contains(&it)),
        _ => false,
    }
}

/// Commands that do not fail.
static PRINTERS: &[&str] = &["echo", "printf", "true", ":"];

/// Commands that do not go on as if nothing had been, or that say openly that a failure is fine.
static ENDS: &[&str] = &["exit", "return", "false", "true", ":"];

const WANTED: Wanted = Wanted::every("&|");
