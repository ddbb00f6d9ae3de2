//! What an instruction holds that rules ask for: the programs that it runs, the variables that it
//! sets, the characters that it is written in. Rules about anything else pass it by.
//!
//! Knows no rule. What is left out here a rule may miss; one name too many does no harm.

use plimsoll_dockerfile::{Instruction, InstructionKind, ShellOrExec};
use plimsoll_finding::Marks;
use plimsoll_shell::{Dialect, SimpleCommand};

use crate::{
    subject::dockerfile::{DockerfileSubject, form},
    tls_verification::setter_words,
};

/// The marks of `instruction`.
pub(crate) fn marks(subject: &DockerfileSubject, instruction: &Instruction) -> Marks {
    let mut res = Marks::default();
    res.add_characters(subject.dockerfile.source.slice(instruction.span));
    match &instruction.kind {
        InstructionKind::Env(env) => {
            for pair in &env.pairs {
                res.add_word(&pair.name);
            }
        }
        InstructionKind::Arg(arguments) => {
            let escape = subject.dockerfile.escape;
            for argument in arguments {
                res.add_word(&argument.name.unquoted(escape));
            }
        }
        _ => {
            if let Some(form) = form(instruction) {
                add_commands(subject, instruction, form, &mut res);
            }
        }
    }
    res
}

fn add_commands(
    subject: &DockerfileSubject,
    instruction: &Instruction,
    form: &ShellOrExec,
    out: &mut Marks,
) {
    // The two readings of a command differ only in what a shell is handed, and in the JSON form.
    let mut needs_steps = form.exec().is_some();
    if let Some(commands) = subject.every_command(instruction) {
        commands.visit(instruction, &mut |command| {
            needs_steps |= add_command(command.simple(), out);
        });
    }
    if needs_steps {
        for step in subject.steps(instruction) {
            add_program(&step.name, out);
        }
    }
}

/// Adds a command, and says whether it may hand a text to a shell.
fn add_command(command: &SimpleCommand, out: &mut Marks) -> bool {
    let mut is_shell = false;
    let effective = command.effective().map(|it| it.name);
    let prefixes = command.prefixes().iter().map(|it| it.name.as_str());
    for name in command.name().into_iter().chain(effective).chain(prefixes) {
        add_program(name, out);
        is_shell |= matches!(name, "su" | "eval") || Dialect::of_interpreter(name).is_some();
    }
    for assignment in &command.assignments {
        out.add_word(&assignment.name);
    }
    for name in setter_words(command).filter_map(|it| it.assignment_name()) {
        out.add_word(name);
    }
    is_shell
}

/// Adds a program by its name, and by what that is without a version.
fn add_program(name: &str, out: &mut Marks) {
    out.add_word(name);
    let stem = name.trim_end_matches(|it: char| it.is_ascii_digit() || it == '.');
    if stem.len() < name.len() {
        out.add_word(stem);
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_finding::{Subject, Wanted};
    use plimsoll_text::Source;

    use crate::subject::dockerfile::DockerfileSubject;

    #[test]
    fn an_instruction_holds_what_it_runs_and_sets() {
        for (text, wanted) in [
            ("RUN a && x", Wanted::word(&["x"])),
            ("RUN sudo -E /bin/x y", Wanted::word(&["x"])),
            ("RUN sudo x", Wanted::word(&["sudo"])),
            ("RUN env y | nice x", Wanted::word(&["nice"])),
            ("RUN echo $(x)", Wanted::word(&["x"])),
            ("RUN <<EOF\nx\nEOF", Wanted::word(&["x"])),
            ("RUN [\"x\", \"y\"]", Wanted::word(&["x"])),
            ("RUN [\"A=1\", \"y\"]", Wanted::word(&["A=1"])),
            ("RUN sh -c 'a; x'", Wanted::word(&["x"])),
            ("RUN mksh -c 'a; x'", Wanted::word(&["x"])),
            ("RUN su app -c x", Wanted::word(&["x"])),
            ("RUN eval x", Wanted::word(&["x"])),
            ("RUN pip3.12 install", Wanted::word(&["pip"])),
            ("RUN x_y=1 a", Wanted::word(&["X_Y"])),
            ("RUN export X=1", Wanted::word(&["X"])),
            ("ENV X=1 Y=2", Wanted::word(&["Y"])),
            ("ARG X=1", Wanted::word(&["x"])),
            ("CMD x", Wanted::word(&["x"])),
            ("HEALTHCHECK CMD x", Wanted::word(&["x"])),
            ("ONBUILD RUN x \\\n | y", Wanted::word(&["x"]).and_every("|")),
            ("RUN <<EOF\nx $y\nEOF", Wanted::every("$")),
        ] {
            let subject = DockerfileSubject::alone(&Source::new("Dockerfile", text));
            let instruction = subject.dockerfile.all_instructions().next().unwrap();
            assert!(wanted.may_be_in(&subject.marks(instruction)), "{text}");
        }
    }

    #[test]
    fn arguments_are_no_programs() {
        let subject = DockerfileSubject::alone(&Source::new("Dockerfile", "RUN echo curl"));
        let instruction = subject.dockerfile.all_instructions().next().unwrap();
        assert!(!Wanted::word(&["curl"]).may_be_in(&subject.marks(instruction)));
    }
}
