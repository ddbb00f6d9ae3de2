use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{has_flag, positional};

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// `mkdir -p -m` sets the mode of the last folder only.
    ///
    /// ## Why
    /// The folders above get the default mode. Who wants `0700` for the whole path gets it for
    /// its end only.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN mkdir -p -m 0700 /srv/app/data
    /// # ^ mkdir-mode-with-parents
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN mkdir -m 0700 /data && mkdir -p -m 0755 data && install -d -m 0700 /srv/app
    /// ```
    ///
    /// ## Limits
    /// Which folders exist is not known.
    ///
    /// ## References
    /// - POSIX utilities: `mkdir`
    "mkdir-mode-with-parents" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2174", "hadolint:SC2174", "tally:shellcheck/SC2174",
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
    for (_, context) in plain_commands(run) {
        let Some(invocation) = context.command.effective() else { continue };
        if invocation.name != "mkdir" {
            continue;
        }
        let args = invocation.args;
        let both = has_flag(args, 'p', &["parents"]) && has_flag(args, 'm', &["mode"]);
        let deep = positional(args, &["-m", "--mode"])
            .iter()
            .any(|it| it.text().trim_matches('/').contains('/'));
        if both && deep {
            let message = "the mode counts for the last folder only, not for its parents";
            sink.report(context.command.span, message);
        }
    }
}

const WANTED: Wanted = Wanted::word(&["mkdir"]);
