use plimsoll_dockerfile::{Base, Instruction};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    package_cleanup::{ImageStages, append, is_mounted, removes},
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_report::runs_with,
    rule::rule,
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Downloaded packages of apt may stay in the layer.
    ///
    /// ## Why
    /// apt keeps every package that it downloads in `/var/cache/apt/archives`. The official Debian
    /// and Ubuntu images have a hook that deletes them; other images may not, and then each package
    /// is in the image twice.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM example.com/base:1.4
    /// RUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*
    /// # ^ apt-archives-kept
    /// RUN apt-get clean && apt-get install -y git
    /// # ^ apt-archives-kept
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/cache/apt/archives/jq_1.8_amd64.deb, size: 900000}
    /// # ^ apt-archives-kept
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM example.com/base:1.4
    /// RUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/* && apt-get clean
    /// # ^ apt-archives-kept
    /// RUN apt-get clean && apt-get install -y git && apt-get clean
    /// # ^ apt-archives-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
    /// ```
    ///
    /// ```dockerfile
    /// FROM example.com/base:1.4
    /// RUN apt-get update && apt-get install -y curl && apt-get clean
    /// RUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y git
    /// RUN apt-get install -y jq && rm -rf /var/cache/apt/archives
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/cache/apt/archives/jq_1.8_amd64.deb, size: 90}
    ///   - {path: opt/var/cache/apt/archives/jq_1.8_amd64.deb, size: 900000}
    /// ```
    ///
    /// ## Limits
    /// Whether an image has the hook is known for the official images only, by their names.
    ///
    /// ## References
    /// - `apt-get(8)`: `clean`
    /// - CIS Docker Benchmark 4.3
    "apt-archives-kept" for DockerfileSubject {
        aliases: ["semgrep:remove-package-cache", "dockerfile_lint:no_apt-get_clean"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: Safe,
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let images = ImageStages::of(&subject.dockerfile);
    for run in runs_with(subject, &WANTED).filter(|it| images.hold(it)) {
        if has_hook(subject, run) || is_mounted(run, ARCHIVES) {
            continue;
        }
        let steps = subject.steps(run);
        let last = steps.iter().enumerate().rev().find_map(|(idx, step)| {
            let command = PackageCommand::of(step)?;
            let installs = command.manager == Manager::Apt && command.action.installs();
            (installs && !command.is_dry()).then_some((idx, command))
        });
        let Some((idx, command)) = last else { continue };
        let after = steps.get(idx + 1..).unwrap_or_default();
        let mut cleaning = package_commands(after);
        let is_clean = cleaning.any(|it| it.manager == Manager::Apt && it.action == Action::Clean)
            || removes(after, ARCHIVES);
        if is_clean {
            continue;
        }
        let message = format!(
            "`{}` may leave its downloads in the layer; end the `RUN` with `apt-get clean`",
            command.title()
        );
        let edit = append(subject, run, steps, "apt-get clean");
        let draft = report(subject, run, sink, command.step.name_span, message);
        draft.fix("Add `apt-get clean`", Safety::Safe, edit.into_iter().collect());
    }
}

/// Whether the stage starts from an image that is known to delete archives by itself.
fn has_hook(subject: &DockerfileSubject, run: &Instruction) -> bool {
    let Some(stage) = run.stage else { return true };
    let chain = subject.dockerfile.base_chain(stage);
    match chain.last().map(|it| &it.base) {
        Some(Base::Image(image)) => {
            let name = image.familiar_name();
            HOOKED.contains(&name.split([':', '@']).next().unwrap_or_default())
        }
        _ => false,
    }
}

const ARCHIVES: &str = "/var/cache/apt/archives";

/// Official images that are built on those of Debian and Ubuntu.
static HOOKED: &[&str] = &[
    "debian",
    "ubuntu",
    "buildpack-deps",
    "cassandra",
    "eclipse-temurin",
    "gcc",
    "golang",
    "httpd",
    "mariadb",
    "mongo",
    "nginx",
    "node",
    "openjdk",
    "perl",
    "php",
    "postgres",
    "pypy",
    "python",
    "rabbitmq",
    "redis",
    "ruby",
    "rust",
    "tomcat",
    "wordpress",
];

const WANTED: Wanted = Wanted::word(Manager::Apt.programs());
