//! The examples in the docs of checks say what the checks do.
#![expect(clippy::unwrap_used, reason = "a test breaks where it goes wrong")]

use std::collections::BTreeSet;

use plimsoll_audit::{Audited, audit_rule, host_rules};
use plimsoll_finding::{OutcomeStatus, RuleInfo, SubjectKind, control};
use plimsoll_host::Host;

use crate::notation::snapshot;

#[test]
fn every_example_comes_out_as_its_section_says() {
    let mut faults = Vec::new();
    for rule in host_rules() {
        for (section, example) in examples(rule.doc) {
            let (collected, settings) = snapshot(&example);
            let audited = audit_rule(&Host::new(&collected), &settings, rule.id);
            if let Err(why) = is_as(rule, &section, &audited) {
                faults.push(format!("{} {section}: {why}\n{example}{audited:#?}", rule.id));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_check_has_a_passport_in_order() {
    let mut ids = BTreeSet::new();
    for rule in host_rules() {
        assert!(ids.insert(rule.id), "{} is there twice", rule.id);
        assert_eq!(rule.subject, SubjectKind::Host);
        assert!(rule.file.ends_with(".rs"), "{}", rule.id);
        assert!(rule.doc.lines().next().unwrap().ends_with('.'), "{}", rule.id);
        assert!(rule.controls.iter().all(|it| control(it).is_some()), "{}", rule.id);
        assert!(rule.doc.contains("\n## Why\n"), "{}", rule.id);
        let sections: BTreeSet<_> = examples(rule.doc).into_iter().map(|it| it.0).collect();
        // What a person decides in the end has a question in the place of what it cannot say.
        let wanted: &[&str] = match (sections.contains("Manual"), sections.contains("Fails")) {
            (true, false) => &["Manual"],
            (true, true) => &["Fails", "Manual", "Unknown"],
            _ => &["Fails", "Passes", "Unknown"],
        };
        for section in wanted {
            assert!(sections.contains(*section), "{} has no example for {section}", rule.id);
        }
    }
}

/// The fenced blocks of a doc with the heads of their sections.
fn examples(doc: &str) -> Vec<(String, String)> {
    let mut res: Vec<(String, String)> = Vec::new();
    let (mut section, mut is_inside) = (String::new(), false);
    for line in doc.lines() {
        if let Some(head) = line.strip_prefix("## ") {
            head.clone_into(&mut section);
        } else if line.starts_with("```") {
            is_inside = !is_inside;
            if is_inside {
                res.push((section.clone(), String::new()));
            }
        } else if is_inside {
            let text = &mut res.last_mut().unwrap().1;
            text.push_str(line);
            text.push('\n');
        }
    }
    res
}

fn is_as(rule: &RuleInfo, section: &str, audited: &Audited) -> Result<(), String> {
    let wanted = match section {
        "Fails" => OutcomeStatus::Fail,
        "Passes" => OutcomeStatus::Pass,
        "Unknown" => OutcomeStatus::Unknown,
        "Manual" => OutcomeStatus::Manual,
        "Not applicable" => OutcomeStatus::NotApplicable,
        other => return Err(format!("no section is called {other}")),
    };
    let is_fail = wanted == OutcomeStatus::Fail;
    if !is_fail && !audited.findings.is_empty() {
        return Err("there is a finding".to_owned());
    }
    if rule.controls.is_empty() {
        let is_right = match wanted {
            OutcomeStatus::Fail => !audited.findings.is_empty(),
            OutcomeStatus::Unknown => !audited.gaps.is_empty(),
            _ => audited.gaps.is_empty(),
        };
        return if is_right { Ok(()) } else { Err("findings and gaps are wrong".to_owned()) };
    }
    if audited.outcomes.is_empty() {
        return Err("there is no outcome".to_owned());
    }
    // In what fails something may be in order; in what passes nothing may be amiss.
    let is_right = match wanted {
        OutcomeStatus::Fail => audited.outcomes.iter().any(|it| it.status == wanted),
        OutcomeStatus::Pass => {
            let allowed = [OutcomeStatus::Pass, OutcomeStatus::NotApplicable];
            audited.outcomes.iter().all(|it| allowed.contains(&it.status))
                && audited.outcomes.iter().any(|it| it.status == wanted)
        }
        _ => audited.outcomes.iter().all(|it| it.status == wanted),
    };
    if is_right { Ok(()) } else { Err("the outcome is wrong".to_owned()) }
}
