//! Judgements that several rules about package managers share, each over another manager.
//!
//! Knows the commands and what is said before them; the rules say which manager and in what words.

use std::collections::BTreeMap;

use plimsoll_dockerfile::{Instruction, InstructionKind};
use plimsoll_finding::{Safety, Sink, Wanted};
use plimsoll_text::Edit;

use crate::{
    package_cleanup::{ImageStages, append, is_mounted, removes},
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_pin::{names, unpinned},
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

/// Reports each command of `manager` that would ask before it acts; `option` answers, and
/// `setting` are the words by which a settings file does, if there is such a thing.
pub(crate) fn report_questions(
    subject: &DockerfileSubject,
    sink: &mut Sink<'_>,
    manager: Manager,
    option: &str,
    setting: &[&str],
) {
    let mentions = Mentions::of(subject, setting);
    for run in runs_with(subject, &Wanted::word(manager.programs())) {
        if mentions.stand_before(subject, run) {
            continue;
        }
        let steps = subject.steps(run);
        let asks = |it: &PackageCommand<'_>| {
            let acts = it.action.installs() || it.action == Action::Remove;
            it.manager == manager && acts && !it.answers_itself()
        };
        let asking: Vec<PackageCommand<'_>> = package_commands(steps).filter(asks).collect();
        let why = "asks a question that a build cannot answer";
        report_missing_option(subject, run, sink, &asking, option, Safety::Safe, why);
    }
}

/// Reports the packages that commands of `manager` install in an open version, once for `run`.
/// `example` shows how a version is written.
pub(crate) fn report_unpinned(
    subject: &DockerfileSubject,
    run: &Instruction,
    sink: &mut Sink<'_>,
    manager: fn(&PackageCommand<'_>) -> bool,
    example: &str,
) {
    let steps = subject.steps(run);
    let commands: Vec<PackageCommand<'_>> =
        package_commands(steps).filter(|it| manager(it)).collect();
    let open: Vec<_> = commands.iter().flat_map(unpinned).collect();
    let Some(first) = open.first() else { return };
    let (verb, whose) = if open.len() == 1 { ("is", "its") } else { ("are", "their") };
    let message = format!(
        "{} {verb} not pinned, so each build takes {whose} newest version; write `{example}`",
        names(&open)
    );
    report(subject, run, sink, first.span, message);
}

/// What a manager keeps, and what throws it away.
pub(crate) struct Downloads {
    /// Which manager.
    pub(crate) manager: fn(&PackageCommand<'_>) -> bool,
    /// The command behind the manager's name that throws it away.
    pub(crate) cleaning: &'static str,
    /// Whether a command throws it away.
    pub(crate) cleans: fn(&PackageCommand<'_>) -> bool,
    /// Folders, each of which holds it in some version of the manager.
    pub(crate) folders: &'static [&'static str],
    /// Whether removing packages downloads something too.
    pub(crate) counts_removal: bool,
}

/// Reports each `RUN` that leaves what a manager downloaded in a layer of an image.
pub(crate) fn report_downloads(
    subject: &DockerfileSubject,
    sink: &mut Sink<'_>,
    downloads: &Downloads,
) {
    let images = ImageStages::of(&subject.dockerfile);
    for run in runs(subject).filter(|it| images.hold(it)) {
        if downloads.folders.iter().any(|it| is_mounted(run, it)) {
            continue;
        }
        let steps = subject.steps(run);
        let is_fetching = |command: &PackageCommand<'_>| {
            let removes = downloads.counts_removal && command.action == Action::Remove;
            (command.action.installs() || removes) && !command.is_dry()
        };
        let last = steps.iter().enumerate().rev().find_map(|(idx, step)| {
            let command = PackageCommand::of(step)?;
            ((downloads.manager)(&command) && is_fetching(&command)).then_some((idx, command))
        });
        let Some((idx, command)) = last else { continue };
        let after = steps.get(idx + 1..).unwrap_or_default();
        let is_clean = package_commands(after).any(|it| (downloads.cleans)(&it))
            || downloads.folders.iter().any(|it| removes(after, it));
        if is_clean {
            continue;
        }
        let cleaning = format!("{} {}", command.step.name, downloads.cleaning);
        let message = format!(
            "`{}` leaves its downloads in the layer; end the `RUN` with `{cleaning}`",
            command.title()
        );
        let edit = append(subject, run, steps, &cleaning);
        let draft = report(subject, run, sink, command.step.name_span, message);
        draft.fix(format!("Add `{cleaning}`"), Safety::Safe, edit.into_iter().collect());
    }
}

/// Reports that an option is missing from `commands`, once for `run`, with the edits that add it.
/// `why` goes on after "`apk add` without `--no-cache`".
pub(crate) fn report_missing_option(
    subject: &DockerfileSubject,
    run: &Instruction,
    sink: &mut Sink<'_>,
    commands: &[PackageCommand<'_>],
    option: &str,
    safety: Safety,
    why: &str,
) {
    let Some(first) = commands.first() else { return };
    let message = format!("`{}` without `{option}` {why}", first.title());
    let edits: Option<Vec<Edit>> =
        commands.iter().map(|it| it.step.insert_after(it.verb_span(), option)).collect();
    report(subject, run, sink, first.step.name_span, message).fix(
        format!("Add `{option}`"),
        safety,
        edits.unwrap_or_default(),
    );
}

/// Every `RUN`, those behind `ONBUILD` too.
pub(crate) fn runs(subject: &DockerfileSubject) -> impl Iterator<Item = &Instruction> {
    let instructions = subject.dockerfile.all_instructions();
    instructions.filter(|it| matches!(it.kind, InstructionKind::Run(_)))
}

/// Every `RUN` that may hold what is wanted.
pub(crate) fn runs_with<'a>(
    subject: &'a DockerfileSubject,
    wanted: &'a Wanted,
) -> impl Iterator<Item = &'a Instruction> {
    runs(subject).filter(|it| subject.may_hold(it, wanted))
}

/// Where some words are first written together in each stage: a setting may be made there.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    first: BTreeMap<Option<usize>, usize>,
}

impl Mentions {
    /// The instructions that have all of `words`, given in lower case; of no words there are none.
    pub(crate) fn of(subject: &DockerfileSubject, words: &[&str]) -> Self {
        let mut first = BTreeMap::new();
        // Signs are rare and letters are not.
        let signs = words.concat().replace(|it: char| it.is_ascii_alphabetic(), "");
        let wanted = Wanted::every(&signs);
        let all = subject.dockerfile.all_instructions();
        for instruction in all.filter(|it| subject.may_hold(it, &wanted)) {
            let text = subject.dockerfile.source.slice(instruction.span);
            if !words.is_empty() && words.iter().all(|it| mentions(text, it)) {
                first.entry(instruction.stage).or_insert(instruction.index);
            }
        }
        Self { first }
    }

    /// Whether they are written in `instruction` or before it, in its stage or in one that the
    /// stage starts from.
    pub(crate) fn stand_before(
        &self,
        subject: &DockerfileSubject,
        instruction: &Instruction,
    ) -> bool {
        let is_before = |stage| self.first.get(&stage).is_some_and(|it| *it <= instruction.index);
        if self.first.is_empty() || is_before(instruction.stage) {
            return !self.first.is_empty();
        }
        let Some(stage) = instruction.stage else { return false };
        subject.dockerfile.base_chain(stage).iter().any(|it| is_before(Some(it.index)))
    }
}

/// Whether `word` stands in `text`, in letters of any case.
fn mentions(text: &str, word: &str) -> bool {
    let mut places = text.as_bytes().windows(word.len().max(1));
    places.any(|it| it.eq_ignore_ascii_case(word.as_bytes()))
}
