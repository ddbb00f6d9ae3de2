use plimsoll_dockerfile::InstructionKind;
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
    /// `WORKDIR` relative to an earlier `WORKDIR`.
    ///
    /// ## Why
    /// It works, but where the files go can only be told by reading all that comes before. An
    /// absolute path says it on the spot and survives moved lines.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /srv
    /// WORKDIR app
    /// # ^ stepwise-workdir
    /// WORKDIR "../other"
    /// # ^ stepwise-workdir
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /srv
    /// WORKDIR /srv/app
    /// # ^ stepwise-workdir
    /// WORKDIR /srv/other
    /// # ^ stepwise-workdir
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR app
    /// WORKDIR /srv/app
    /// WORKDIR $DIR
    /// ```
    ///
    /// ## Limits
    /// A relative `WORKDIR` without an absolute one before it is for `relative-workdir`. A path
    /// with variables is reported where its value is known, but not rewritten.
    ///
    /// ## References
    /// - Dockerfile reference: `WORKDIR`
    "stepwise-workdir" for DockerfileSubject {
        aliases: [
            "hadolint:DL3000", "kics:workdir_path_not_absolute", "trivy:DS-0009",
            "checkov:CKV_DOCKER_10", "dockerfile-doctor:DD011", "droast:DF009",
            "dockerfilelint:invalid_workdir",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let directories = directories(dockerfile);
    for instruction in &dockerfile.instructions {
        let InstructionKind::Workdir(word) = &instruction.kind else { continue };
        let Some(before) = directories.get(instruction.index) else { continue };
        let Some(path) = workdir_path(dockerfile, instruction) else { continue };
        if is_absolute(&path) || !before.is_set {
            continue;
        }
        let message = "this path is relative to an earlier `WORKDIR`; write it in full";
        let draft = sink.report(word.span, message);
        let fixed = before.path.as_deref().and_then(|it| join(it, &path));
        if let Some(fixed) = fixed.filter(|it| is_simple(it) && is_simple(&path))
            && is_as_written(&dockerfile.source, word)
            && !word.text.contains('$')
        {
            let edit = Edit::replace(word.span, fixed);
            draft.fix("Write the path in full", Safety::Safe, vec![edit]);
        }
    }
}
