//! A host: what is known about it, what each control came to, and how both are shown.

pub mod json;
pub mod human;
pub mod drift;

use plimsoll_finding::{Outcome, OutcomeStatus};

/// A host that was judged.
#[derive(Clone, Debug)]
pub struct HostReport {
    /// Its name, or the address of a remote engine.
    pub name: String,
    /// When the facts were taken, in seconds since 1970-01-01 UTC; 0 where none were.
    pub taken_at: u64,
    /// How much of it could be looked at: `host`, `engine` or `settings`.
    pub reach: &'static str,
    /// What each control came to, for each target.
    pub outcomes: Vec<Outcome>,
}

impl HostReport {
    /// How many outcomes have this status.
    pub fn count(&self, status: OutcomeStatus) -> usize {
        self.outcomes.iter().filter(|it| it.status == status).count()
    }
}
