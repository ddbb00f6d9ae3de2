//! One outcome for each control and target, out of several judgements.

use std::collections::BTreeMap;

use plimsoll_finding::{Outcome, OutcomeStatus, Target};

/// Joins outcomes of the same control and target: the gravest status wins and its reason stays, in
/// the order fail, unknown, manual, pass, not applicable; evidence of all is kept once. Comes
/// sorted by control and target.
pub fn merge_outcomes(outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let mut res: BTreeMap<(&'static str, Target), Outcome> = BTreeMap::new();
    for outcome in outcomes {
        let key = (outcome.control.key, outcome.target.clone());
        match res.get_mut(&key) {
            Some(before) => join(before, outcome),
            None => {
                res.insert(key, outcome);
            }
        }
    }
    res.into_values().collect()
}

fn join(into: &mut Outcome, other: Outcome) {
    if rank(other.status) < rank(into.status) {
        into.status = other.status;
        into.why = other.why;
    } else if other.status == into.status && !into.why.contains(&other.why) {
        let is_long = into.why.len() > MAX_WHY;
        if !is_long {
            into.why = format!("{}; {}", into.why, other.why);
        } else if !into.why.ends_with(MORE) {
            into.why.push_str(MORE);
        }
    }
    for fact in other.evidence {
        if into.evidence.len() < MAX_EVIDENCE && !into.evidence.contains(&fact) {
            into.evidence.push(fact);
        }
    }
}

/// The place in the order of a report.
fn rank(status: OutcomeStatus) -> usize {
    OutcomeStatus::ALL.iter().position(|it| *it == status).unwrap_or_default()
}

/// A longer reason is not made longer still: the findings say the rest.
const MAX_WHY: usize = 1_000;
const MORE: &str = "; and more";
/// More facts than this no person reads, and the findings have theirs.
const MAX_EVIDENCE: usize = 200;
