//! The check lists: a tick needs proof.

use plimsoll_finding::{
    Coverage, CoverageState, Disposition, Finding, RuleInfo, Severity, SubjectKind,
};
use plimsoll_policy::Verdict;
use plimsoll_report::checklist::{CHECKLISTS, State, answers, unknown_rule_ids};

use crate::sample::{ROOT_USER, verdict};

const LINE: &str = "dedicated non-root user with an explicit numeric id";

static NAMED_USER: RuleInfo = rule("named-user");
static OTHERS: [RuleInfo; 5] = [
    rule("missing-user"),
    rule("root-in-scratch"),
    rule("user-without-uid"),
    RuleInfo { subject: SubjectKind::Service, ..rule("effective-root-user") },
    RuleInfo { subject: SubjectKind::Service, ..rule("root-service") },
];

const fn rule(id: &'static str) -> RuleInfo {
    RuleInfo { id, ..BASE }
}

const BASE: RuleInfo = RuleInfo {
    id: "base",
    aliases: &[],
    severity: Severity::High,
    confidence: plimsoll_finding::Confidence::High,
    audience: plimsoll_finding::Audience::Default,
    subject: SubjectKind::Dockerfile,
    controls: &[],
    fix: plimsoll_finding::FixKind::None,
    doc: "",
    file: "",
};

fn state(verdict: &Verdict) -> (State, String) {
    let lists = answers(verdict);
    let mut all = lists.into_iter().flat_map(|it| it.1);
    let answer = all.find(|it| it.line.text == LINE).unwrap();
    (answer.state, answer.why)
}

fn judged() -> Verdict {
    Verdict {
        rules: OTHERS.iter().chain([&ROOT_USER, &NAMED_USER]).collect(),
        judged: [(SubjectKind::Dockerfile, 2)].into(),
        ..Verdict::default()
    }
}

#[test]
fn a_tick_needs_subjects_rules_and_no_finding() {
    assert_eq!(state(&Verdict::default()).0, State::Open, "nothing was judged");
    assert_eq!(state(&judged()), (State::Ticked, String::from("2 subjects judged")));

    let one_rule = OTHERS.iter().chain([&ROOT_USER]).collect();
    let one_rule = Verdict { rules: one_rule, ..judged() };
    let why = String::from("not all rules ran everywhere: named-user missing");
    assert_eq!(state(&one_rule), (State::Open, why));

    let broke = Coverage {
        unit: String::from("rule:root-user"),
        state: CoverageState::Broke,
        why: String::from("it panicked"),
    };
    assert_eq!(state(&Verdict { coverage: vec![broke], ..judged() }).0, State::Open);

    let findings: Vec<Finding> = verdict().findings.iter().collect();
    let open = findings.iter().find(|it| it.rule.id == "root-user").unwrap();
    let crossed = Verdict { findings: [open.clone()].into_iter().collect(), ..judged() };
    assert_eq!(state(&crossed), (State::Crossed, String::from("root-user: 1 finding")));

    let waived = findings.iter().find(|it| matches!(it.disposition, Disposition::Waived { .. }));
    let waived = Verdict { findings: [waived.unwrap().clone()].into_iter().collect(), ..judged() };
    let why = String::from("2 subjects judged, 1 waived with a reason");
    assert_eq!(state(&waived), (State::Ticked, why));

    let known = findings.iter().find(|it| it.disposition == Disposition::Baseline).unwrap();
    let known = Verdict { findings: [known.clone()].into_iter().collect(), ..judged() };
    assert_eq!(state(&known).0, State::Open);
}

#[test]
fn a_tick_needs_every_kind_of_subject_that_its_line_speaks_of() {
    let services = Verdict { judged: [(SubjectKind::Service, 2)].into(), ..judged() };
    let why = String::from("no Dockerfile was judged");
    assert_eq!(state(&services), (State::Open, why), "services prove nothing of images");

    // Where there are services, the rule about them has to have run as well.
    let both = [(SubjectKind::Dockerfile, 1), (SubjectKind::Service, 1)];
    let both = Verdict { judged: both.into(), ..judged() };
    assert_eq!(state(&both).0, State::Ticked);
    let rules = OTHERS.iter().take(4).chain([&ROOT_USER, &NAMED_USER]).collect();
    let without = Verdict { rules, ..both };
    let why = String::from("not all rules ran everywhere: root-service missing");
    assert_eq!(state(&without), (State::Open, why));
}

#[test]
fn lists_are_whole_and_name_their_rules() {
    let lengths: Vec<usize> = CHECKLISTS.iter().map(|it| it.lines.len()).collect();
    assert_eq!(lengths, [17, 14, 11]);
    let unknown = unknown_rule_ids(&[&ROOT_USER, &NAMED_USER]);
    assert!(!unknown.contains(&"root-user"));
    assert!(unknown.contains(&"latest-tag"));
    let n_known = unknown_rule_ids(&[]).len() - unknown.len();
    assert_eq!(n_known, 2);
}
