use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_text::{Edit, Span};

use crate::{
    every_command::every_command,
    final_image::{Identity, user_at},
    rule::rule,
    subject::dockerfile::{DockerfileSubject, ShellCommand},
    word_edit::delete_word,
};

rule! {
    /// `sudo` in a build step.
    ///
    /// ## Why
    /// Build steps run as whom the last `USER` says, so `sudo` is either useless or stands for a
    /// `USER` that is missing. Where it works without a password it also works for an intruder in
    /// the running container.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN sudo apt-get update && sudo apt-get install -y curl
    /// # ^ sudo-command
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN ["sudo", "make", "install"]
    /// # ^ sudo-command
    /// RUN sudo -E make install
    /// # ^ sudo-command
    /// USER app
    /// RUN sudo make
    /// # ^ sudo-command
    /// RUN sudo -u other make
    /// # ^ sudo-command
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// # ^ sudo-command
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get install -y sudo
    /// RUN echo "sudo make"
    /// RUN apt-get install sudoku
    /// USER root
    /// RUN make install
    /// ```
    ///
    /// ## Limits
    /// The fix takes a plain `sudo` away where the step runs as root anyhow; with options, or as
    /// another user, what was meant has to be decided by a person.
    ///
    /// ## References
    /// - Docker documentation: building best practices, `USER`
    "sudo-command" for DockerfileSubject {
        aliases: [
            "hadolint:DL3004", "kics:run_using_sudo", "trivy:DS-0010", "checkov:CKV2_DOCKER_1",
            "semgrep:no-sudo-in-dockerfile", "dockerfile-doctor:DD021", "droast:DF010",
            "dockle:DKL-DI-0001", "dockerfilelint:sudo_usage",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let user = user_at(&subject.dockerfile, instruction.index);
    let is_root = user.is_none_or(|it| it.identity == Identity::Root);
    every_command(subject, instruction, &mut |command| {
        let Some(span) = sudo(&command) else { return };
        let draft = sink.report(span, "`sudo` in a build step; set `USER` for the step instead");
        if let Some(edit) = removal(subject, &command, span).filter(|_| is_root) {
            let _ = draft.fix("Leave `sudo` out", Safety::Unsafe, vec![edit]);
        }
    });
}

fn sudo(command: &ShellCommand<'_>) -> Option<Span> {
    let simple = command.simple();
    let prefix = simple.prefixes().iter().find(|it| it.name == *"sudo");
    let word = prefix.and_then(|it| simple.words.get(it.word_idx));
    let own = || simple.effective().filter(|it| it.name == "sudo").map(|it| it.name_word);
    word.or_else(own).map(|it| it.span)
}

/// Takes `sudo` away where it stands alone before a command.
fn removal(subject: &DockerfileSubject, command: &ShellCommand<'_>, span: Span) -> Option<Edit> {
    let source = &subject.dockerfile.source;
    let simple = command.simple();
    let prefix = simple.prefixes().iter().find(|it| it.name == *"sudo")?;
    let next = simple.words.get(prefix.end_idx)?;
    let is_plain = prefix.end_idx == prefix.word_idx + 1 && source.slice(span) == "sudo";
    let quote = span.start.checked_sub(1).and_then(|it| source.text().as_bytes().get(it));
    let is_json = quote.is_some_and(|it| *it == b'"');
    (is_plain && !is_json && next.literal().is_some()).then(|| delete_word(source, span)).flatten()
}

const WANTED: Wanted = Wanted::word(&["sudo"]);
