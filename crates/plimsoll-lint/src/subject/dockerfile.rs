//! A Dockerfile with what is known around it.

use std::sync::{Arc, OnceLock};

use plimsoll_config::dockerignore::DockerIgnore;
use plimsoll_dockerfile::{
    Dockerfile, Healthcheck, Instruction, InstructionKind, Keyword, ShellOrExec,
};
use plimsoll_finding::{Marks, RuleSettings, Subject, SubjectKind, Wanted};
use plimsoll_shell::{CommandContext, Invocation, Script, SimpleCommand};
use plimsoll_text::Source;

use crate::{
    every_command::EveryCommand,
    instruction_marks::marks,
    package_index::IndexUse,
    rule::Judged,
    run_step::{Step, steps},
};

/// A Dockerfile as something to judge.
#[derive(Debug)]
pub struct DockerfileSubject {
    /// The file.
    pub dockerfile: Dockerfile,
    /// The build context; `None` where it is not known, as with standard input.
    pub context: Option<BuildContext>,
    /// What the team told the rules.
    pub settings: Arc<RuleSettings>,
    /// What is known of each instruction.
    readings: Vec<Reading>,
}

/// What many rules ask of an instruction, worked out when the first one does.
#[derive(Debug, Default)]
struct Reading {
    every_command: OnceLock<EveryCommand>,
    steps: OnceLock<Vec<Step>>,
    index_use: OnceLock<IndexUse>,
    marks: OnceLock<Marks>,
}

/// The folder that a build sends to the engine.
#[derive(Debug, Default)]
pub struct BuildContext {
    /// The ignore file in force.
    pub ignore: Option<DockerIgnore>,
    /// Paths of files below the folder, relative to it, with `/` between names.
    pub files: Arc<[String]>,
    /// Whether `files` is all of them; `false` when a limit was reached.
    pub is_complete: bool,
}

impl Subject for DockerfileSubject {
    type Kind = Keyword;
    type Node = Instruction;

    fn source(&self) -> &Arc<Source> {
        &self.dockerfile.source
    }

    /// Every instruction; in the place of `ONBUILD` stands the one inside it.
    fn nodes(&self) -> impl Iterator<Item = (Keyword, &Instruction)> {
        self.dockerfile.all_instructions().map(|it| (it.keyword, it))
    }

    /// The programs that an instruction runs, the variables that it sets, and its characters.
    fn marks(&self, instruction: &Instruction) -> Marks {
        let reading = self.readings.get(instruction.index);
        reading.map_or(Marks::ALL, |it| *it.marks.get_or_init(|| marks(self, instruction)))
    }
}

impl Judged for DockerfileSubject {
    const KIND: SubjectKind = SubjectKind::Dockerfile;
}

impl DockerfileSubject {
    /// A Dockerfile about which nothing else is known.
    pub fn alone(source: &Arc<Source>) -> Self {
        Self::new(Dockerfile::parse(source), None, Arc::new(RuleSettings::default()))
    }

    /// A Dockerfile with what is known around it.
    pub fn new(
        dockerfile: Dockerfile,
        context: Option<BuildContext>,
        settings: Arc<RuleSettings>,
    ) -> Self {
        let readings = dockerfile.instructions.iter().map(|_| Reading::default()).collect();
        Self { dockerfile, context, settings, readings }
    }

    /// Every command of an instruction of this file, in source order.
    pub(crate) fn steps(&self, instruction: &Instruction) -> &[Step] {
        let reading = self.readings.get(instruction.index);
        let steps = reading.map(|it| it.steps.get_or_init(|| steps(instruction)));
        steps.map(Vec::as_slice).unwrap_or_default()
    }

    /// What an instruction of this file does with the indexes of packages.
    pub(crate) fn index_use(&self, instruction: &Instruction) -> Option<&IndexUse> {
        let reading = self.readings.get(instruction.index)?;
        Some(reading.index_use.get_or_init(|| IndexUse::of(self.steps(instruction))))
    }

    /// Every command of an instruction of this file as the shell text has it.
    pub(crate) fn every_command(&self, instruction: &Instruction) -> Option<&EveryCommand> {
        let reading = self.readings.get(instruction.index)?;
        Some(reading.every_command.get_or_init(|| EveryCommand::of(instruction)))
    }

    /// Whether the instruction may hold what is wanted.
    pub(crate) fn may_hold(&self, instruction: &Instruction, wanted: &Wanted) -> bool {
        wanted.may_be_in(&self.marks(instruction))
    }

    /// The text of the file.
    pub fn text(&self) -> &str {
        self.dockerfile.source.text()
    }
}

/// A simple command of an instruction, with what stands around it.
#[derive(Clone, Copy, Debug)]
pub struct ShellCommand<'a> {
    /// The script that it stands in.
    pub script: &'a Script,
    /// Its surroundings.
    pub context: &'a CommandContext,
}

impl<'a> ShellCommand<'a> {
    /// The command itself.
    pub fn simple(&self) -> &'a SimpleCommand {
        &self.context.command
    }

    /// What it runs behind `sudo`, `env` and their kin; `None` where the name is not known.
    pub fn invocation(&self) -> Option<Invocation<'a>> {
        self.simple().effective()
    }
}

/// The shell or exec form of an instruction that runs something.
pub fn form(instruction: &Instruction) -> Option<&ShellOrExec> {
    match &instruction.kind {
        InstructionKind::Run(run) => Some(&run.form),
        InstructionKind::Cmd(form)
        | InstructionKind::Entrypoint(form)
        | InstructionKind::Healthcheck(Healthcheck::Cmd(form)) => Some(form),
        _ => None,
    }
}

/// Every shell script of an instruction: its own text, then those in heredocs.
pub fn scripts(instruction: &Instruction) -> impl Iterator<Item = &Script> {
    form(instruction).into_iter().flat_map(ShellOrExec::scripts)
}

/// Every simple command of an instruction at any depth, in source order.
pub fn commands(instruction: &Instruction) -> impl Iterator<Item = ShellCommand<'_>> {
    scripts(instruction).flat_map(|script| {
        script.commands().iter().map(move |context| ShellCommand { script, context })
    })
}
