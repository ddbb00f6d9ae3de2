use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    package_cleanup::{is_mounted, removes},
    package_manager::{Action, Manager, PackageCommand, package_commands},
    rule::rule,
    run_step::{report, steps},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// apt installs, and nothing at all is cleaned up after it.
    ///
    /// ## Why
    /// An `apt-get install` without any clean-up behind it leaves what apt fetched in the layer,
    /// for as long as the image lives.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM ubuntu:24.04
    /// RUN apt-get install -y curl
    /// # ^ apt-downloads-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM ubuntu:24.04
    /// RUN apt-get update && apt-get install -y curl && apt-get clean
    /// RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
    /// RUN --mount=type=cache,target=/var/lib/apt apt-get install -y curl
    /// ```
    ///
    /// ## Limits
    /// Either way of cleaning is enough here; `apt-lists-kept` and `apt-archives-kept` tell them
    /// apart.
    ///
    /// ## References
    /// - Docker documentation, building best practices: `RUN` and `apt-get`
    /// - CIS Docker Benchmark 4.3
    "apt-downloads-kept" for DockerfileSubject {
        aliases: ["kics:apt_get_install_lists_were_not_deleted", "droast:DF004"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::On(&[Keyword::Run], check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let steps = steps(run);
    let last = steps.iter().enumerate().rev().find_map(|(idx, step)| {
        let command = PackageCommand::of(step)?;
        let installs = command.manager == Manager::Apt && command.action == Action::Install;
        (installs && !command.is_dry()).then_some((idx, command))
    });
    let Some((idx, command)) = last else { return };
    let after = steps.get(idx + 1..).unwrap_or_default();
    let folders = ["/var/lib/apt/lists", "/var/cache/apt/archives"];
    let cleans = |it: PackageCommand<'_>| it.manager == Manager::Apt && it.action == Action::Clean;
    let is_clean = folders.iter().any(|it| is_mounted(run, it) || removes(after, it));
    if !is_clean && !package_commands(after).any(cleans) {
        let message = format!(
            "`{}` cleans nothing up; remove the lists and archives in this `RUN`",
            command.title()
        );
        report(subject, run, sink, command.step.name_span, message);
    }
}
