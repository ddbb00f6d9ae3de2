use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    package_cleanup::{ImageStages, append, is_mounted, removes},
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_report::runs_with,
    rule::rule,
    run_step::{Step, report},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// yarn keeps what it downloads.
    ///
    /// ## Why
    /// yarn stores each package in its cache besides `node_modules`, so it is in the image twice.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM node:22
    /// RUN yarn install --frozen-lockfile
    /// # ^ yarn-cache-kept
    /// RUN yarn cache clean && \
    /// # ^ yarn-cache-kept
    ///     yarn global add --non-interactive serve@14
    /// RUN --mount=type=cache,target=/var/lib/other yarn --frozen-lockfile
    /// # ^ yarn-cache-kept
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: usr/local/share/.cache/yarn/v6/npm-a/package.json, size: 900000}
    /// # ^ yarn-cache-kept
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM node:22
    /// RUN yarn install --frozen-lockfile && yarn cache clean
    /// # ^ yarn-cache-kept
    /// RUN yarn cache clean && \
    /// # ^ yarn-cache-kept
    ///     yarn global add --non-interactive serve@14 && \
    ///     yarn cache clean
    /// RUN --mount=type=cache,target=/var/lib/other yarn --frozen-lockfile && yarn cache clean
    /// # ^ yarn-cache-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM node:22 AS build
    /// RUN yarn install
    /// FROM node:22
    /// RUN yarn install --frozen-lockfile && yarn cache clean
    /// RUN --mount=type=cache,target=/root/.cache/yarn yarn install
    /// RUN --mount=type=cache,target=/usr/local/share/.cache yarn add express@4
    /// RUN --mount=type=tmpfs,target=/root/.yarn yarn install
    /// RUN yarn install && rm -rf /usr/local/share/.cache/yarn
    /// RUN yarn build && yarn --version
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: usr/local/share/.cache/yarn/v6/npm-a/package.json, size: 90}
    ///   - {path: opt/usr/local/share/.cache/yarn/v6/npm-a/package.json, size: 900000}
    /// ```
    ///
    /// ## Limits
    /// Stages that only others copy from are not judged. Where it is not clear that yarn is of
    /// version 1, the fix is not safe: from version 2 on, the cache may hold what the program runs
    /// on.
    ///
    /// ## References
    /// - yarn documentation: `yarn cache clean`
    /// - CIS Docker Benchmark 4.3
    "yarn-cache-kept" for DockerfileSubject {
        aliases: ["hadolint:DL3060", "droast:DF055"],
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
    for run in runs_with(subject, &WANTED).filter(|it| images.hold(it)) {
        let is_apart = |folder: &&str| is_mounted(run, folder);
        if FOLDERS.iter().any(is_apart) || has_yarn_mount(run) {
            continue;
        }
        let steps = subject.steps(run);
        let last = steps.iter().enumerate().rev().find_map(|(idx, step)| {
            let command = PackageCommand::of(step)?;
            fills_cache(&command).then_some((idx, command))
        });
        let Some((idx, command)) = last else { continue };
        let after = steps.get(idx + 1..).unwrap_or_default();
        if cleans(after) {
            continue;
        }
        let is_first_version = command.has_option(FIRST_VERSION_OPTIONS);
        let safety = if is_first_version { Safety::Safe } else { Safety::Unsafe };
        let message = format!(
            "`{}` leaves its cache in the layer; end the `RUN` with `yarn cache clean`",
            command.title()
        );
        let edit = append(subject, run, steps, "yarn cache clean");
        let draft = report(subject, run, sink, command.step.name_span, message);
        draft.fix("Add `yarn cache clean`", safety, edit.into_iter().collect());
    }
}

fn fills_cache(command: &PackageCommand<'_>) -> bool {
    let is_install = command.manager == Manager::Yarn && command.action == Action::Install;
    let is_asking = command.has_option(&["--version", "-v", "--help", "-h"]);
    is_install && !is_asking && !command.has_option(&["--cache-folder"])
}

/// Whether a mount somewhere is for a cache of yarn that a setting may have moved.
fn has_yarn_mount(run: &plimsoll_dockerfile::Instruction) -> bool {
    let plimsoll_dockerfile::InstructionKind::Run(run) = &run.kind else { return false };
    run.mounts.iter().any(|it| {
        let is_apart = matches!(it.kind.as_str(), "cache" | "tmpfs");
        is_apart && it.target().unwrap_or_default().to_ascii_lowercase().contains("yarn")
    })
}

fn cleans(after: &[Step]) -> bool {
    package_commands(after).any(|it| it.manager == Manager::Yarn && it.action == Action::Clean)
        || FOLDERS.iter().any(|it| removes(after, it))
}

/// Options that yarn took in its first version only.
static FIRST_VERSION_OPTIONS: &[&str] = &[
    "--frozen-lockfile",
    "--pure-lockfile",
    "--production",
    "--prod",
    "--non-interactive",
    "--ignore-optional",
    "--ignore-engines",
    "--ignore-scripts",
    "--network-timeout",
    "--no-progress",
];

static FOLDERS: &[&str] =
    &["/root/.cache/yarn", "/usr/local/share/.cache/yarn", "~/.cache/yarn", "$HOME/.cache/yarn"];

const WANTED: Wanted = Wanted::word(Manager::Yarn.programs());
