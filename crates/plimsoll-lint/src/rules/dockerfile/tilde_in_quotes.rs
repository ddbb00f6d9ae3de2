use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// `~` in quotes is not the home folder.
    ///
    /// ## Why
    /// A tilde expands only outside of quotes. `"~/.config"` names a folder that is called `~`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN mkdir -p "~/.config"
    /// # ^ tilde-in-quotes
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN mkdir -p ~/.config "$HOME/.cache" && echo "~/.config" && sed -i "s|x|~/y|" file
    /// ```
    ///
    /// ## Limits
    /// Only commands that take file names are looked at.
    ///
    /// ## References
    /// - POSIX shell command language: tilde expansion
    "tilde-in-quotes" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2088", "hadolint:SC2088", "tally:shellcheck/SC2088",
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
    for (_, context) in plain_commands(run) {
        let command = &context.command;
        let Some(invocation) = command.effective() else { continue };
        let targets = command.redirects.iter().map(|it| &it.target);
        let operands = invocation.args.iter().filter(|_| TAKE_FILES.contains(&invocation.name));
        for word in operands.chain(targets) {
            let quoted = word.raw.starts_with("\"~") || word.raw.starts_with("'~");
            if quoted && (word.text() == "~" || word.text().starts_with("~/")) {
                sink.report(word.span, "`~` does not expand in quotes; write `$HOME`");
            }
        }
    }
}

static TAKE_FILES: &[&str] = &[
    "cat", "cd", "chmod", "chown", "cp", "install", "ln", "ls", "mkdir", "mv", "rm", "rmdir",
    "source", ".", "tee", "test", "[", "touch",
];

const WANTED: Wanted = Wanted::every("~");
