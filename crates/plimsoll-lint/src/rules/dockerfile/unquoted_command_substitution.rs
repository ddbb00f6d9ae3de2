use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::{Command, CommandSubstitution, SimpleCommand, WordPartKind};
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    shell_text::{has_backtick, plain_commands},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Output of a command used without quotes.
    ///
    /// ## Why
    /// The output is split at blanks and expanded as patterns. One file name with a blank in it
    /// becomes two arguments.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN cp $(find / -name app.conf) /etc/app.conf
    /// # ^ unquoted-command-substitution
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN cp "$(find / -name app.conf)" /etc/app.conf
    /// # ^ unquoted-command-substitution
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make -j$(nproc) && echo "$(date)"
    /// RUN for file in $(cat list); do touch "$file"; done
    /// RUN name=$(hostname) && curl -O https://example.com/app-$(uname -m)
    /// RUN apt-get purge -y $(cat /tmp/packages)
    /// ```
    ///
    /// ## Limits
    /// Commands that are known to print one word (`nproc`, `uname`, `id` and so on) are left
    /// alone, and so are the operands of package managers, which mean to be split.
    ///
    /// ## References
    /// - POSIX shell command language: field splitting
    "unquoted-command-substitution" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2046", "hadolint:SC2046", "tally:shellcheck/SC2046",
        ],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let with_fix = !has_backtick(subject, run.span);
    for (_, context) in plain_commands(run) {
        if takes_lists(&context.command) {
            continue;
        }
        for word in context.command.args().iter().filter(|it| it.assignment_name().is_none()) {
            for part in &word.parts {
                let WordPartKind::Command(substitution) = &part.kind else { continue };
                if prints_one_word(substitution) {
                    continue;
                }
                let draft = sink.report(
                    part.span,
                    "the output of this command is split and expanded as patterns; quote it",
                );
                if with_fix {
                    let edits = vec![
                        Edit::insert(part.span.start, "\""),
                        Edit::insert(part.span.end, "\""),
                    ];
                    draft.fix("Quote it", Safety::Unsafe, edits);
                }
            }
        }
    }
}

fn takes_lists(command: &SimpleCommand) -> bool {
    command.effective().is_none_or(|it| TAKE_LISTS.contains(&it.name))
}

fn prints_one_word(substitution: &CommandSubstitution) -> bool {
    let [and_or] = substitution.list.items.as_slice() else { return false };
    let [pipeline] = and_or.pipelines.as_slice() else { return false };
    let [Command::Simple(command)] = pipeline.commands.as_slice() else { return false };
    command.name().is_some_and(|it| PRINT_ONE_WORD.contains(&it))
}

/// Commands whose operands are lists of names without blanks.
static TAKE_LISTS: &[&str] = &[
    "apt-get",
    "apt",
    "aptitude",
    "apk",
    "yum",
    "dnf",
    "microdnf",
    "zypper",
    "pip",
    "pip3",
    "npm",
    "set",
    "kill",
    "export",
    "apt-mark",
    "dpkg",
    "rpm",
    "docker-php-ext-install",
];

/// Commands that print one word, or numbers.
static PRINT_ONE_WORD: &[&str] = &[
    "nproc",
    "uname",
    "arch",
    "id",
    "whoami",
    "hostname",
    "getconf",
    "mktemp",
    "seq",
    "pidof",
    "pgrep",
    "which",
    "dpkg-architecture",
    "lsb_release",
    "rpm",
    "dpkg",
    "go",
    "basename",
    "date",
];

const WANTED: Wanted = Wanted::one_of("$`");
