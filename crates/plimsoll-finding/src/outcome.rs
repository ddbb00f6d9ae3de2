//! What a check came to.

use crate::{control::Control, target::Target};

/// What one control came to for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The control that was checked.
    pub control: &'static Control,
    /// What was checked.
    pub target: Target,
    /// What it came to.
    pub status: OutcomeStatus,
    /// Why, in one phrase; for [`OutcomeStatus::Manual`] the question that is left to a person, for
    /// [`OutcomeStatus::Unknown`] also what would make it known.
    pub why: String,
    /// The facts it rests on, in words, secrets masked.
    pub evidence: Vec<String>,
}

/// What a check came to. Unknown is never shown as pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutcomeStatus {
    /// In order, by evidence.
    Pass,
    /// Not in order; a finding says where.
    Fail,
    /// There is nothing here that it could be about.
    NotApplicable,
    /// What it needs could not be read.
    Unknown,
    /// Only a person can tell.
    Manual,
}

impl OutcomeStatus {
    /// All of them, in the order of a report.
    pub const ALL: [OutcomeStatus; 5] =
        [Self::Fail, Self::Unknown, Self::Manual, Self::Pass, Self::NotApplicable];

    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not-applicable",
            Self::Unknown => "unknown",
            Self::Manual => "manual",
        }
    }
}
