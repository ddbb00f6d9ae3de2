//! Build stages, what they start from, and the graph between them.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use plimsoll_text::Span;

use crate::{
    image_reference::ImageReference,
    model::{Dockerfile, Instruction},
    payload::{InstructionKind, StageReference},
};

/// One build stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its number, from 0.
    pub index: usize,
    /// Its name in the case it was written, and where.
    pub name: Option<(String, Span)>,
    /// The index of its `FROM`.
    pub from: usize,
    /// What it starts from.
    pub base: Base,
    /// Its instructions, the `FROM` first.
    pub instructions: Range<usize>,
    /// The value of `--platform`.
    pub platform: Option<String>,
    /// How many stages lie below it.
    pub(crate) depth: usize,
}

/// What a stage starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// An image, variables expanded with the defaults of the global arguments. The spans of the
    /// reference point into its own text; the `FROM` has those of the file.
    Image(ImageReference),
    /// An earlier stage.
    Stage(usize),
    /// Nothing.
    Scratch,
    /// A variable without a known value, or a `FROM` that cannot be read.
    Unresolved,
}

/// One stage needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageEdge {
    /// The stage that is needed.
    pub target: usize,
    /// The instruction that needs it.
    pub instruction: usize,
    /// Where it is named.
    pub span: Span,
    /// How it is needed.
    pub kind: EdgeKind,
}

/// How one stage needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeKind {
    /// `FROM stage`
    Base,
    /// `COPY --from=stage`
    Copy,
    /// `RUN --mount=from=stage`
    Mount,
}

impl Dockerfile {
    /// The last stage, which is built unless a target is named.
    pub fn final_stage(&self) -> Option<&Stage> {
        self.stages.last()
    }

    /// The stage of this name, in whatever case; the last one if several have it.
    pub fn stage_named(&self, name: &str) -> Option<&Stage> {
        self.stages.get(self.stage_names.find(name, self.stages.len())?)
    }

    /// The stages that `stage` needs itself, in source order.
    pub fn stage_parents(&self, stage: usize) -> Vec<StageEdge> {
        let Some(it) = self.stages.get(stage) else { return Vec::new() };
        let mut res = Vec::new();
        for instruction in self.stage_instructions(it.index) {
            push_edges(instruction.effective(), &it.base, &mut res);
        }
        res
    }

    /// Every stage that is built for `target`, itself included.
    pub fn reachable_stages(&self, target: usize) -> BTreeSet<usize> {
        let mut res = BTreeSet::new();
        let mut open = vec![target];
        while let Some(stage) = open.pop() {
            if stage < self.stages.len() && res.insert(stage) {
                open.extend(self.stage_parents(stage).iter().map(|it| it.target));
            }
        }
        res
    }

    /// `stage` and the stages it starts from, nearest first.
    pub fn base_chain(&self, stage: usize) -> Vec<&Stage> {
        let mut res = Vec::new();
        let mut next = self.stages.get(stage);
        while let Some(stage) = next {
            res.push(stage);
            next = match stage.base {
                Base::Stage(below) if below < stage.index => self.stages.get(below),
                _ => None,
            };
        }
        res
    }
}

/// The names of the stages, for lookup without regard to case.
#[derive(Clone, Debug, Default)]
pub(crate) struct StageNames {
    by_name: BTreeMap<String, Vec<usize>>,
}

impl StageNames {
    pub(crate) fn insert(&mut self, name: &str, stage: usize) {
        self.by_name.entry(name.to_ascii_lowercase()).or_default().push(stage);
    }

    /// The last stage before stage `before` that is called `name`.
    pub(crate) fn find(&self, name: &str, before: usize) -> Option<usize> {
        let stages = self.by_name.get(&name.to_ascii_lowercase())?;
        let n_before = stages.partition_point(|it| *it < before);
        stages.get(n_before.checked_sub(1)?).copied()
    }

    /// The earlier stage that `--from` means, by number or name.
    pub(crate) fn resolve(&self, text: &str, before: usize) -> Option<usize> {
        match text.parse::<usize>() {
            Ok(number) => (number < before).then_some(number),
            Err(_) => self.find(text, before),
        }
    }
}

fn push_edges(instruction: &Instruction, base: &Base, out: &mut Vec<StageEdge>) {
    let index = instruction.index;
    let mut push = |from: &StageReference, kind| {
        if let Some(target) = from.stage {
            out.push(StageEdge { target, instruction: index, span: from.span, kind });
        }
    };
    match &instruction.kind {
        InstructionKind::From(from) => {
            if let Base::Stage(target) = *base {
                let span = from.image.word.span;
                out.push(StageEdge { target, instruction: index, span, kind: EdgeKind::Base });
            }
        }
        InstructionKind::Copy(copy) | InstructionKind::Add(copy) => {
            if let Some(from) = &copy.from {
                push(from, EdgeKind::Copy);
            }
        }
        InstructionKind::Run(run) => {
            for from in run.mounts.iter().filter_map(|it| it.from.as_ref()) {
                push(from, EdgeKind::Mount);
            }
        }
        _ => {}
    }
}
