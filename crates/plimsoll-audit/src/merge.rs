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
        into.why = format!("{}; {}", into.why, other.why);
    }
    for fact in other.evidence {
        if !into.evidence.contains(&fact) {
            into.evidence.push(fact);
        }
    }
}

/// The place in the order of a report.
fn rank(status: OutcomeStatus) -> usize {
    OutcomeStatus::ALL.iter().position(|it| *it == status).unwrap_or_default()
}
