//! What a run comes to.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_finding::{Coverage, Disposition, Finding, RuleInfo, Severity, SubjectKind};

use crate::findings::Findings;

/// Everything that a report tells.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Every finding, whatever became of it, by file, place and rule.
    pub findings: Findings,
    /// What was looked at, and every gap.
    pub coverage: Vec<Coverage>,
    /// The rules that were in force, by id.
    pub rules: Vec<&'static RuleInfo>,
    /// Those of them that some of the files were spared, by id.
    pub spared: BTreeSet<&'static str>,
    /// How many subjects of each kind were judged.
    pub judged: BTreeMap<SubjectKind, usize>,
    /// The severity from which an open finding fails the run; `None` never fails.
    pub fail_on: Option<Severity>,
    /// What it comes to.
    pub outcome: Outcome,
}

/// What a run comes to, as the exit code says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing open at the threshold, and all was looked at that was asked for.
    #[default]
    Clean,
    /// At least one open finding at or above the threshold.
    Findings,
    /// Less was looked at than was asked for.
    Incomplete,
}

impl Outcome {
    /// The process exit code of the machine contract.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Incomplete => 3,
        }
    }
}

impl Verdict {
    /// The findings that nobody waived and that no baseline holds.
    pub fn open(&self) -> impl Iterator<Item = Finding> {
        self.findings.iter().filter(|it| it.disposition == Disposition::Open)
    }
}
