use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    package_cleanup::{APT_ARCHIVES, APT_LISTS, ImageStages, is_mounted, removes, tidies_apt},
    package_index::LaterUse,
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_report::{Mentions, runs_with},
    rule::rule,
    run_step::{Step, report},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// The package lists of apt stay in the layer, though something is cleaned up.
    ///
    /// ## Why
    /// `apt-get update` writes tens of megabytes of package lists. Nothing in the running container
    /// reads them, they are out of date within days, and a later `RUN` that deletes them does not
    /// make the image smaller: only the same `RUN` can.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y jq && apt-get clean
    /// # ^ apt-lists-kept
    /// RUN apt-get update \
    /// # ^ apt-lists-kept
    ///  && apt-get install -y git \
    ///  && apt-get clean
    /// RUN apt-get update
    /// # ^ apt-lists-kept
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN rm -f /etc/apt/apt.conf.d/docker-clean
    /// RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y curl
    /// # ^ apt-lists-kept
    /// RUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y git
    /// # ^ apt-lists-kept
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/lib/apt/lists/deb.example.com_InRelease, size: 900000}
    /// # ^ apt-lists-kept
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y jq && apt-get clean && rm -rf /var/lib/apt/lists/*
    /// # ^ apt-lists-kept
    /// RUN apt-get update \
    /// # ^ apt-lists-kept
    ///  && apt-get install -y git \
    ///  && apt-get clean \
    ///  && rm -rf /var/lib/apt/lists/*
    /// RUN apt-get update && rm -rf /var/lib/apt/lists/*
    /// # ^ apt-lists-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13 AS build
    /// RUN apt-get update && apt-get install -y gcc && apt-get clean
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
    /// RUN apt-get update && apt-get install -y git && apt-get distclean
    /// RUN apt-get update && apt-get install -y jq && cd /var/lib && rm -rf apt
    /// RUN apt-get update && apt-get install -y vim && find /var/lib/apt/lists -type f -delete
    /// RUN --mount=type=cache,target=/var/lib/apt,sharing=locked \
    ///     --mount=type=cache,target=/var/cache/apt,sharing=locked \
    ///     apt-get update && apt-get install -y nano
    /// RUN --mount=type=tmpfs,target=/var/lib/apt/lists apt-get update && apt-get install -y bc
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/lib/apt/lists/deb.example.com_InRelease, size: 90}
    ///   - {path: opt/var/lib/apt/lists/deb.example.com_InRelease, size: 900000}
    /// ```
    ///
    /// ## Limits
    /// Where nothing at all is cleaned up, `apt-downloads-kept` speaks. Stages that only others
    /// copy from are not judged. A script in the image that runs `apt-get update` is not seen. No
    /// fix is offered where a later `RUN` installs without its own update.
    ///
    /// ## References
    /// - Docker documentation, building best practices: `RUN` and `apt-get`
    /// - CIS Docker Benchmark 4.3
    "apt-lists-kept" for DockerfileSubject {
        aliases: [
            "hadolint:DL3009", "semgrep:remove-package-lists", "dockerfile-doctor:DD004",
            "dockle:DKL-DI-0005", "dockerfilelint:apt-get_missing_rm",
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
    let keeps_archives = Mentions::of(subject, &["/docker-clean"]);
    for run in runs_with(subject, &WANTED).filter(|it| images.hold(it)) {
        let steps = subject.steps(run);
        let Some((idx, update)) = last_update(steps) else { continue };
        let after = steps.get(idx + 1..).unwrap_or_default();
        if removes_lists(after) || (installs(after) && !tidies_apt(run, after)) {
            continue;
        }
        let are_kept = keeps_archives.stand_before(subject, run);
        if is_mounted(run, APT_LISTS) && (!are_kept || is_mounted(run, APT_ARCHIVES)) {
            continue;
        }
        let message = format!(
            "`{}` leaves its lists in the layer; remove `/var/lib/apt/lists/*` in this `RUN`",
            update.title()
        );
        let edit = later.removal(subject, run, steps);
        report(subject, run, sink, update.step.name_span, message).fix(
            "Remove the package lists in the same `RUN`",
            Safety::Safe,
            edit.into_iter().collect(),
        );
    }
}

fn last_update(steps: &[Step]) -> Option<(usize, PackageCommand<'_>)> {
    steps.iter().enumerate().rev().find_map(|(idx, step)| {
        let command = PackageCommand::of(step)?;
        let is_update = command.manager == Manager::Apt && command.action == Action::Update;
        (is_update && !command.is_dry()).then_some((idx, command))
    })
}

fn removes_lists(after: &[Step]) -> bool {
    let cleans = |it: PackageCommand<'_>| {
        let verb = it.verb.map(|it| it.text.as_str()).unwrap_or_default();
        it.manager == Manager::Apt && matches!(verb, "distclean" | "dist-clean")
    };
    removes(after, APT_LISTS) || package_commands(after).any(cleans)
}

fn installs(after: &[Step]) -> bool {
    let is_install =
        |it: PackageCommand<'_>| it.manager == Manager::Apt && it.action == Action::Install;
    package_commands(after).any(is_install)
}

const WANTED: Wanted = Wanted::word(Manager::Apt.programs());
