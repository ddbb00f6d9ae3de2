//! What `COPY` and `ADD` take from the build context. Knows no rule.

use plimsoll_dockerfile::{Copy, Instruction, InstructionKind};

/// Whether the instruction takes the build context as a whole.
pub(crate) fn takes_whole_context(instruction: &Instruction) -> bool {
    context_folders(instruction).iter().any(String::is_empty)
}

/// The folders of the build context that the instruction takes whole, as far as its text tells:
/// without `./` and slashes around them, the context itself as an empty text. A file is named like
/// a folder that holds nothing.
pub(crate) fn context_folders(instruction: &Instruction) -> Vec<String> {
    let (InstructionKind::Copy(copy) | InstructionKind::Add(copy)) = &instruction.kind else {
        return Vec::new();
    };
    if copy.from.is_some() || instruction.flags_named("exclude").next().is_some() {
        return Vec::new();
    }
    folders(copy)
}

fn folders(copy: &Copy) -> Vec<String> {
    let mut res = Vec::new();
    for path in copy.paths() {
        let mut text = path.text.trim_matches(['"', '\'']);
        text = text.strip_suffix("/*").or(text.strip_suffix("/.")).unwrap_or(text);
        let mut folder = text.trim_matches('/');
        while let Some(rest) = folder.strip_prefix("./") {
            folder = rest.trim_start_matches('/');
        }
        let folder = if matches!(folder, "." | "*") { "" } else { folder };
        if !folder.contains(['*', '?', '[', '$']) && !folder.contains("://") {
            res.push(folder.to_owned());
        }
    }
    res
}
