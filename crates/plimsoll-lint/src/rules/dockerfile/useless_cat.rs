use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// `cat` of one file into a pipe.
    ///
    /// ## Why
    /// The next command can read the file itself, with one process less and no pipe that hides a
    /// missing file.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN cat packages.txt | grep -v '#'
    /// # ^ useless-cat
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN grep -v '#' packages.txt
    /// RUN cat a b | sort
    /// RUN cat <<EOF | sort
    /// x
    /// EOF
    /// RUN cat -n file | sort
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - POSIX utilities: `cat`
    "useless-cat" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2002", "hadolint:SC2002", "tally:shellcheck/SC2002",
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
        let command = &context.command;
        if command.name() != Some("cat") {
            continue;
        }
        let starts_pipe = context.is_piped_into() && !context.is_piped_from();
        let [file] = command.args() else { continue };
        let plain = !file.text().starts_with('-')
            && !file.has_unquoted_expansion()
            && !file.raw.contains(['*', '?', '{', '<']);
        if starts_pipe && plain && command.redirects.is_empty() {
            sink.report(command.span, "let the next command read the file itself");
        }
    }
}

const WANTED: Wanted = Wanted::word(&["cat"]).and_every("|");
