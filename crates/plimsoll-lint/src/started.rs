//! What the final image starts. Knows no rule.

use plimsoll_dockerfile::{Dockerfile, Instruction, InstructionKind, Keyword, ShellOrExec};

use crate::{
    base::final_instructions,
    subject::dockerfile::{commands, form},
};

/// The instruction that says what the final image starts: its last `ENTRYPOINT`, else its last
/// `CMD`.
pub(crate) fn start_instruction(dockerfile: &Dockerfile) -> Option<&Instruction> {
    let last = |keyword| final_instructions(dockerfile).filter(|it| it.keyword == keyword).last();
    last(Keyword::Entrypoint).or_else(|| last(Keyword::Cmd))
}

/// Whether the final image starts a program of one of these names.
pub(crate) fn starts(dockerfile: &Dockerfile, names: &[&str]) -> bool {
    let Some(instruction) = start_instruction(dockerfile) else { return false };
    let base_name = |it: &str| it.rsplit('/').next().unwrap_or_default().to_owned();
    if let Some(exec) = form(instruction).and_then(ShellOrExec::exec) {
        let program = exec.words.first().map(|it| base_name(&it.value));
        return program.is_some_and(|it| names.contains(&it.as_str()));
    }
    let first = commands(instruction).next().and_then(|it| it.invocation());
    first.is_some_and(|it| names.contains(&it.name))
}

/// The text of what the final image starts, the words of the exec form with blanks between them.
pub(crate) fn start_text(dockerfile: &Dockerfile) -> Option<String> {
    let form = form(start_instruction(dockerfile)?)?;
    Some(match form {
        ShellOrExec::Shell(shell) => shell.text.text().to_owned(),
        ShellOrExec::Exec(exec) => {
            let words: Vec<&str> = exec.words.iter().map(|it| it.value.as_str()).collect();
            words.join(" ")
        }
    })
}

/// Whether the final image sets the variable `name` by `ENV`.
pub(crate) fn sets_variable(dockerfile: &Dockerfile, name: &str) -> bool {
    final_instructions(dockerfile).any(|it| match &it.kind {
        InstructionKind::Env(pairs) => pairs.pairs.iter().any(|it| it.name == name),
        _ => false,
    })
}
