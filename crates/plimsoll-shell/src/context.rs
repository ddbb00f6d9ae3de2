//! What stands around each simple command, worked out once after reading.

use std::sync::Arc;

use crate::{
    command::{Command, CompoundCommand, CompoundKind, Redirect, SimpleCommand},
    script::{AndOr, List, Operator, OperatorKind},
    word::{WordPart, WordPartKind},
};

/// A simple command with its surroundings.
#[derive(Clone, Debug)]
pub struct CommandContext {
    /// The command.
    pub command: Arc<SimpleCommand>,
    /// Which list of the script holds it: commands with the same number are of the same list.
    pub list_id: usize,
    /// Which and-or list (`a && b || c`) holds it.
    pub and_or_id: usize,
    /// Its pipeline's index in the and-or list.
    pub and_or_idx: usize,
    /// Which pipeline holds it.
    pub pipeline_id: usize,
    /// Its index in the pipeline.
    pub pipeline_idx: usize,
    /// How many commands the pipeline has, compound ones too.
    pub pipeline_len: usize,
    /// The operator before its pipeline: `&&`, `||`, or what ended the and-or list before. `None`
    /// at the start of a list.
    pub before: Option<Operator>,
    /// The operator after its pipeline. `None` at the end of a list.
    pub after: Option<Operator>,
    /// The operator between it and the command that it reads from.
    pub pipe_before: Option<Operator>,
    /// The operator between it and the command that it writes to.
    pub pipe_after: Option<Operator>,
    /// Whether its pipeline stands behind `!`.
    pub is_negated: bool,
    /// All that it stands in, at any distance.
    pub enclosures: Enclosures,
    /// The index (in `Script::commands`) of the command in whose words or redirections it is
    /// substituted.
    pub parent_idx: Option<usize>,
}

impl CommandContext {
    /// Whether it reads from the command before it in the pipeline.
    pub fn is_piped_from(&self) -> bool {
        self.pipe_before.is_some()
    }

    /// Whether it writes to the command after it in the pipeline.
    pub fn is_piped_into(&self) -> bool {
        self.pipe_after.is_some()
    }

    /// Whether it stands in `enclosure`, at any distance.
    pub fn is_in(&self, enclosure: Enclosure) -> bool {
        self.enclosures.has(enclosure)
    }

    /// Whether a failure is looked at by the text itself: it is asked in a condition, negated, or
    /// followed by `&&` or `||`.
    pub fn is_checked(&self) -> bool {
        let joined =
            self.after.is_some_and(|it| matches!(it.kind, OperatorKind::And | OperatorKind::Or));
        joined || self.is_negated || self.is_in(Enclosure::Condition)
    }
}

/// Something that a command can stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enclosure {
    /// What `if`, `elif`, `while` or `until` asks.
    Condition,
    /// The body of an `if` or an arm of a `case`: it may not run.
    Branch,
    /// The body of a loop.
    Loop,
    /// `( … )`
    Subshell,
    /// `{ …; }`
    Group,
    /// The body of a function.
    Function,
    /// `$(…)` or backticks.
    CommandSubstitution,
    /// `<(…)` or `>(…)`.
    ProcessSubstitution,
    /// The body of a here-document.
    HereDocument,
    /// An and-or list that ends in `&`, or a coprocess.
    Background,
}

/// A set of [`Enclosure`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enclosures {
    bits: u16,
}

impl Enclosures {
    /// Whether it holds `enclosure`.
    pub fn has(self, enclosure: Enclosure) -> bool {
        self.bits & bit(enclosure) != 0
    }

    /// This and `enclosure`.
    #[must_use]
    pub fn with(self, enclosure: Enclosure) -> Self {
        Self { bits: self.bits | bit(enclosure) }
    }

    fn with_if(self, enclosure: Enclosure, condition: bool) -> Self {
        if condition { self.with(enclosure) } else { self }
    }
}

/// Every simple command of `list`, which are `n_commands`, in source order.
pub(crate) fn contexts_of(list: &List, n_commands: usize) -> Vec<CommandContext> {
    let commands = Vec::with_capacity(n_commands);
    let mut collector = Collector { commands, ..Collector::default() };
    collector.list(list, Enclosures::default(), None);
    collector.commands
}

/// Goes down the tree once; what is known of the surroundings goes down as arguments.
#[derive(Default)]
struct Collector {
    commands: Vec<CommandContext>,
    n_lists: usize,
    n_and_ors: usize,
    n_pipelines: usize,
}

impl Collector {
    fn list(&mut self, list: &List, enclosures: Enclosures, parent_idx: Option<usize>) {
        let list_id = self.n_lists;
        self.n_lists += 1;
        let mut before = None;
        for and_or in &list.items {
            let background = and_or.separator.is_some_and(|it| it.kind == OperatorKind::Background);
            let place = Place {
                list_id,
                before,
                parent_idx,
                enclosures: enclosures.with_if(Enclosure::Background, background),
            };
            self.and_or(and_or, &place);
            before = and_or.separator;
        }
    }

    fn and_or(&mut self, and_or: &AndOr, place: &Place) {
        let and_or_id = self.n_and_ors;
        self.n_and_ors += 1;
        for (and_or_idx, pipeline) in and_or.pipelines.iter().enumerate() {
            let before = match and_or_idx.checked_sub(1) {
                Some(idx) => and_or.operators.get(idx).copied(),
                None => place.before,
            };
            let after = and_or.operators.get(and_or_idx).copied().or(and_or.separator);
            let pipeline_id = self.n_pipelines;
            self.n_pipelines += 1;
            for (pipeline_idx, command) in pipeline.commands.iter().enumerate() {
                let pipe = |idx: usize| pipeline.operators.get(idx).copied();
                let simple = match command {
                    Command::Simple(simple) => simple,
                    Command::Compound(compound) => {
                        self.compound(compound, place.enclosures, place.parent_idx);
                        continue;
                    }
                };
                let command_idx = self.commands.len();
                self.commands.push(CommandContext {
                    command: Arc::clone(simple),
                    list_id: place.list_id,
                    and_or_id,
                    and_or_idx,
                    pipeline_id,
                    pipeline_idx,
                    pipeline_len: pipeline.commands.len(),
                    before,
                    after,
                    pipe_before: pipeline_idx.checked_sub(1).and_then(pipe),
                    pipe_after: pipe(pipeline_idx),
                    is_negated: pipeline.negation.is_some(),
                    enclosures: place.enclosures,
                    parent_idx: place.parent_idx,
                });
                self.simple(simple, place.enclosures, Some(command_idx));
            }
        }
    }

    fn simple(&mut self, simple: &SimpleCommand, around: Enclosures, parent_idx: Option<usize>) {
        for assignment in &simple.assignments {
            self.parts(&assignment.value.parts, around, parent_idx);
        }
        for word in &simple.words {
            self.parts(&word.parts, around, parent_idx);
        }
        self.redirects(&simple.redirects, around, parent_idx);
    }

    fn redirects(&mut self, redirects: &[Redirect], around: Enclosures, parent: Option<usize>) {
        for redirect in redirects {
            self.parts(&redirect.target.parts, around, parent);
            if let Some(document) = redirect.here_document() {
                self.parts(&document.parts, around.with(Enclosure::HereDocument), parent);
            }
        }
    }

    fn compound(&mut self, compound: &CompoundCommand, around: Enclosures, parent: Option<usize>) {
        match &compound.kind {
            CompoundKind::Subshell(it) => self.list(it, around.with(Enclosure::Subshell), parent),
            CompoundKind::Group(it) => self.list(it, around.with(Enclosure::Group), parent),
            CompoundKind::If(clause) => {
                for branch in &clause.branches {
                    self.list(&branch.condition, around.with(Enclosure::Condition), parent);
                    self.list(&branch.body, around.with(Enclosure::Branch), parent);
                }
                if let Some(list) = &clause.otherwise {
                    self.list(list, around.with(Enclosure::Branch), parent);
                }
            }
            CompoundKind::For(clause) => {
                for word in clause.words.iter().flatten() {
                    self.parts(&word.parts, around, parent);
                }
                self.list(&clause.body, around.with(Enclosure::Loop), parent);
            }
            CompoundKind::ArithmeticFor(clause) => {
                self.parts(&clause.header.parts, around, parent);
                self.list(&clause.body, around.with(Enclosure::Loop), parent);
            }
            CompoundKind::Loop(clause) => {
                let condition = around.with(Enclosure::Condition).with(Enclosure::Loop);
                self.list(&clause.condition, condition, parent);
                self.list(&clause.body, around.with(Enclosure::Loop), parent);
            }
            CompoundKind::Case(clause) => {
                self.parts(&clause.subject.parts, around, parent);
                for arm in &clause.arms {
                    for pattern in &arm.patterns {
                        self.parts(&pattern.parts, around, parent);
                    }
                    self.list(&arm.body, around.with(Enclosure::Branch), parent);
                }
            }
            CompoundKind::Function(it) => {
                self.body(it.body.as_ref(), around.with(Enclosure::Function), parent);
            }
            CompoundKind::Coprocess(it) => {
                self.body(it.body.as_ref(), around.with(Enclosure::Background), parent);
            }
            CompoundKind::Timed(it) => self.body(Some(it), around, parent),
            CompoundKind::Test(it) => {
                for word in &it.words {
                    self.parts(&word.parts, around, parent);
                }
            }
            CompoundKind::Arithmetic(it) => self.parts(&it.parts, around, parent),
        }
        self.redirects(&compound.redirects, around, parent);
    }

    /// A body is a single command, which makes a list, an and-or list and a pipeline of its own.
    fn body(&mut self, body: Option<&Command>, around: Enclosures, parent_idx: Option<usize>) {
        match body {
            None => {}
            Some(Command::Compound(compound)) => self.compound(compound, around, parent_idx),
            Some(Command::Simple(simple)) => {
                let command_idx = self.commands.len();
                self.commands.push(CommandContext {
                    command: Arc::clone(simple),
                    list_id: self.n_lists,
                    and_or_id: self.n_and_ors,
                    and_or_idx: 0,
                    pipeline_id: self.n_pipelines,
                    pipeline_idx: 0,
                    pipeline_len: 1,
                    before: None,
                    after: None,
                    pipe_before: None,
                    pipe_after: None,
                    is_negated: false,
                    enclosures: around,
                    parent_idx,
                });
                self.n_lists += 1;
                self.n_and_ors += 1;
                self.n_pipelines += 1;
                self.simple(simple, around, Some(command_idx));
            }
        }
    }

    fn parts(&mut self, parts: &[WordPart], around: Enclosures, parent: Option<usize>) {
        for part in parts {
            match &part.kind {
                WordPartKind::DoubleQuoted(inner) | WordPartKind::LocaleQuoted(inner) => {
                    self.parts(inner, around, parent);
                }
                WordPartKind::Parameter(parameter) => {
                    if let Some(subscript) = &parameter.subscript {
                        self.parts(&subscript.parts, around, parent);
                    }
                    if let Some(operator) = &parameter.operator {
                        self.parts(&operator.argument.parts, around, parent);
                    }
                }
                WordPartKind::Command(it) => {
                    self.list(&it.list, around.with(Enclosure::CommandSubstitution), parent);
                }
                WordPartKind::Process(it) => {
                    self.list(&it.list, around.with(Enclosure::ProcessSubstitution), parent);
                }
                WordPartKind::Arithmetic(it) => self.parts(&it.parts, around, parent),
                WordPartKind::Array(words) => {
                    for word in words {
                        self.parts(&word.parts, around, parent);
                    }
                }
                _ => {}
            }
        }
    }
}

/// What the list knows of the place of one of its items.
struct Place {
    list_id: usize,
    before: Option<Operator>,
    parent_idx: Option<usize>,
    enclosures: Enclosures,
}

fn bit(enclosure: Enclosure) -> u16 {
    1 << enclosure as u16
}
