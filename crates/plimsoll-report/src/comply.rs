//! What a run comes to by a standard: each of its controls satisfied, not satisfied, not applicable
//! or not assessed, and the evidence.
//!
//! Nothing here says "compliant": what is shown is evidence towards a control, for an assessor to
//! weigh. A control without evidence is not assessed, never satisfied.

mod frameworks;
mod needs;
mod earlier;
mod outcomes;
pub mod human;
pub mod json;
pub mod csv;
pub mod html;
pub mod oscal;

use std::collections::BTreeMap;

use plimsoll_finding::{CONTROLS, Control, Outcome, OutcomeStatus, Target};
use plimsoll_policy::Outcome as PolicyOutcome;

pub use self::{
    earlier::{Earlier, EarlierError, read_earlier},
    frameworks::{FRAMEWORKS, Framework},
    outcomes::{gaps_of, outcomes_of, subject_of},
};
use crate::tally::count;

/// A standard, and how its controls stand.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The standard.
    pub framework: &'static Framework,
    /// What was looked at, each in a few words.
    pub subjects: Vec<String>,
    /// What could not be looked at, each in one sentence.
    pub gaps: Vec<String>,
    /// Every control of the standard that the catalogue knows, in the order of the standard.
    pub controls: Vec<AssessedControl>,
    /// Assessments by the same standard that were made before, oldest first.
    pub earlier: Vec<Earlier>,
}

/// How one control of a standard stands.
#[derive(Clone, Debug)]
pub struct AssessedControl {
    /// Its number in the standard.
    pub id: &'static str,
    /// What it asks for, in our words.
    pub title: &'static str,
    /// How it stands.
    pub status: ControlStatus,
    /// Why it stands so, in one phrase.
    pub why: String,
    /// The checks that give evidence towards it; none where only people can tell.
    pub checks: Vec<AssessedCheck>,
}

impl CheckEvidence {
    /// Every fact with the target before it, where it does not begin with its name anyway.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        let name = self.target.name.as_str();
        self.facts.iter().map(move |fact| {
            if fact.starts_with(name) { fact.clone() } else { format!("{name}: {fact}") }
        })
    }
}

/// What one check came to over everything that was looked at.
#[derive(Clone, Debug)]
pub struct AssessedCheck {
    /// The check.
    pub control: &'static Control,
    /// What it came to.
    pub status: ControlStatus,
    /// Why, in one phrase.
    pub why: String,
    /// What it rests on, by target.
    pub evidence: Vec<CheckEvidence>,
}

/// What a check rests on for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckEvidence {
    /// What was looked at.
    pub target: Target,
    /// What the check came to for it.
    pub status: OutcomeStatus,
    /// Why, and the facts, in words.
    pub facts: Vec<String>,
}

/// How a control stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ControlStatus {
    /// Evidence speaks for it, and none against it.
    Satisfied,
    /// Evidence speaks against it.
    NotSatisfied,
    /// There is nothing here that it could be about.
    NotApplicable,
    /// Not enough is known.
    NotAssessed,
}

impl ControlStatus {
    /// All of them, in the order of a report.
    pub const ALL: [ControlStatus; 4] =
        [Self::NotSatisfied, Self::NotAssessed, Self::Satisfied, Self::NotApplicable];

    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::NotSatisfied => "not-satisfied",
            Self::NotApplicable => "not-applicable",
            Self::NotAssessed => "not-assessed",
        }
    }

    /// The same for a reader.
    pub fn words(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::NotSatisfied => "not satisfied",
            Self::NotApplicable => "not applicable",
            Self::NotAssessed => "not assessed",
        }
    }
}

impl Assessment {
    /// How many controls stand so.
    pub fn count(&self, status: ControlStatus) -> usize {
        self.controls.iter().filter(|it| it.status == status).count()
    }

    /// What it comes to as the exit code says it. That something is not assessed fails nothing:
    /// there is always something that only people can tell.
    pub fn outcome(&self) -> PolicyOutcome {
        if self.count(ControlStatus::NotSatisfied) > 0 {
            PolicyOutcome::Findings
        } else if !self.gaps.is_empty() || self.count(ControlStatus::Satisfied) == 0 {
            PolicyOutcome::Incomplete
        } else {
            PolicyOutcome::Clean
        }
    }
}

/// Stands on every assessment that a person reads.
pub(crate) const CAVEAT: &str = "This is evidence towards the controls, for an assessor to weigh. It is no statement of \
     conformity, and what was not looked at is not assessed.";

/// The controls that stand otherwise than the last time, and how they stood then.
pub(crate) fn changed(assessment: &Assessment) -> Vec<(&AssessedControl, &str)> {
    let Some(last) = assessment.earlier.last() else { return Vec::new() };
    let before = |it: &AssessedControl| last.statuses.get(it.id).map(String::as_str);
    let mut res = Vec::new();
    for control in &assessment.controls {
        if let Some(before) = before(control).filter(|it| *it != control.status.name()) {
            res.push((control, before));
        }
    }
    res
}

/// How the controls of `framework` stand by `outcomes`.
pub fn assess(framework: &'static Framework, outcomes: &[Outcome]) -> Vec<AssessedControl> {
    let mut by_key: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        by_key.entry(outcome.control.key).or_default().push(outcome);
    }
    let mut demands: BTreeMap<&str, Vec<AssessedCheck>> = BTreeMap::new();
    for control in CONTROLS {
        let mut ids: Vec<&str> =
            control.ids.iter().filter(|it| it.0 == framework.id).map(|it| it.1).collect();
        ids.dedup();
        for id in ids {
            let found = by_key.get(control.key).map(Vec::as_slice).unwrap_or_default();
            demands.entry(id).or_default().push(assess_check(control, found));
        }
    }
    framework
        .controls()
        .into_iter()
        .map(|(id, title)| {
            let checks = demands.remove(id).unwrap_or_default();
            let (status, why) = assess_control(&checks);
            AssessedControl { id, title, status, why, checks }
        })
        .collect()
}

/// One failure outweighs any number of passes, and one thing that is not known outweighs them too.
fn assess_check(control: &'static Control, outcomes: &[&Outcome]) -> AssessedCheck {
    let n_of = |status| outcomes.iter().filter(|it| it.status == status).count();
    let first_why = |status| {
        let first = outcomes.iter().find(|it| it.status == status);
        first.map(|it| it.why.clone()).unwrap_or_default()
    };
    let n_judged = outcomes.len() - n_of(OutcomeStatus::NotApplicable);
    let (status, why) = if n_of(OutcomeStatus::Fail) > 0 {
        let n_failed = n_of(OutcomeStatus::Fail);
        let why = format!("not in order for {n_failed} of {}", count(n_judged, "target"));
        (ControlStatus::NotSatisfied, why)
    } else if n_of(OutcomeStatus::Unknown) > 0 {
        (ControlStatus::NotAssessed, first_why(OutcomeStatus::Unknown))
    } else if n_of(OutcomeStatus::Manual) > 0 {
        (ControlStatus::NotAssessed, first_why(OutcomeStatus::Manual))
    } else if n_of(OutcomeStatus::Pass) > 0 {
        match needs::question(control.key) {
            Some(question) => {
                (ControlStatus::NotAssessed, format!("nothing speaks against it; {question}"))
            }
            None => {
                (ControlStatus::Satisfied, format!("in order for {}", count(n_judged, "target")))
            }
        }
    } else if outcomes.is_empty() {
        (ControlStatus::NotAssessed, needs::need(control.key).to_owned())
    } else {
        (ControlStatus::NotApplicable, first_why(OutcomeStatus::NotApplicable))
    };
    let evidence = outcomes.iter().map(|it| CheckEvidence {
        target: it.target.clone(),
        status: it.status,
        facts: [&it.why]
            .into_iter()
            .chain(&it.evidence)
            .filter(|it| !it.is_empty())
            .cloned()
            .collect(),
    });
    AssessedCheck { control, status, why, evidence: evidence.collect() }
}

fn assess_control(checks: &[AssessedCheck]) -> (ControlStatus, String) {
    let n_of = |status| checks.iter().filter(|it| it.status == status).count();
    let titles = |status| {
        let all: Vec<&str> =
            checks.iter().filter(|it| it.status == status).map(|it| it.control.title).collect();
        let shown = all.iter().take(TITLES).copied().collect::<Vec<_>>().join("; ");
        match all.len().saturating_sub(TITLES) {
            0 => shown,
            more => format!("{shown}; and {more} more"),
        }
    };
    if let [only] = checks {
        return (only.status, only.why.clone());
    }
    if checks.is_empty() {
        let why = "a matter of organisation or hardware, which no check of this program can see";
        return (ControlStatus::NotAssessed, why.to_owned());
    }
    let n_relevant = checks.len() - n_of(ControlStatus::NotApplicable);
    if n_of(ControlStatus::NotSatisfied) > 0 {
        let why = format!(
            "{} of {}: {}",
            n_of(ControlStatus::NotSatisfied),
            count(n_relevant, "check"),
            titles(ControlStatus::NotSatisfied)
        );
        return (ControlStatus::NotSatisfied, why);
    }
    if n_relevant == 0 {
        return (ControlStatus::NotApplicable, "no check of it applies here".to_owned());
    }
    if n_of(ControlStatus::NotAssessed) > 0 {
        let why = format!(
            "{} of {} not assessed: {}",
            n_of(ControlStatus::NotAssessed),
            count(n_relevant, "check"),
            titles(ControlStatus::NotAssessed)
        );
        return (ControlStatus::NotAssessed, why);
    }
    (ControlStatus::Satisfied, format!("{} in order", count(n_relevant, "check")))
}

/// So many titles are named in one phrase.
const TITLES: usize = 3;

#[cfg(test)]
mod tests {
    use plimsoll_finding::{Outcome, OutcomeStatus, Target, TargetKind, control};

    use super::{ControlStatus, FRAMEWORKS, Framework, assess};

    fn outcome(key: &str, name: &str, status: OutcomeStatus) -> Outcome {
        let target = Target { kind: TargetKind::Container, name: name.to_owned() };
        let why = format!("{name} says so");
        Outcome { control: control(key).unwrap(), target, status, why, evidence: Vec::new() }
    }

    fn status(framework: &'static Framework, outcomes: &[Outcome], id: &str) -> ControlStatus {
        assess(framework, outcomes).iter().find(|it| it.id == id).unwrap().status
    }

    #[test]
    fn one_failure_or_one_unknown_is_never_outvoted() {
        use OutcomeStatus::{Fail, Manual, NotApplicable, Pass, Unknown};
        let cis = Framework::by_id("cis-docker-1.8.0").unwrap();
        let of = |statuses: &[OutcomeStatus]| {
            let all: Vec<Outcome> = statuses
                .iter()
                .enumerate()
                .map(|(number, it)| outcome("runtime.privileged", &number.to_string(), *it))
                .collect();
            status(cis, &all, "5.5")
        };
        assert_eq!(of(&[Pass, Pass]), ControlStatus::Satisfied);
        assert_eq!(of(&[Pass, Unknown, Fail]), ControlStatus::NotSatisfied);
        assert_eq!(of(&[Pass, Unknown]), ControlStatus::NotAssessed);
        assert_eq!(of(&[Pass, Manual]), ControlStatus::NotAssessed);
        assert_eq!(of(&[NotApplicable]), ControlStatus::NotApplicable);
        assert_eq!(of(&[Pass, NotApplicable]), ControlStatus::Satisfied);
        assert_eq!(of(&[]), ControlStatus::NotAssessed);
    }

    #[test]
    fn a_control_of_many_checks_needs_all_of_them() {
        let nist = Framework::by_id("nist-800-190").unwrap();
        let one = [outcome("runtime.privileged", "web", OutcomeStatus::Pass)];
        assert_eq!(status(nist, &one, "4.4.3"), ControlStatus::NotAssessed);
        let two = [one[0].clone(), outcome("runtime.host-pid", "web", OutcomeStatus::Fail)];
        assert_eq!(status(nist, &two, "4.4.3"), ControlStatus::NotSatisfied);
    }

    #[test]
    fn what_a_person_must_tell_is_not_satisfied_by_silence() {
        let cis = Framework::by_id("cis-docker-1.8.0").unwrap();
        let silence = [outcome("image.minimal", "shop", OutcomeStatus::Pass)];
        assert_eq!(status(cis, &silence, "4.3"), ControlStatus::NotAssessed);
    }

    #[test]
    fn every_number_of_the_catalogue_has_a_title() {
        let known: Vec<&str> = FRAMEWORKS.iter().map(|it| it.id).collect();
        for control in plimsoll_finding::CONTROLS {
            for (framework, id) in control.ids {
                assert!(known.contains(framework), "{framework}");
                let controls = Framework::by_id(framework).unwrap().controls();
                let title = controls.iter().find(|it| it.0 == *id).map(|it| it.1);
                assert!(title.is_some_and(|it| !it.is_empty()), "{framework} {id}");
            }
        }
    }
}
