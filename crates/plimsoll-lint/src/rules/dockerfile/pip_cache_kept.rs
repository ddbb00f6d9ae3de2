use plimsoll_dockerfile::{Dockerfile, Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    package_cleanup::{is_mounted, removes},
    package_manager::{Action, Manager, PackageCommand},
    package_report::report_missing_option,
    rule::rule,
    run_step::Step,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// pip keeps what it downloads.
    ///
    /// ## Why
    /// pip stores every download and every wheel it builds in `~/.cache/pip`, so the packages are
    /// in the image twice. Nothing installs again in a finished image.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM python:3.13
    /// RUN pip install flask==3.1.0
    /// # ^ pip-cache-kept
    /// RUN python3 -m pip install -r requirements.txt
    /// # ^ pip-cache-kept
    /// RUN PIP_NO_CACHE_DIR=off pip install jinja2==3.1.5
    /// # ^ pip-cache-kept
    /// ENV PIP_NO_CACHE_DIR=0
    /// RUN ["pip3", "install", "requests==2.32.3"]
    /// # ^ pip-cache-kept
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: root/.cache/pip/http/a/b/c, size: 900000}
    /// # ^ pip-cache-kept
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM python:3.13
    /// RUN pip install --no-cache-dir flask==3.1.0
    /// # ^ pip-cache-kept
    /// RUN python3 -m pip install --no-cache-dir -r requirements.txt
    /// # ^ pip-cache-kept
    /// RUN PIP_NO_CACHE_DIR=off pip install --no-cache-dir jinja2==3.1.5
    /// # ^ pip-cache-kept
    /// ENV PIP_NO_CACHE_DIR=0
    /// RUN ["pip3", "install", "--no-cache-dir", "requests==2.32.3"]
    /// # ^ pip-cache-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM python:3.13 AS base
    /// RUN pip install --no-cache-dir flask==3.1.0 && pip install . && pipx install x
    /// RUN PIP_NO_CACHE_DIR=1 pip install a==1 && export PIP_NO_CACHE_DIR=1 && pip install b==1
    /// RUN --mount=type=cache,target=/root/.cache/pip pip install c==1
    /// RUN pip install d==1 && rm -rf ~/.cache/pip && pip --no-cache-dir install e==1
    /// RUN pip install f==1 && pip cache purge
    /// ENV PIP_NO_CACHE_DIR=true
    /// FROM base
    /// RUN pip install flask==3.1.0
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: root/.cache/pip/http/a/b/c, size: 90}
    ///   - {path: opt/root/.cache/pip/http/a/b/c, size: 900000}
    /// ```
    ///
    /// ## Limits
    /// An install of nothing but local paths is left alone. A setting in `pip.conf` is not seen.
    ///
    /// ## References
    /// - pip documentation: caching
    /// - CIS Docker Benchmark 4.3
    "pip-cache-kept" for DockerfileSubject {
        aliases: [
            "hadolint:DL3042",
            "kics:pip_install_keeping_cached_packages",
            "semgrep:missing-pip-no-cache-dir",
            "dockerfile-doctor:DD009",
            "droast:DF030",
        ],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: Safe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let is_kept_out = FOLDERS.iter().any(|it| is_mounted(run, it));
    if is_kept_out || is_off_by_environment(&subject.dockerfile, run) {
        return;
    }
    let steps = subject.steps(run);
    let last_removal = steps.iter().rposition(removes_downloads);
    let mut is_exported = false;
    let mut keeping = Vec::new();
    for (idx, step) in steps.iter().enumerate() {
        is_exported |= exports_off(step);
        let is_removed = last_removal.is_some_and(|it| it > idx);
        if !is_exported && !is_removed && !is_off_here(step) {
            keeping.extend(PackageCommand::of(step).filter(keeps_downloads));
        }
    }
    let why = "leaves its downloads in the layer";
    report_missing_option(subject, run, sink, &keeping, "--no-cache-dir", Safety::Safe, why);
}

fn removes_downloads(step: &Step) -> bool {
    let is_purge = PackageCommand::of(step).is_some_and(|it| it.manager == Manager::Pip)
        && step.has_argument(&["purge"]);
    is_purge || FOLDERS.iter().any(|it| removes(std::slice::from_ref(step), it))
}

fn keeps_downloads(command: &PackageCommand<'_>) -> bool {
    let is_install = command.manager == Manager::Pip && command.action == Action::Install;
    let fetches = command.has_option(&["--requirement", "--group"])
        || command.has_short('r')
        || command.operands.iter().any(|it| !it.text.starts_with(['.', '/']));
    let is_off = command.has_option(&["--no-cache-dir", "--cache-dir"]) || command.is_dry();
    is_install && fetches && !is_off
}

fn is_off_by_environment(dockerfile: &Dockerfile, run: &Instruction) -> bool {
    let variable = dockerfile.environment_at(run.index).get(VARIABLE);
    variable.is_some_and(|it| it.value.is_none_or(means_on))
}

fn is_off_here(step: &Step) -> bool {
    step.variables.iter().any(|it| it.0 == VARIABLE && means_on(&it.1))
}

fn exports_off(step: &Step) -> bool {
    let value = |text: &str| {
        let (name, value) = text.split_once('=')?;
        (name == VARIABLE).then(|| means_on(value))
    };
    step.name == "export" && step.arguments.iter().filter_map(|it| value(&it.text)).any(|it| it)
}

fn means_on(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']).to_ascii_lowercase();
    !matches!(value.as_str(), "" | "0" | "off" | "no" | "false" | "n" | "f")
}

const VARIABLE: &str = "PIP_NO_CACHE_DIR";

static FOLDERS: &[&str] =
    &["/root/.cache/pip", "~/.cache/pip", "$HOME/.cache/pip", "${HOME}/.cache/pip"];

const WANTED: Wanted = Wanted::word(Manager::Pip.programs());
