//! An assessment for machines.

use std::{collections::BTreeMap, io};

use crate::{
    comply::{AssessedCheck, AssessedControl, Assessment, ControlStatus, Earlier},
    json,
    run::Run,
    wire::v1::{SCHEMA, Target, Tool, comply as wire},
};

/// Writes the document of `comply`.
pub fn write(assessment: &Assessment, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let count = |it: &ControlStatus| (it.name(), assessment.count(*it));
    let document = wire::ComplyReport {
        schema: SCHEMA,
        tool: Tool { name: "plimsoll", version: run.version.clone() },
        run: wire::ComplyRun {
            started: (!run.started.is_empty()).then(|| run.started.clone()),
            command: (!run.command.is_empty()).then(|| run.command.clone()),
        },
        framework: assessment.framework.id,
        framework_name: assessment.framework.name,
        subjects: assessment.subjects.clone(),
        gaps: assessment.gaps.clone(),
        counts: ControlStatus::ALL.iter().map(count).collect(),
        controls: assessment.controls.iter().map(control).collect(),
        earlier: assessment.earlier.iter().map(earlier).collect(),
    };
    json::write_document(&document, out)
}

fn control(control: &AssessedControl) -> wire::Control {
    wire::Control {
        id: control.id,
        title: control.title,
        status: control.status.into(),
        why: control.why.clone(),
        evidence: facts(control).collect(),
        checks: control.checks.iter().map(check).collect(),
    }
}

/// Every fact about a control, with the thing it is about before it.
fn facts(control: &AssessedControl) -> impl Iterator<Item = String> {
    control.checks.iter().flat_map(|it| &it.evidence).flat_map(super::CheckEvidence::lines)
}

fn check(check: &AssessedCheck) -> wire::Check {
    let target = |it: &super::CheckEvidence| wire::CheckTarget {
        target: Target { kind: it.target.kind.into(), name: it.target.name.clone() },
        status: it.status.into(),
        facts: it.facts.clone(),
    };
    wire::Check {
        check: check.control.key,
        title: check.control.title,
        status: check.status.into(),
        why: check.why.clone(),
        targets: check.evidence.iter().map(target).collect(),
    }
}

fn earlier(earlier: &Earlier) -> wire::EarlierCounts {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for status in earlier.statuses.values() {
        *counts.entry(status.clone()).or_default() += 1;
    }
    wire::EarlierCounts { started: earlier.started.clone(), counts }
}

impl From<ControlStatus> for wire::ControlStatus {
    fn from(status: ControlStatus) -> Self {
        match status {
            ControlStatus::Satisfied => Self::Satisfied,
            ControlStatus::NotSatisfied => Self::NotSatisfied,
            ControlStatus::NotApplicable => Self::NotApplicable,
            ControlStatus::NotAssessed => Self::NotAssessed,
        }
    }
}
