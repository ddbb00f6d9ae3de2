use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_text::Edit;

use crate::{
    package_manager::{Action, Manager, PackageCommand},
    rule::rule,
    run_step::{Step, report},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A package manager without a cache mount.
    ///
    /// ## Why
    /// With `--mount=type=cache`, what one build downloads is there for the next one, also when the
    /// list of packages has changed, and none of it is in the image.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN go mod download
    /// # ^ missing-cache-mount
    /// RUN cargo build --release
    /// # ^ missing-cache-mount
    /// RUN --network=default npm ci
    /// # ^ missing-cache-mount
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN --mount=type=cache,target=/go/pkg/mod go mod download
    /// # ^ missing-cache-mount
    /// RUN --mount=type=cache,target=/usr/local/cargo/registry cargo build --release
    /// # ^ missing-cache-mount
    /// RUN --mount=type=cache,target=/root/.npm --network=default npm ci
    /// # ^ missing-cache-mount
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN --mount=type=cache,target=/go/pkg/mod go mod download
    /// RUN --mount=type=cache,target=/usr/local/cargo/registry cargo build
    /// RUN pip install --no-cache-dir flask==3.1.0
    /// RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
    /// RUN npm ci && npm cache clean --force
    /// ```
    ///
    /// ## Limits
    /// Only managers of languages are looked at: for those of distributions, cleaning up is as
    /// good. The folder is that of root; another user or a moved cache needs another target. Where
    /// the command turns its cache off or clears it, nothing is said.
    ///
    /// ## References
    /// - Docker documentation: `RUN --mount=type=cache`
    "missing-cache-mount" for DockerfileSubject {
        aliases: ["tally:prefer-package-cache-mounts"],
        severity: Info,
        confidence: Low,
        audience: Style,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Run(payload) = &run.kind else { return };
    if payload.mounts.iter().any(|it| matches!(it.kind.as_str(), "cache" | "tmpfs")) {
        return;
    }
    let steps = subject.steps(run);
    let is_cleared = steps.iter().any(|it| {
        it.has_argument(&["clean", "purge", "--no-cache-dir", "--no-cache", "prune"])
            || (it.name == "rm" && it.arguments.iter().any(|it| it.text.contains("cache")))
    });
    if is_cleared {
        return;
    }
    let found = steps.iter().find_map(|it| Some((it, cache_folder(it)?)));
    let Some((step, folder)) = found else { return };
    let message =
        format!("`{}` downloads anew in each build; mount a cache at `{folder}`", step.name);
    let edit = Edit::insert(run.name.end, format!(" --mount=type=cache,target={folder}"));
    report(subject, run, sink, step.name_span, message).fix(
        "Mount a cache",
        Safety::Unsafe,
        vec![edit],
    );
}

/// Where root's downloads of this command are kept.
fn cache_folder(step: &Step) -> Option<&'static str> {
    let verb = step.plain_arguments().next().map(|it| it.text.as_str()).unwrap_or_default();
    let second = step.plain_arguments().nth(1).map(|it| it.text.as_str()).unwrap_or_default();
    Some(match (step.name.as_str(), verb) {
        ("go", "build" | "install" | "get" | "test") => "/go/pkg/mod",
        ("go", "mod") if second == "download" => "/go/pkg/mod",
        ("cargo", "build" | "install" | "fetch" | "test") => "/usr/local/cargo/registry",
        ("npm", "ci" | "clean-install") => "/root/.npm",
        ("pnpm", "install" | "i" | "add" | "fetch") => "/root/.local/share/pnpm/store",
        ("uv", "sync" | "pip") => "/root/.cache/uv",
        ("poetry", "install") => "/root/.cache/pypoetry",
        ("composer", "install" | "require") => "/root/.composer/cache",
        ("mvn" | "mvnw", _) => "/root/.m2",
        ("gradle" | "gradlew", _) => "/root/.gradle",
        ("dotnet", "restore" | "publish" | "build") => "/root/.nuget/packages",
        ("bundle", "install") => "/usr/local/bundle/cache",
        _ => return language_folder(step),
    })
}

fn language_folder(step: &Step) -> Option<&'static str> {
    let command = PackageCommand::of(step).filter(|it| it.action == Action::Install)?;
    match command.manager {
        Manager::Npm => Some("/root/.npm"),
        Manager::Yarn if command.verb.is_some() => Some("/usr/local/share/.cache/yarn"),
        Manager::Pip => Some("/root/.cache/pip"),
        _ => None,
    }
}

const WANTED: Wanted = Wanted::word(&["go", "cargo", "npm", "pnpm", "uv", "poetry"])
    .or_word(&["composer", "mvn", "mvnw", "gradle", "gradlew", "dotnet", "bundle"])
    .or_word(Manager::Yarn.programs())
    .or_word(Manager::Pip.programs());
