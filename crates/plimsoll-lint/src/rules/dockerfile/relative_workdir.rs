use plimsoll_dockerfile::{InstructionKind, ShellKind};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    file_path::{is_absolute, is_simple, join},
    instruction_edit::is_as_written,
    rule::rule,
    subject::dockerfile::DockerfileSubject,
    working_directory::{directories, workdir_path},
};

rule! {
    /// `WORKDIR` relative to a directory that the base image decides.
    ///
    /// ## Why
    /// A relative `WORKDIR` starts from the directory that the base image happens to end in. When
    /// the base moves, the files land elsewhere and the build may still pass.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR app
    /// # ^ relative-workdir
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ARG DIR=srv/app
    /// WORKDIR "$DIR"
    /// # ^ relative-workdir
    /// WORKDIR /opt
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /app
    /// # ^ relative-workdir
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22 AS build
    /// WORKDIR /app
    /// WORKDIR src
    /// FROM build
    /// WORKDIR ../dist
    /// ```
    ///
    /// ```dockerfile
    /// # escape=`
    /// FROM mcr.microsoft.com/windows/servercore:ltsc2022
    /// WORKDIR C:\app
    /// WORKDIR "/srv/my app"
    /// WORKDIR $WHERE/app
    /// ```
    ///
    /// ## Limits
    /// A path that starts with a variable of unknown value is taken for absolute.
    ///
    /// ## References
    /// - Dockerfile reference: `WORKDIR`
    "relative-workdir" for DockerfileSubject {
        aliases: [
            "hadolint:DL3000", "kics:workdir_path_not_absolute", "trivy:DS-0009",
            "checkov:CKV_DOCKER_10", "buildkit:WorkdirRelativePath", "dockerfile-doctor:DD011",
            "droast:DF009", "dockerfilelint:invalid_workdir",
        ],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let directories = directories(dockerfile);
    for instruction in dockerfile.all_instructions() {
        let InstructionKind::Workdir(word) = &instruction.kind else { continue };
        let Some(before) = directories.get(instruction.index) else { continue };
        let Some(path) = workdir_path(dockerfile, instruction) else { continue };
        // What ONBUILD keeps for later does not know where it will start.
        if is_absolute(&path) || (before.is_set && !instruction.onbuild) {
            continue;
        }
        let message = "this path is relative to whatever directory the base image ends in; start \
                       it with `/`";
        let draft = sink.report(word.span, message);
        let base = before.path.as_deref().unwrap_or("/");
        let fixed = join(base, &path).filter(|it| is_simple(&path) && is_simple(it));
        let is_linux = !matches!(instruction.shell.kind, ShellKind::Cmd | ShellKind::PowerShell);
        if let Some(fixed) = fixed.filter(|_| is_linux)
            && is_as_written(&dockerfile.source, word)
            && !word.text.contains('$')
        {
            let edit = Edit::replace(word.span, fixed);
            draft.fix("Start at the root", Safety::Unsafe, vec![edit]);
        }
    }
}
