//! The checks over the snapshot of a host: what the engine's settings and its containers' settings
//! do not say by themselves.
//!
//! A check sees the typed view of the snapshot and what the team says; neither disk nor socket.
//! Each one ends in an outcome for what it looked at, and what it finds wrong is a finding too.

mod settings;
mod check;
mod merge;
mod container;
mod value;
mod questions;
mod checks;

use std::panic::{AssertUnwindSafe, catch_unwind};

use plimsoll_finding::{Finding, Outcome, RuleInfo};
use plimsoll_host::Host;

use crate::{
    check::{Answer, Facts},
    checks::CHECKS,
    questions::open_questions,
};
pub use crate::{merge::merge_outcomes, settings::HostSettings};

/// What the checks came to.
#[derive(Clone, Debug, Default)]
pub struct Audited {
    /// One outcome for each control and target that was looked at, sorted by both.
    pub outcomes: Vec<Outcome>,
    /// What is wrong, in the order of the checks.
    pub findings: Vec<Finding>,
    /// What could not be judged and belongs to no control, and checks that broke, each in one
    /// sentence.
    pub gaps: Vec<String>,
}

/// Runs every check over a host.
pub fn audit(host: &Host<'_>, settings: &HostSettings) -> Audited {
    let mut res = judge(host, settings, |_| true);
    res.outcomes.extend(open_questions(&Facts::new(host, settings)));
    res.outcomes = merge_outcomes(res.outcomes);
    res
}

/// Runs the check called `id` alone.
pub fn audit_rule(host: &Host<'_>, settings: &HostSettings, id: &str) -> Audited {
    judge(host, settings, |it| it.id == id)
}

fn judge(
    host: &Host<'_>,
    settings: &HostSettings,
    is_wanted: impl Fn(&RuleInfo) -> bool,
) -> Audited {
    let facts = Facts::new(host, settings);
    let mut res = Audited::default();
    for check in CHECKS.iter().copied().flatten().filter(|it| is_wanted(&it.info)) {
        let mut answer = Answer::new(&check.info, host);
        let judged = catch_unwind(AssertUnwindSafe(|| (check.judge)(&facts, &mut answer)));
        if judged.is_err() {
            answer = Answer::new(&check.info, host);
            answer.broke();
        }
        answer.into_audited(&mut res);
    }
    res.outcomes = merge_outcomes(res.outcomes);
    res
}

/// The passports of the checks, by id.
pub fn host_rules() -> Vec<&'static RuleInfo> {
    let mut res: Vec<_> = CHECKS.iter().copied().flatten().map(|it| &it.info).collect();
    res.sort_by_key(|it| it.id);
    res
}
