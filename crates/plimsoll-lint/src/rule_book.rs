//! The rules in force for one run, by what they judge.

use plimsoll_finding::{Rule, RuleInfo};

use crate::{rules, subject::dockerfile::DockerfileSubject};

/// The rules in force, one list for each kind of subject.
#[derive(Clone, Default)]
pub struct RuleBook {
    /// Over Dockerfiles.
    pub dockerfile: Vec<&'static Rule<DockerfileSubject>>,
}

impl RuleBook {
    /// The rules that `wanted` says yes to.
    pub fn select(wanted: impl Fn(&RuleInfo) -> bool) -> Self {
        Self { dockerfile: pick(rules::dockerfile::RULES, &wanted) }
    }

    /// The passports of every rule there is, by id.
    pub fn all_infos() -> Vec<&'static RuleInfo> {
        Self::select(|_| true).infos()
    }

    /// The passports of the rules in force, by id.
    pub fn infos(&self) -> Vec<&'static RuleInfo> {
        let mut res: Vec<&'static RuleInfo> = Vec::new();
        res.extend(self.dockerfile.iter().map(|it| &it.info));
        res.sort_by_key(|it| it.id);
        res
    }
}

fn pick<S: plimsoll_finding::Subject>(
    all: &[&'static Rule<S>],
    wanted: &impl Fn(&RuleInfo) -> bool,
) -> Vec<&'static Rule<S>> {
    all.iter().copied().filter(|it| wanted(&it.info)).collect()
}
