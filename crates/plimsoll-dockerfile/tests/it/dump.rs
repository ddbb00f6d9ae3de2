//! A model as a few short lines, for tests to compare.

use std::fmt::Write as _;

use plimsoll_dockerfile::{
    Copy, CopySource, Dockerfile, Healthcheck, Instruction, InstructionKind, Keyword, ShellForm,
    ShellOrExec, Word,
};
use plimsoll_shell::Dialect;
use plimsoll_text::Source;

/// Reads `text`.
pub(crate) fn read(text: &str) -> Dockerfile {
    Dockerfile::parse(&Source::new("Dockerfile", text))
}

/// Asserts that each text of `table` reads as the dump beside it.
pub(crate) fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        let dump = dump(&read(text));
        assert_eq!(dump.trim_end(), *expected, "\n--- the text:\n{text}\n--- reads as:\n{dump}");
    }
}

/// The instructions one by line, then the errors.
pub(crate) fn dump(file: &Dockerfile) -> String {
    let mut res = String::new();
    for instruction in &file.instructions {
        writeln!(res, "{}", instruction_line(file, instruction)).unwrap();
    }
    for error in &file.errors {
        let text = file.source.slice(error.span).replace('\n', "⏎");
        writeln!(res, "! {:?} `{text}`", error.kind).unwrap();
    }
    res
}

fn instruction_line(file: &Dockerfile, instruction: &Instruction) -> String {
    let mut res = instruction.keyword.name().to_owned();
    if instruction.keyword == Keyword::Unknown {
        res.push('?');
    }
    for flag in &instruction.flags {
        write!(res, " --{}", flag.name).unwrap();
        if let Some(value) = &flag.value {
            write!(res, "={value}").unwrap();
        }
    }
    write!(res, " {}", payload(file, &instruction.kind)).unwrap();
    for heredoc in &instruction.heredocs {
        let body = file.source.slice(heredoc.body).replace('\n', "⏎").replace('\r', "␍");
        let marks = [
            if heredoc.expand() { "" } else { "q" },
            if heredoc.strip_tabs { "-" } else { "" },
            if heredoc.terminated { "" } else { "!" },
        ];
        write!(res, " <<{}{}:`{body}`", marks.concat(), heredoc.delimiter).unwrap();
    }
    res.trim_end().to_owned()
}

fn payload(file: &Dockerfile, kind: &InstructionKind) -> String {
    let words = |it: &[Word]| it.iter().map(show).collect::<Vec<_>>().join(" ");
    match kind {
        InstructionKind::From(from) => {
            let alias = from.alias.as_ref();
            let alias = alias.map(|it| format!(" as {}", it.name.text)).unwrap_or_default();
            show(&from.image.word) + &alias
        }
        InstructionKind::Run(run) => form(file, &run.form),
        InstructionKind::Cmd(it)
        | InstructionKind::Entrypoint(it)
        | InstructionKind::Healthcheck(Healthcheck::Cmd(it)) => form(file, it),
        InstructionKind::Copy(it) | InstructionKind::Add(it) => copy(it),
        InstructionKind::Arg(arguments) => {
            let shown = arguments.iter().map(|it| match &it.default {
                Some(default) => format!("{}{}", show(&it.name), show(default)),
                None => show(&it.name),
            });
            shown.collect::<Vec<_>>().join(" ")
        }
        InstructionKind::Env(pairs) | InstructionKind::Label(pairs) => {
            let shown = pairs.pairs.iter();
            let shown: Vec<_> =
                shown.map(|it| format!("[{}]{}", it.name, show(&it.value))).collect();
            if pairs.legacy { format!("legacy {}", shown.join(" ")) } else { shown.join(" ") }
        }
        InstructionKind::Expose(ports) => {
            let shown = ports.iter().map(|it| {
                let protocol = it.protocol.as_deref().unwrap_or("-");
                format!("{:?}/{protocol}{}", it.range, if it.has_host { "@" } else { "" })
            });
            shown.collect::<Vec<_>>().join(" ")
        }
        InstructionKind::User(user) => {
            let group = user.group.as_ref().map(show).unwrap_or_default();
            show(&user.user) + &group
        }
        InstructionKind::Workdir(it)
        | InstructionKind::Stopsignal(it)
        | InstructionKind::Maintainer(it) => show(it),
        InstructionKind::Volume(it) => words(&it.paths) + if it.json { " json" } else { "" },
        InstructionKind::Healthcheck(Healthcheck::None) => "none".to_owned(),
        InstructionKind::Shell(words) => {
            words.iter().map(|it| it.value.clone()).collect::<Vec<_>>().join("|")
        }
        InstructionKind::Onbuild(inner) => {
            assert!(inner.onbuild);
            instruction_line(file, inner)
        }
        InstructionKind::Unknown { name } => name.clone(),
        InstructionKind::Invalid => "invalid".to_owned(),
    }
}

fn show(word: &Word) -> String {
    format!("({})", word.text)
}

fn copy(copy: &Copy) -> String {
    let sources = copy.sources.iter().map(|it| match it {
        CopySource::Path(word) => show(word),
        CopySource::Heredoc(idx) => format!("heredoc{idx}"),
    });
    let sources = sources.collect::<Vec<_>>().join(" ");
    format!("{sources} -> {}{}", show(&copy.destination), if copy.json { " json" } else { "" })
}

fn form(file: &Dockerfile, form: &ShellOrExec) -> String {
    match form {
        ShellOrExec::Exec(exec) => {
            let values: Vec<_> = exec.words.iter().map(|it| it.value.clone()).collect();
            assert!(file.source.slice(exec.span).starts_with('['));
            format!("exec {}", values.join("|"))
        }
        ShellOrExec::Shell(shell) => shell_form(shell),
    }
}

fn shell_form(shell: &ShellForm) -> String {
    let text = shell.text.text().replace('\n', "⏎");
    let mut res = format!("{:?} `{text}`", shell.shell);
    if shell.exec_fallback {
        res += " fallback";
    }
    for option in &shell.shebang_options {
        write!(res, " {option}").unwrap();
    }
    assert_eq!(shell.script.is_some(), shell.shell.dialect().is_some_and(Dialect::is_posix_family));
    for embedded in &shell.embedded {
        let text = embedded.text.text().replace('\n', "⏎");
        write!(res, " {:?}{}`{text}`", embedded.shell, embedded.heredoc).unwrap();
    }
    res
}
