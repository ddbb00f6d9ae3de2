//! A Dockerfile with what is known around it.

use std::sync::{Arc, OnceLock};

use plimsoll_config::dockerignore::DockerIgnore;
use plimsoll_dockerfile::{
    Dockerfile, Healthcheck, Instruction, InstructionKind, Keyword, ShellOrExec,
};
use plimsoll_finding::{RuleSettings, Subject, SubjectKind};
use plimsoll_shell::{CommandContext, Invocation, Script, SimpleCommand};
use plimsoll_text::Source;

use crate::{
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
    /// The commands of each instruction, read when a rule first asks: many rules do.
    steps: Vec<OnceLock<Vec<Step>>>,
}

/// The folder that a build sends to the engine.
#[derive(Debug, Default)]
pub struct BuildContext {
    /// The ignore file in force.
    pub ignore: Option<DockerIgnore>,
    /// Paths of files below the folder, relative to it, with `/` between names.
    pub files: Vec<String>,
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
        let steps = dockerfile.instructions.iter().map(|_| OnceLock::new()).collect();
        Self { dockerfile, context, settings, steps }
    }

    /// Every command of an instruction of this file, in source order.
    pub(crate) fn steps(&self, instruction: &Instruction) -> &[Step] {
        let place = self.steps.get(instruction.index);
        place.map(|it| it.get_or_init(|| steps(instruction)).as_slice()).unwrap_or_default()
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
