//! The checks together.

use plimsoll_audit::{HostSettings, audit, merge_outcomes};
use plimsoll_finding::{Outcome, OutcomeStatus, Target, TargetKind, control};
use plimsoll_host::{Collected, Host, Reach};

#[test]
fn an_empty_snapshot_passes_nothing() {
    let collected = Collected::new("box", 0, Reach::Host);
    let audited = audit(&Host::new(&collected), &HostSettings::default());
    assert!(!audited.outcomes.is_empty());
    let passed: Vec<_> =
        audited.outcomes.iter().filter(|it| it.status == OutcomeStatus::Pass).collect();
    assert!(passed.is_empty(), "{passed:#?}");
    assert!(audited.findings.is_empty(), "{:#?}", audited.findings);
}

#[test]
fn one_outcome_is_left_for_a_control_and_target_and_the_gravest_wins() {
    let outcome = |status, why: &str| Outcome {
        control: control("daemon.tls").expect("it is in the catalogue"),
        target: Target { kind: TargetKind::Daemon, name: "box".to_owned() },
        status,
        why: why.to_owned(),
        evidence: vec![why.to_owned(), "shared".to_owned()],
    };
    let merged = merge_outcomes(vec![
        outcome(OutcomeStatus::NotApplicable, "a"),
        outcome(OutcomeStatus::Pass, "b"),
        outcome(OutcomeStatus::Unknown, "c"),
        outcome(OutcomeStatus::Unknown, "d"),
    ]);
    assert_eq!(merged.len(), 1);
    assert_eq!((merged[0].status, &*merged[0].why), (OutcomeStatus::Unknown, "c; d"));
    assert_eq!(merged[0].evidence, ["a", "shared", "b", "c", "d"]);
}
