//! The forms of OSCAL, NIST's Open Security Controls Assessment Language: assessment results, our
//! checks as a catalog, and what this program does for them as a component definition.
//!
//! Version 1.1.2 of the model, which every reader of a later 1.x version accepts.

use std::io;

use plimsoll_finding::{CONTROLS, OutcomeStatus};
use serde_json::{Value, json};

use crate::{
    comply::{AssessedControl, Assessment, CAVEAT, ControlStatus, FRAMEWORKS},
    json,
    run::Run,
    uuid::uuid_of,
};

/// Writes `assessment` as assessment results.
pub fn write_results(
    assessment: &Assessment,
    run: &Run,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let seed = [assessment.framework.id, &run.started];
    let name = |parts: &[&str]| uuid_of(seed.into_iter().chain(parts.iter().copied()), 5);
    let mut observations = Vec::new();
    let mut findings = Vec::new();
    for control in &assessment.controls {
        let related = observe(control, run, &name, &mut observations);
        if let Some(finding) = finding(control, &name, &related) {
            findings.push(finding);
        }
    }
    let selected: Vec<Value> =
        assessment.controls.iter().map(|it| json!({"control-id": token(it.id)})).collect();
    let mut result = json!({
        "uuid": name(&["result"]),
        "title": format!("Evidence towards {}", assessment.framework.name),
        "description": described(assessment),
        "start": moment(run),
        "end": moment(run),
        "reviewed-controls": {"control-selections": [{"include-controls": selected}]},
    });
    if let Some(fields) = result.as_object_mut() {
        // The model has no empty lists.
        let lists = [("observations", observations), ("findings", findings)];
        fields.extend(
            lists
                .into_iter()
                .filter(|it| !it.1.is_empty())
                .map(|(key, all)| (key.to_owned(), Value::Array(all))),
        );
    }
    let document = json!({"assessment-results": {
        "uuid": name(&["document"]),
        "metadata": metadata(&format!("Plimsoll: {}", assessment.framework.name), run),
        "import-ap": {"href": "#no-assessment-plan", "remarks": "Assessed without a plan document."},
        "results": [result],
    }});
    json::write_document(&document, out)
}

/// Writes our checks, with their numbers in every standard, as a catalog.
pub fn write_catalog(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for control in CONTROLS {
        let family = control.key.split('.').next().unwrap_or_default();
        let mut props = vec![json!({"name": "label", "value": control.key})];
        for (framework, id) in control.ids {
            props.push(json!({"name": framework, "value": id, "ns": NAMESPACE}));
        }
        let id = token(control.key);
        let part = json!({
            "id": format!("{id}_smt"), "name": "statement", "prose": control.title,
        });
        let twin = json!({"id": id, "title": control.title, "props": props, "parts": [part]});
        match groups.last_mut().filter(|it| it.0 == family) {
            Some(group) => group.1.push(twin),
            None => groups.push((family.to_owned(), vec![twin])),
        }
    }
    // Families of the catalogue need not stand together.
    let mut merged: Vec<(String, Vec<Value>)> = Vec::new();
    for (family, controls) in groups {
        match merged.iter_mut().find(|it| it.0 == family) {
            Some(group) => group.1.extend(controls),
            None => merged.push((family, controls)),
        }
    }
    let groups: Vec<Value> = merged
        .into_iter()
        .map(|(family, controls)| json!({"id": family, "title": family, "controls": controls}))
        .collect();
    let document = json!({"catalog": {
        "uuid": uuid_of(["catalog", &run.version], 5),
        "metadata": metadata("Plimsoll: checks for containers and their hosts", run),
        "groups": groups,
    }});
    json::write_document(&document, out)
}

/// Writes what this program checks for each standard as a component definition.
pub fn write_component(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let implementations: Vec<Value> = FRAMEWORKS
        .iter()
        .map(|framework| {
            let requirements: Vec<Value> = framework
                .controls()
                .into_iter()
                .filter_map(|(id, _)| {
                    let checks: Vec<&str> = CONTROLS
                        .iter()
                        .filter(|it| it.ids.contains(&(framework.id, id)))
                        .map(|it| it.title)
                        .collect();
                    (!checks.is_empty()).then(|| json!({
                        "uuid": uuid_of(["requirement", framework.id, id], 5),
                        "control-id": token(id),
                        "description": format!("Gives evidence by checking: {}.", checks.join("; ")),
                    }))
                })
                .collect();
            json!({
                "uuid": uuid_of(["implementation", framework.id], 5),
                "source": format!("https://plimsoll.invalid/frameworks/{}", framework.id),
                "description": format!("Evidence towards {}.", framework.name),
                "implemented-requirements": requirements,
            })
        })
        .collect();
    let document = json!({"component-definition": {
        "uuid": uuid_of(["component-definition", &run.version], 5),
        "metadata": metadata("Plimsoll: what it gives evidence for", run),
        "components": [{
            "uuid": uuid_of(["component"], 5),
            "type": "software",
            "title": "Plimsoll",
            "description": "Judges Dockerfiles, compose files, images, hosts and containers.",
            "control-implementations": implementations,
        }],
    }});
    json::write_document(&document, out)
}

/// Adds what was seen about each check of `control`; gives the names of the observations.
fn observe(
    control: &AssessedControl,
    run: &Run,
    name: &dyn Fn(&[&str]) -> String,
    observations: &mut Vec<Value>,
) -> Vec<String> {
    let mut res = Vec::new();
    for check in control.checks.iter().filter(|it| !it.evidence.is_empty()) {
        let uuid = name(&["observation", control.id, check.control.key]);
        let evidence: Vec<Value> = check
            .evidence
            .iter()
            .filter(|it| it.status != OutcomeStatus::NotApplicable)
            .map(|it| {
                let target = format!("{} {}", it.target.kind.name(), it.target.name);
                let facts = it.facts.join("; ");
                json!({"description": format!("{target}: {} ({facts})", it.status.name())})
            })
            .collect();
        let mut observation = json!({
            "uuid": uuid,
            "title": check.control.title,
            "description": format!("{}: {}", check.status.words(), check.why),
            "methods": ["TEST-AUTOMATED"],
            "collected": moment(run),
        });
        if let Some(fields) = observation.as_object_mut().filter(|_| !evidence.is_empty()) {
            fields.insert("relevant-evidence".to_owned(), Value::Array(evidence));
        }
        observations.push(observation);
        res.push(uuid);
    }
    res
}

/// What is found about `control`. OSCAL knows satisfied and not satisfied only: what is not
/// assessed or not applicable is no finding, and its observations say so.
fn finding(
    control: &AssessedControl,
    name: &dyn Fn(&[&str]) -> String,
    related: &[String],
) -> Option<Value> {
    let state = match control.status {
        ControlStatus::Satisfied => "satisfied",
        ControlStatus::NotSatisfied => "not-satisfied",
        ControlStatus::NotApplicable | ControlStatus::NotAssessed => return None,
    };
    let related: Vec<Value> = related.iter().map(|it| json!({"observation-uuid": it})).collect();
    let mut res = json!({
        "uuid": name(&["finding", control.id]),
        "title": format!("{} {}", control.id, control.title),
        "description": control.why,
        "target": {
            "type": "objective-id",
            "target-id": token(control.id),
            "status": {"state": state},
        },
    });
    if let Some(fields) = res.as_object_mut().filter(|_| !related.is_empty()) {
        fields.insert("related-observations".to_owned(), Value::Array(related));
    }
    Some(res)
}

fn described(assessment: &Assessment) -> String {
    let mut res = CAVEAT.to_owned();
    for subject in &assessment.subjects {
        res = format!("{res} Looked at: {subject}.");
    }
    for gap in &assessment.gaps {
        res = format!("{res} Not looked at: {gap}.");
    }
    res
}

fn metadata(title: &str, run: &Run) -> Value {
    let version = if run.version.is_empty() { "0" } else { run.version.as_str() };
    json!({
        "title": title,
        "last-modified": moment(run),
        "version": version,
        "oscal-version": "1.1.2",
    })
}

fn moment(run: &Run) -> &str {
    if run.started.is_empty() { "1970-01-01T00:00:00Z" } else { &run.started }
}

/// `text` as a token of the model: letters, digits, `_`, `-` and `.`, and no digit first.
fn token(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() || "._-".contains(it) { it } else { '-' })
        .collect();
    let is_fit = text.starts_with(|it: char| it.is_ascii_alphabetic());
    if is_fit { text } else { format!("control-{text}") }
}

/// Numbers of other standards are properties of this name space.
const NAMESPACE: &str = "https://plimsoll.invalid/ns/oscal";
