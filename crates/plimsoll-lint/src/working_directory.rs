//! Which directory each instruction of a Dockerfile works in. Knows no rule.

use std::sync::Arc;

use plimsoll_dockerfile::{Base, Dockerfile, Instruction, InstructionKind};

use crate::file_path::{is_absolute, join};

/// A working directory, as far as the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Directory {
    /// The absolute path where it is known.
    pub(crate) path: Option<Arc<str>>,
    /// Whether an absolute `WORKDIR` of this file decided it, not the base image.
    pub(crate) is_set: bool,
}

/// The directory in force before each instruction, by its index.
pub(crate) fn directories(dockerfile: &Dockerfile) -> Vec<Directory> {
    let mut res = Vec::with_capacity(dockerfile.instructions.len());
    // Where each stage ends.
    let mut ends = vec![Directory::default(); dockerfile.stages.len()];
    let mut here = Directory::default();
    for instruction in &dockerfile.instructions {
        if let InstructionKind::From(_) = &instruction.kind {
            here = at_start(dockerfile, instruction, &ends);
        }
        res.push(here.clone());
        if let InstructionKind::Workdir(_) = &instruction.kind {
            here = after(dockerfile, instruction, &here);
        }
        if let Some(end) = instruction.stage.and_then(|it| ends.get_mut(it)) {
            end.clone_from(&here);
        }
    }
    res
}

/// The path of a `WORKDIR` with its variables put in; `None` where one is not known.
pub(crate) fn workdir_path(dockerfile: &Dockerfile, instruction: &Instruction) -> Option<String> {
    let InstructionKind::Workdir(word) = &instruction.kind else { return None };
    // Backslashes of a Windows path are no escapes to the reader of the path.
    if is_absolute(&word.text) && !word.text.contains('$') {
        return Some(word.text.trim_matches(['"', '\'']).to_owned());
    }
    dockerfile.expand_word(instruction, word).value
}

fn at_start(dockerfile: &Dockerfile, from: &Instruction, ends: &[Directory]) -> Directory {
    match from.stage.and_then(|it| dockerfile.stages.get(it)).map(|it| &it.base) {
        Some(Base::Stage(below)) => ends.get(*below).cloned().unwrap_or_default(),
        Some(Base::Scratch) => Directory { path: Some(Arc::from("/")), is_set: false },
        _ => Directory::default(),
    }
}

fn after(dockerfile: &Dockerfile, workdir: &Instruction, before: &Directory) -> Directory {
    let Some(path) = workdir_path(dockerfile, workdir) else {
        return Directory { path: None, is_set: true };
    };
    if is_absolute(&path) {
        let known = path.starts_with('/').then(|| join("/", &path)).flatten();
        return Directory { path: known.map(Arc::from), is_set: true };
    }
    let known = before.path.as_ref().and_then(|it| join(it, &path));
    Directory { path: known.map(Arc::from), is_set: before.is_set }
}

#[cfg(test)]
mod tests {
    use plimsoll_dockerfile::Dockerfile;
    use plimsoll_text::Source;

    use super::directories;

    #[test]
    fn directories_follow_workdir_and_stages() {
        let text = "FROM a AS x\nWORKDIR b\nWORKDIR /c\nWORKDIR d\nFROM x\nWORKDIR $y\nUSER z\n\
                    FROM scratch\nWORKDIR e\nUSER z\n";
        let dockerfile = Dockerfile::parse(&Source::new("x", text));
        let found: Vec<(Option<String>, bool)> = directories(&dockerfile)
            .iter()
            .map(|it| (it.path.as_deref().map(str::to_owned), it.is_set))
            .collect();
        let known = |path: &str, is_set| (Some(path.to_owned()), is_set);
        let expected = [
            (None, false),
            (None, false),
            (None, false),
            known("/c", true),
            known("/c/d", true),
            known("/c/d", true),
            (None, true),
            known("/", false),
            known("/", false),
            known("/e", false),
        ];
        assert_eq!(found, expected);
    }
}
