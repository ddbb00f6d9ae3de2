use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// Searching the output of `ps`.
    ///
    /// ## Why
    /// `ps | grep name` finds the `grep` too, and names that merely contain the text. `pgrep`
    /// does neither.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN ps aux | grep nginx
    /// # ^ process-list-searched
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN pgrep nginx
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - procps manual: `pgrep`
    "process-list-searched" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2009", "hadolint:SC2009", "tally:shellcheck/SC2009",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let mut ps_pipeline = None;
    for (_, context) in plain_commands(run) {
        let id = Some(context.pipeline_id);
        match context.command.name() {
            Some("ps") if context.is_piped_into() => ps_pipeline = id,
            Some("grep" | "egrep" | "fgrep") if ps_pipeline == id => {
                sink.report(context.command.span, "use `pgrep` instead of searching `ps`");
            }
            _ => {}
        }
    }
}

const WANTED: Wanted = Wanted::word(&["ps"]).and_every("|");
