//! What the build of a service takes out of its build context. Knows no rule.

use std::sync::Arc;

use plimsoll_dockerfile::{Instruction, InstructionKind};
use plimsoll_posture::{Build, BuiltImage};
use plimsoll_text::Location;

use crate::{copied::context_folders, subject::dockerfile::BuildContext};

/// Each instruction of the image, and of the stages it copies from, that takes files which
/// `is_wanted` picks: its place, the first of the files, and how many more there are.
pub(crate) fn taken_files(
    image: &Arc<BuiltImage>,
    context: &BuildContext,
    is_wanted: impl Fn(&str) -> bool,
) -> Vec<(Location, String, usize)> {
    let is_ignored =
        |path: &str| context.ignore.as_ref().is_some_and(|it| it.matches(path).ignored);
    let wanted: Vec<&String> =
        context.files.iter().filter(|it| is_wanted(it) && !is_ignored(it)).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let dockerfile = &image.dockerfile;
    let built = dockerfile.reachable_stages(image.stage);
    let mut res = Vec::new();
    for instruction in &dockerfile.instructions {
        if !instruction.stage.is_some_and(|it| built.contains(&it)) || !is_copy(instruction) {
            continue;
        }
        let folders = context_folders(instruction);
        let is_taken = |path: &str| {
            folders.iter().any(|it| {
                it.is_empty()
                    || path.strip_prefix(it.as_str()).is_some_and(|it| it.starts_with('/'))
            })
        };
        let mut found = wanted.iter().filter(|it| is_taken(it));
        if let Some(first) = found.next() {
            let place = Location::new(&dockerfile.source, instruction.name);
            res.push((place, (*first).clone(), found.count()));
        }
    }
    res
}

/// Whether the Dockerfile stands elsewhere than at the top of its context, so that judging it alone
/// sees another folder.
pub(crate) fn is_context_elsewhere(build: &Build) -> bool {
    build.dockerfile.as_ref().is_some_and(|it| it.value.trim_start_matches("./").contains('/'))
}

fn is_copy(instruction: &Instruction) -> bool {
    matches!(instruction.kind, InstructionKind::Copy(_) | InstructionKind::Add(_))
}
