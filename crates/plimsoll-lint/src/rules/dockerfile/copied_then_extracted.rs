use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    copied_archive::{Copied, copied_archives},
    instruction_edit::{delete_instruction, has_comment_inside},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Archive that is copied in and then unpacked by `RUN`.
    ///
    /// ## Why
    /// The copied archive stays in its layer for good, even if a later `RUN` deletes it. `ADD`
    /// unpacks a local tar archive in one step and leaves no archive behind.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// COPY dist.tar.gz /tmp/
    /// # ^ copied-then-extracted
    /// RUN tar -xzf /tmp/dist.tar.gz -C /opt
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// COPY packages/a.tgz /tmp/b.tgz
    /// # ^ copied-then-extracted
    /// RUN cd /tmp && tar xf b.tgz && rm b.tgz
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// ADD dist.tar.gz /opt/
    /// # ^ copied-then-extracted
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13 AS build
    /// COPY dist.tar.gz /opt/
    /// FROM debian:13
    /// ADD dist.tar.gz /opt/
    /// COPY --from=build /opt/other.tar.gz /tmp/
    /// RUN tar -xf /tmp/other.tar.gz && tar -tf /opt/dist.tar.gz
    /// ```
    ///
    /// ## Limits
    /// The archive is found again by its file name. `ADD` cannot unpack zip files or single
    /// compressed files, and it cannot strip leading folders; where the unpacking does such a
    /// thing, a `RUN --mount=type=bind` that reads the archive from the context is the way.
    ///
    /// ## References
    /// - Dockerfile reference: `ADD`, `RUN --mount=type=bind`
    "copied-then-extracted" for DockerfileSubject {
        aliases: ["hadolint:DL3010", "tally:prefer-add-unpack", "droast:DF067"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    for copied in copied_archives(&subject.dockerfile) {
        let Some(extraction) = &copied.extraction else { continue };
        let message = "this archive is unpacked further down; `ADD` or a bind mount would not \
                       leave it in a layer";
        let draft =
            sink.report(copied.instruction.name, message).related(extraction.span, "unpacked here");
        let edits = add_instead(subject, &copied).unwrap_or_default();
        draft.fix("Unpack with `ADD`", Safety::Unsafe, edits);
    }
}

/// `ADD` in the place of a `COPY` and of the `RUN` right after it that does nothing but unpack.
fn add_instead(subject: &DockerfileSubject, copied: &Copied<'_>) -> Option<Vec<Edit>> {
    let dockerfile = &subject.dockerfile;
    let target = copied.extraction.as_ref()?.sole_target.as_deref()?;
    let copy = copied.instruction;
    let InstructionKind::Copy(kind) = &copy.kind else { return None };
    let run: &Instruction = dockerfile.instructions.get(copy.index + 1)?;
    let is_next = run.keyword == Keyword::Run && copied.extraction.as_ref()?.run == run.index;
    let is_plain = kind.sources.len() == 1 && !kind.json && !copy.onbuild;
    if !is_next || !is_plain || !run.flags.is_empty() || has_comment_inside(dockerfile, copy) {
        return None;
    }
    let slash = if target.ends_with('/') { "" } else { "/" };
    Some(vec![
        Edit::replace(copy.name, "ADD"),
        Edit::replace(kind.destination.span, format!("{target}{slash}")),
        delete_instruction(dockerfile, run)?,
    ])
}
