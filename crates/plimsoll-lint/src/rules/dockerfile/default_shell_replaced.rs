use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::Word;
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    shell_text::replaces_default_shell,
    subject::dockerfile::{DockerfileSubject, commands, scripts},
};

rule! {
    /// `/bin/sh` is replaced by a link.
    ///
    /// ## Why
    /// Scripts of the distribution count on its own `/bin/sh`, and a package update may put it
    /// back. `SHELL` changes the shell of the build and nothing else.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN ln -sf /bin/bash /bin/sh
    /// # ^ default-shell-replaced
    /// ```
    /// ```dockerfile
    /// FROM debian:12
    /// RUN rm /bin/sh && ln -s /bin/bash /bin/sh
    /// # ^ default-shell-replaced
    /// ONBUILD RUN mv /bin/bash /bin/sh
    /// # ^ default-shell-replaced
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// SHELL ["/bin/bash", "-c"]
    /// # ^ default-shell-replaced
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// SHELL ["/bin/bash", "-c"]
    /// RUN ln -s /bin/true /sbin/initctl && ln -s /bin/sh /bin/ash
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Dockerfile reference: `SHELL`
    "default-shell-replaced" for DockerfileSubject {
        aliases: [
            "hadolint:DL4005", "kics:changing_default_shell_using_run_command",
            "semgrep:use-shell-instruction",
        ],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let Some(found) = commands(run).find(|it| replaces_default_shell(it.simple())) else { return };
    let draft = sink.report(run.name, "`SHELL` sets the shell of a build; leave `/bin/sh` alone");
    let is_all = scripts(run).map(|it| it.commands().len()).sum::<usize>() == 1;
    let invocation = found.invocation();
    let shell = invocation.and_then(|it| it.args.iter().find(|it| it.text().starts_with('/')));
    let Some(shell) = shell.and_then(Word::literal) else { return };
    let is_link = invocation.is_some_and(|it| it.name == "ln");
    if is_all && is_link && run.flags.is_empty() && run.heredocs.is_empty() {
        let text = format!("SHELL [\"{shell}\", \"-c\"]");
        draft.fix("Use `SHELL`", Safety::Unsafe, vec![Edit::replace(run.span, text)]);
    }
}

const WANTED: Wanted = Wanted::word(&["ln", "mv", "cp"]);
