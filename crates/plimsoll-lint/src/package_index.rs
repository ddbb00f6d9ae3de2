//! Which `RUN` fetches a package index, which uses it, and whether they are the same.
//!
//! Knows stages and package managers; knows no rule.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_dockerfile::{Base, Instruction, InstructionKind};
use plimsoll_text::{Edit, Span};

use crate::{
    package_cleanup::{APT_ARCHIVES, APT_LISTS, append, is_mounted},
    package_manager::{ANY_MANAGER, Action, Manager, PackageCommand, package_commands},
    run_step::Step,
    subject::dockerfile::DockerfileSubject,
};

/// An index fetched in an instruction that does not use it.
#[derive(Clone, Debug)]
pub(crate) struct LoneUpdate<'a> {
    /// The instruction.
    pub(crate) instruction: &'a Instruction,
    /// What fetches it.
    pub(crate) fetch: &'a Fetch,
    /// The first later command, in another instruction, that counts on this index.
    pub(crate) first_use: Option<Span>,
}

/// A command that fetches an index.
#[derive(Clone, Debug)]
pub(crate) struct Fetch {
    /// Which manager's index.
    pub(crate) manager: Manager,
    /// The command in words.
    pub(crate) title: String,
    /// Its name.
    pub(crate) span: Span,
    /// Whether the instruction runs something that may well use it.
    pub(crate) may_be_used: bool,
}

/// Every index fetched apart from its use, in source order.
pub(crate) fn lone_updates(subject: &DockerfileSubject) -> Vec<LoneUpdate<'_>> {
    let dockerfile = &subject.dockerfile;
    let mut res: Vec<LoneUpdate<'_>> = Vec::new();
    // For each stage and manager, the last lone update that is in effect.
    let mut last: BTreeMap<(Option<usize>, Manager), usize> = BTreeMap::new();
    let mut stage_before = None;
    for instruction in dockerfile.all_instructions() {
        let stage = instruction.stage;
        if stage != stage_before {
            stage_before = stage;
            let base = stage.and_then(|it| dockerfile.stages.get(it)).map(|it| &it.base);
            if let Some(Base::Stage(below)) = base {
                let (from, to) = ((Some(*below), Manager::Apt), (Some(*below), Manager::Go));
                let inherited: Vec<_> = last.range(from..=to).map(|it| (it.0.1, *it.1)).collect();
                last.extend(inherited.into_iter().map(|it| ((stage, it.0), it.1)));
            }
        }
        if !may_use_index(subject, instruction) {
            continue;
        }
        let Some(used) = subject.index_use(instruction) else { continue };
        for (manager, span) in &used.bare {
            let update = last.get(&(stage, *manager)).and_then(|it| res.get_mut(*it));
            if let Some(update) = update {
                update.first_use.get_or_insert(*span);
            }
        }
        for manager in &used.refreshed {
            last.remove(&(stage, *manager));
        }
        for fetch in &used.lone {
            last.insert((stage, fetch.manager), res.len());
            res.push(LoneUpdate { instruction, fetch, first_use: None });
        }
    }
    res
}

/// For each stage, the last instruction (there or in a stage that starts from it) that installs
/// with apt and counts on an index fetched before.
#[derive(Debug, Default)]
pub(crate) struct LaterUse {
    last: BTreeMap<Option<usize>, usize>,
}

impl LaterUse {
    /// Those of a file.
    pub(crate) fn of(subject: &DockerfileSubject) -> Self {
        let mut last: BTreeMap<Option<usize>, usize> = BTreeMap::new();
        for instruction in subject.dockerfile.all_instructions() {
            let used = subject.index_use(instruction);
            let is_used = |it: &IndexUse| it.bare.iter().any(|it| it.0 == Manager::Apt);
            if may_use_index(subject, instruction) && used.is_some_and(is_used) {
                last.insert(instruction.stage, instruction.index);
            }
        }
        for stage in subject.dockerfile.stages.iter().rev() {
            let Base::Stage(below) = stage.base else { continue };
            let Some(here) = last.get(&Some(stage.index)).copied() else { continue };
            let below = last.entry(Some(below)).or_default();
            *below = here.max(*below);
        }
        Self { last }
    }

    /// Whether something after `instruction` needs the index that it leaves behind.
    fn needs(&self, instruction: &Instruction) -> bool {
        self.last.get(&instruction.stage).is_some_and(|it| *it > instruction.index)
    }

    /// The edit that removes the lists of apt at the end of `instruction`, where nothing needs
    /// them.
    pub(crate) fn removal(
        &self,
        subject: &DockerfileSubject,
        instruction: &Instruction,
        steps: &[Step],
    ) -> Option<Edit> {
        // With a mount in the way, removal alone would not be what the author wants.
        let is_mounted = [APT_LISTS, APT_ARCHIVES].iter().any(|it| is_mounted(instruction, it));
        if is_mounted || self.needs(instruction) {
            return None;
        }
        append(subject, instruction, steps, "rm -rf /var/lib/apt/lists/*")
    }
}

/// What one instruction does with indexes.
#[derive(Debug)]
pub(crate) struct IndexUse {
    /// Fetched and not used.
    lone: Vec<Fetch>,
    /// Used and not fetched, with the name of the first command that does.
    bare: Vec<(Manager, Span)>,
    /// Fetched and used.
    refreshed: Vec<Manager>,
}

impl IndexUse {
    /// That of an instruction with these steps.
    pub(crate) fn of(steps: &[Step]) -> Self {
        let mut lone: BTreeMap<Manager, Fetch> = BTreeMap::new();
        let mut bare: BTreeMap<Manager, Span> = BTreeMap::new();
        let mut refreshed = BTreeSet::new();
        let may_be_used = steps.iter().any(|it| is_opaque(&it.name));
        for command in package_commands(steps).filter(|it| !it.is_dry()) {
            let (manager, span) = (command.manager, command.step.name_span);
            if fetches_index(&command) {
                let fetch = Fetch { manager, title: command.title(), span, may_be_used };
                lone.insert(manager, fetch);
                refreshed.remove(&manager);
            } else if uses_index(&command) {
                let is_covered = refreshed.contains(&manager) || command.refreshes_index();
                if lone.remove(&manager).is_some() {
                    refreshed.insert(manager);
                } else if !is_covered {
                    bare.entry(manager).or_insert(span);
                }
            }
        }
        let (bare, refreshed) = (bare.into_iter().collect(), refreshed.into_iter().collect());
        Self { lone: lone.into_values().collect(), bare, refreshed }
    }
}

fn may_use_index(subject: &DockerfileSubject, instruction: &Instruction) -> bool {
    matches!(instruction.kind, InstructionKind::Run(_))
        && subject.may_hold(instruction, &ANY_MANAGER)
}

/// Whether the command fetches an index and no package. `yum update` does both; people write it for
/// either.
fn fetches_index(command: &PackageCommand<'_>) -> bool {
    let is_plain_upgrade = command.action == Action::Upgrade
        && matches!(command.manager, Manager::Yum | Manager::Dnf)
        && command.verb.is_some_and(|it| it.text == "update")
        && command.operands.is_empty();
    command.action == Action::Update || is_plain_upgrade
}

fn uses_index(command: &PackageCommand<'_>) -> bool {
    let verb = command.verb.map(|it| it.text.as_str()).unwrap_or_default();
    let is_download = matches!(verb, "download" | "source" | "fetch");
    (command.action.installs() || is_download) && !is_language(command.manager)
}

/// Whether a manager is one of a language, which keeps no index.
fn is_language(manager: Manager) -> bool {
    !matches!(
        manager,
        Manager::Apt
            | Manager::Apk
            | Manager::Yum
            | Manager::Dnf
            | Manager::Zypper
            | Manager::Pacman
    )
}

/// Whether a command may install something without saying so.
fn is_opaque(name: &str) -> bool {
    let shells = ["sh", "bash", "dash", "ash", "source", ".", "eval", "make", "python3", "python"];
    let helpers =
        ["apt-cache", "add-apt-repository", "apt-file", "tasksel", "gdebi", "mk-build-deps"];
    name.ends_with(".sh") || shells.contains(&name) || helpers.contains(&name)
}
