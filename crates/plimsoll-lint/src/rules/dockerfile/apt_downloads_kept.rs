use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    package_cleanup::{ImageStages, tidies_apt},
    package_index::LaterUse,
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_report::runs_with,
    rule::rule,
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// apt installs, and nothing is cleaned up after it.
    ///
    /// ## Why
    /// `apt-get update` writes tens of megabytes of package lists, and downloads may stay beside
    /// them. Nothing in the running container reads them, and a later `RUN` that deletes them does
    /// not make the image smaller: only the same `RUN` can.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM ubuntu:24.04
    /// RUN apt-get update && apt-get install -y curl
    /// # ^ apt-downloads-kept
    /// RUN rm -rf /var/lib/apt/lists/* && apt-get update && \
    /// # ^ apt-downloads-kept
    ///     apt-get install -y git
    /// ```
    ///
    /// ```dockerfile
    /// FROM ubuntu:24.04
    /// RUN apt-get install -y curl
    /// # ^ apt-downloads-kept
    /// RUN ["bash", "-c", "apt-get update && apt-get install -y git"]
    /// # ^ apt-downloads-kept
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM ubuntu:24.04
    /// RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
    /// # ^ apt-downloads-kept
    /// RUN rm -rf /var/lib/apt/lists/* && apt-get update && \
    /// # ^ apt-downloads-kept
    ///     apt-get install -y git && \
    ///     rm -rf /var/lib/apt/lists/*
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM ubuntu:24.04 AS build
    /// RUN apt-get update && apt-get install -y gcc
    /// FROM ubuntu:24.04
    /// RUN apt-get update && apt-get install -y curl && apt-get clean
    /// RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
    /// RUN --mount=type=cache,target=/var/lib/apt apt-get install -y curl
    /// ```
    ///
    /// ## Limits
    /// Any cleaning is enough here; `apt-lists-kept` and `apt-archives-kept` tell what is left.
    /// Stages that only others copy from are not judged. No fix is offered where a later `RUN`
    /// installs without its own update, or where this one has none.
    ///
    /// ## References
    /// - Docker documentation, building best practices: `RUN` and `apt-get`
    /// - CIS Docker Benchmark 4.3
    "apt-downloads-kept" for DockerfileSubject {
        aliases: [
            "hadolint:DL3009", "kics:apt_get_install_lists_were_not_deleted",
            "semgrep:remove-package-lists", "dockerfile-doctor:DD004", "droast:DF004",
            "dockle:DKL-DI-0005", "dockerfilelint:apt-get_missing_rm",
            "dockerfile_lint:no_apt-get_clean",
        ],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: Safe,
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let images = ImageStages::of(&subject.dockerfile);
    let later = LaterUse::of(subject);
    for run in runs_with(subject, &WANTED).filter(|it| images.hold(it)) {
        let steps = subject.steps(run);
        let last = steps.iter().enumerate().rev().find_map(|(idx, step)| {
            let command = PackageCommand::of(step)?;
            let installs = command.manager == Manager::Apt && command.action == Action::Install;
            (installs && !command.is_dry()).then_some((idx, command))
        });
        let Some((idx, command)) = last else { continue };
        if tidies_apt(run, steps.get(idx + 1..).unwrap_or_default()) {
            continue;
        }
        let updates = package_commands(steps)
            .any(|it| it.manager == Manager::Apt && it.action == Action::Update);
        let edit = if updates { later.removal(subject, run, steps) } else { None };
        let message = format!(
            "`{}` cleans nothing up; remove `/var/lib/apt/lists/*` in this `RUN`",
            command.title()
        );
        report(subject, run, sink, command.step.name_span, message).fix(
            "Remove the package lists in the same `RUN`",
            Safety::Safe,
            edit.into_iter().collect(),
        );
    }
}

const WANTED: Wanted = Wanted::word(Manager::Apt.programs());
