//! From shell form to exec form. Knows no rule.

use std::fmt::Write as _;

use plimsoll_dockerfile::{Instruction, ShellForm};
use plimsoll_shell::Command;

/// Whether a shell form is one on purpose: a `SHELL` names the shell, or `exec` replaces it.
pub(crate) fn is_deliberate(instruction: &Instruction, shell: &ShellForm) -> bool {
    let first = shell.text.text().split_whitespace().next();
    instruction.shell.set_by.is_some() || first == Some("exec")
}

/// The JSON array that runs the same program with the same arguments; `None` where the shell does
/// more than splitting words.
pub(crate) fn to_exec(shell: &ShellForm) -> Option<String> {
    let script = shell.script.as_ref()?;
    let ([and_or], true) = (script.list.items.as_slice(), script.is_clean()) else { return None };
    let ([pipeline], None) = (and_or.pipelines.as_slice(), and_or.separator) else { return None };
    let ([Command::Simple(simple)], None) = (pipeline.commands.as_slice(), pipeline.negation)
    else {
        return None;
    };
    let is_plain = simple.assignments.is_empty()
        && simple.redirects.is_empty()
        && script.comments.is_empty()
        && !simple.name().is_none_or(|it| BUILTINS.contains(&it));
    if !is_plain {
        return None;
    }
    let mut words = Vec::with_capacity(simple.words.len());
    for word in &simple.words {
        words.push(json_string(&word.literal()?));
    }
    Some(format!("[{}]", words.join(", ")))
}

fn json_string(text: &str) -> String {
    let mut res = String::with_capacity(text.len() + 2);
    res.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => res.extend(['\\', char]),
            _ if char.is_control() => {
                let _ = write!(res, "\\u{:04x}", u32::from(char));
            }
            _ => res.push(char),
        }
    }
    res.push('"');
    res
}

/// Commands that only a shell has.
static BUILTINS: &[&str] = &[
    ".", ":", "alias", "bg", "break", "cd", "command", "continue", "declare", "eval", "exec",
    "exit", "export", "fg", "hash", "jobs", "let", "local", "popd", "pushd", "read", "readonly",
    "return", "set", "shift", "shopt", "source", "time", "times", "trap", "type", "typeset",
    "ulimit", "umask", "unalias", "unset", "wait",
];

#[cfg(test)]
mod tests {
    use plimsoll_dockerfile::Dockerfile;
    use plimsoll_text::Source;

    use super::to_exec;
    use crate::subject::dockerfile::form;

    #[test]
    fn only_plain_commands_become_arrays() {
        for (command, expected) in [
            ("a b", Some(r#"["a", "b"]"#)),
            (r#"a "b c" 'd"e' f\ g"#, Some(r#"["a", "b c", "d\"e", "f g"]"#)),
            ("a 'b\\c'", Some(r#"["a", "b\\c"]"#)),
            ("a \\\n  b", Some(r#"["a", "b"]"#)),
            ("a $B", None),
            ("a *.txt", None),
            ("a ~", None),
            ("a; b", None),
            ("a &", None),
            ("! a", None),
            ("a | b", None),
            ("A=1 b", None),
            ("a >b", None),
            ("cd /a", None),
            ("a # b", None),
            ("a 'b", None),
        ] {
            let text = format!("FROM alpine\nCMD {command}\n");
            let dockerfile = Dockerfile::parse(&Source::new("x", text));
            let shell = form(&dockerfile.instructions[1]).and_then(|it| it.shell()).unwrap();
            assert_eq!(to_exec(shell).as_deref(), expected, "{command}");
        }
    }

    #[test]
    fn a_windows_path_is_not_torn() {
        let text = "FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nCMD C:\\app\\run.exe\n";
        let dockerfile = Dockerfile::parse(&Source::new("x", text));
        let shell = form(&dockerfile.instructions[1]).and_then(|it| it.shell()).unwrap();
        assert_eq!(to_exec(shell), None);
    }
}
