use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{SimpleCommand, WordPartKind};

use crate::{rule::rule, shell_text::plain_commands, subject::dockerfile::DockerfileSubject};

rule! {
    /// Variable in single quotes stays as it is.
    ///
    /// ## Why
    /// Nothing expands in single quotes: the text `$VERSION` itself is printed or stored.
    /// Sometimes this is meant, often it is a typo.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN echo 'version $VERSION' > /version
    /// # ^ variable-in-single-quotes
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN echo "version $VERSION" > /version
    /// RUN awk '{ print $1 }' file && sed -i 's/$x/y/' file
    /// RUN echo 'export PATH=$PATH:/opt/bin' >> /etc/profile
    /// RUN sh -c 'echo $HOME'
    /// ```
    ///
    /// ## Limits
    /// Only `echo` and `printf` are looked at, and not where the text looks like shell code for
    /// later (`export`, profile files).
    ///
    /// ## References
    /// - POSIX shell command language: single quotes
    "variable-in-single-quotes" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2016", "hadolint:SC2016", "tally:shellcheck/SC2016",
        ],
        severity: Info,
        confidence: Low,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for (_, context) in plain_commands(run) {
        let command = &context.command;
        if !matches!(command.name(), Some("echo" | "printf")) || writes_code(command) {
            continue;
        }
        let parts = command.args().iter().flat_map(|it| &it.parts);
        for part in parts {
            let WordPartKind::SingleQuoted(text) = &part.kind else { continue };
            if !context.is_piped_into() && has_variable(text) {
                sink.report(part.span, "variables do not expand in single quotes");
            }
        }
    }
}

/// Whether what is printed goes to a file that is code, or reads like code.
fn writes_code(command: &SimpleCommand) -> bool {
    let to_code = command.redirects.iter().any(|it| {
        let target = it.target.text();
        CODE.iter().any(|end| target.ends_with(end)) || target.contains("/bin/")
    });
    let is_code = command.args().iter().any(|it| {
        let text = it.text();
        text.contains("export ") || text.contains("#!") || text.contains(';')
    });
    to_code || is_code
}

fn has_variable(text: &str) -> bool {
    text.split('$').skip(1).any(|it| {
        it.starts_with(|char: char| char.is_ascii_alphabetic() || matches!(char, '_' | '{' | '('))
    })
}

static CODE: &[&str] = &["rc", "profile", ".sh", ".conf", ".bash_aliases", "environment", ".env"];

const WANTED: Wanted = Wanted::word(&["echo", "printf"]).and_every("$'");
