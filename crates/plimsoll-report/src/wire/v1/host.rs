//! The document of a host.

use std::collections::BTreeMap;

use plimsoll_finding as domain;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Coverage, Finding, Outcome, RunInfo, Stats, Target, Tool};
use crate::mask::Masks;

/// A host: what each control came to for each thing on it, and what is wrong.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HostReport {
    /// Always `plimsoll/v1`.
    pub schema: &'static str,
    /// The program that wrote this.
    pub tool: Tool,
    /// When and how it ran.
    pub run: RunInfo,
    /// What it comes to.
    pub outcome: Outcome,
    /// The host.
    pub host: Host,
    /// What each control came to, for each target that it is about.
    pub outcomes: Vec<ControlOutcome>,
    /// Every finding, whatever became of it, in a stable order.
    pub findings: Vec<Finding>,
    /// Every unit that was looked at, and every gap.
    pub coverage: Vec<Coverage>,
    /// Counts over the findings.
    pub stats: Stats,
    /// How many outcomes there are of each status, by its name.
    pub outcome_stats: BTreeMap<String, usize>,
}

/// The host that was judged.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Host {
    /// Its name, or the address of a remote engine.
    pub name: String,
    /// When the facts were taken, in seconds since 1970-01-01 UTC; missing where nothing was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<u64>,
    /// How much of it could be looked at.
    pub reach: Reach,
}

/// How much of a host could be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Engine, files and processes.
    Host,
    /// The engine alone, through its API.
    Engine,
    /// Settings that were handed over, and nothing else.
    Settings,
}

/// What a control came to for one target.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ControlOutcome {
    /// The control's own name.
    pub check: &'static str,
    /// What is demanded.
    pub title: &'static str,
    /// Its numbers in the CIS Docker Benchmark and in docker-bench-security.
    pub aliases: Vec<String>,
    /// What it came to.
    pub status: Status,
    /// Why.
    pub why: String,
    /// What was looked at.
    pub target: Target,
    /// The facts that it rests on.
    pub evidence: Vec<String>,
}

/// What a control came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// In order, by evidence.
    Pass,
    /// Not in order.
    Fail,
    /// There is nothing here that it could be about.
    NotApplicable,
    /// What it needs could not be read.
    Unknown,
    /// Only a person can tell.
    Manual,
}

impl From<domain::OutcomeStatus> for Status {
    fn from(status: domain::OutcomeStatus) -> Self {
        match status {
            domain::OutcomeStatus::Pass => Self::Pass,
            domain::OutcomeStatus::Fail => Self::Fail,
            domain::OutcomeStatus::NotApplicable => Self::NotApplicable,
            domain::OutcomeStatus::Unknown => Self::Unknown,
            domain::OutcomeStatus::Manual => Self::Manual,
        }
    }
}

impl ControlOutcome {
    /// The twin of `outcome`, secrets hidden.
    pub(crate) fn new(outcome: &domain::Outcome, masks: &Masks) -> Self {
        let target = &outcome.target;
        Self {
            check: outcome.control.key,
            title: outcome.control.title,
            aliases: aliases(outcome.control),
            status: outcome.status.into(),
            why: masks.text(&outcome.why),
            target: Target { kind: target.kind.into(), name: masks.text(&target.name) },
            evidence: outcome.evidence.iter().map(|it| masks.text(it)).collect(),
        }
    }
}

/// docker-bench-security counts as version 1.6.0 of the benchmark does.
fn aliases(control: &domain::Control) -> Vec<String> {
    let of_cis = control.ids.iter().filter(|it| it.0.starts_with("cis-docker-"));
    let mut res: Vec<String> = of_cis.map(|(name, id)| format!("{name}:{id}")).collect();
    let bench = control.ids.iter().filter(|it| it.0 == "cis-docker-1.6.0");
    res.extend(bench.map(|it| format!("docker-bench:{}", it.1)));
    res
}
