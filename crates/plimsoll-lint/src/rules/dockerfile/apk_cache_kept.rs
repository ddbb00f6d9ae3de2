use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    package_cleanup::{is_mounted, removes},
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_report::report_missing_option,
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// apk keeps its index in the layer.
    ///
    /// ## Why
    /// Without `--no-cache`, `apk add` stores the package index in `/var/cache/apk`. It makes the
    /// image bigger, is of no use in the running container, and lets a later `apk add` install from
    /// an old index.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add curl
    /// # ^ apk-cache-kept
    /// RUN apk --update add git && apk del git
    /// # ^ apk-cache-kept
    /// RUN ["apk", "add", "jq"]
    /// # ^ apk-cache-kept
    /// RUN apk upgrade --no-cache && apk add bash
    /// # ^ apk-cache-kept
    /// RUN --mount=type=cache,target=/var/cache/other apk add -U vim
    /// # ^ apk-cache-kept
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/cache/apk/APKINDEX.0123.tar.gz, size: 900000}
    /// # ^ apk-cache-kept
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache curl
    /// # ^ apk-cache-kept
    /// RUN apk --update add --no-cache git && apk del git
    /// # ^ apk-cache-kept
    /// RUN ["apk", "add", "--no-cache", "jq"]
    /// # ^ apk-cache-kept
    /// RUN apk upgrade --no-cache && apk add --no-cache bash
    /// # ^ apk-cache-kept
    /// RUN --mount=type=cache,target=/var/cache/other apk add --no-cache -U vim
    /// # ^ apk-cache-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache curl
    /// RUN apk --no-cache add git
    /// RUN apk add jq --no-cache
    /// RUN --mount=type=cache,target=/var/cache/apk apk add -U vim
    /// RUN --mount=type=cache,target=/etc/apk/cache apk add nano
    /// RUN --mount=type=tmpfs,target=/var/cache apk add less
    /// RUN apk add --update bash && rm -rf /var/cache/apk/*
    /// RUN apk add --no-network ./local.apk
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/cache/apk/APKINDEX.0123.tar.gz, size: 90}
    ///   - {path: opt/var/cache/apk/APKINDEX.0123.tar.gz, size: 900000}
    /// ```
    ///
    /// ## Limits
    /// Removal in the same `RUN` counts as good here; `apk-cache-removed-by-hand` prefers
    /// `--no-cache`.
    ///
    /// ## References
    /// - `apk-add(8)`: `--no-cache`
    /// - CIS Docker Benchmark 4.3
    "apk-cache-kept" for DockerfileSubject {
        aliases: [
            "hadolint:DL3019",
            "kics:apk_add_using_local_cache_path",
            "trivy:DS-0025",
            "semgrep:missing-apk-no-cache",
            "dockerfile-doctor:DD025",
            "droast:DF029",
            "droast:DF004",
            "dockle:DKL-DI-0004",
            "dockerfilelint:apkadd-missing_nocache_or_updaterm",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: Safe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    if FOLDERS.iter().any(|it| is_mounted(run, it)) {
        return;
    }
    let steps = subject.steps(run);
    if FOLDERS.iter().any(|it| removes(steps, it)) || steps_clean(steps) {
        return;
    }
    let keeping: Vec<PackageCommand<'_>> = package_commands(steps).filter(keeps_index).collect();
    let why = "leaves the package index in the layer";
    report_missing_option(subject, run, sink, &keeping, "--no-cache", Safety::Safe, why);
}

fn keeps_index(command: &PackageCommand<'_>) -> bool {
    let is_offline = command.has_option(&["--no-cache", "--no-network", "--root", "--cache-dir"]);
    let is_add = command.manager == Manager::Apk && command.action == Action::Install;
    is_add && !is_offline && !command.has_short('p') && !command.is_dry()
}

fn steps_clean(steps: &[crate::run_step::Step]) -> bool {
    package_commands(steps).any(|it| it.manager == Manager::Apk && it.action == Action::Clean)
}

static FOLDERS: &[&str] = &["/var/cache/apk", "/etc/apk/cache"];

const WANTED: Wanted = Wanted::word(Manager::Apk.programs());
