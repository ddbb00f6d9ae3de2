use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    rule::rule,
    subject::dockerfile::{DockerfileSubject, commands},
};

rule! {
    /// Command that has no use in a build.
    ///
    /// ## Why
    /// A `RUN` has no terminal, no init system and no other processes that outlive it: what an
    /// editor, `top`, `service start` or `mount` does there is gone when the step ends.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN top -b -n 1
    /// # ^ pointless-build-command
    /// RUN apt-get update && service nginx start
    /// # ^ pointless-build-command
    /// RUN systemctl enable nginx
    /// # ^ pointless-build-command
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get install -y vim && echo top
    /// RUN ["service", "nginx"]
    /// ```
    ///
    /// ## Limits
    /// `service` may be wanted for the rest of its own step, and `systemctl enable` in an image
    /// that runs systemd.
    ///
    /// ## References
    /// - Dockerfile reference: `RUN`
    "pointless-build-command" for DockerfileSubject {
        aliases: [
            "hadolint:DL3001", "kics:run_utilities_and_posix_commands",
            "semgrep:nonsensical-command", "droast:DF060",
        ],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let found =
        commands(run).filter_map(|it| it.invocation()).find(|it| POINTLESS.contains(&it.name));
    if let Some(invocation) = found {
        let message = format!("`{}` does nothing that outlives this build step", invocation.name);
        sink.report(run.name, message).related(invocation.name_word.span, "this command");
    }
}

const POINTLESS: &[&str] = &[
    "free",
    "htop",
    "ifconfig",
    "init",
    "kill",
    "mount",
    "nano",
    "ps",
    "reboot",
    "service",
    "shutdown",
    "ssh",
    "systemctl",
    "top",
    "vi",
    "vim",
];

const WANTED: Wanted = Wanted::word(POINTLESS);
