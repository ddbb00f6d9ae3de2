//! What is said about the vulnerabilities of an image, for other tools: OpenVEX and CycloneDX.
//!
//! Only what somebody said is written as said: what is open is under investigation, and no finding
//! becomes `not affected` unless a statement or the vendor says so.

use std::io;

use plimsoll_finding::Disposition;
use plimsoll_package::{AffectedStatus, VexJustification};
use plimsoll_policy::Verdict;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    image::{Image, Vulnerability},
    mask::Masks,
    run::Run,
    sbom::{cyclonedx, identity},
};

/// Writes OpenVEX 0.2.0.
pub fn write_openvex(
    image: &Image,
    verdict: &Verdict,
    run: &Run,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let said = said(image, verdict);
    let statements: Vec<Value> = said.iter().filter_map(|it| openvex(image, it)).collect();
    let when =
        if run.started.is_empty() { identity::timestamp(image) } else { run.started.clone() };
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": format!("https://plimsoll.invalid/vex/{}", uuid(image, &said)),
        "author": "plimsoll",
        "timestamp": when,
        "version": 1,
        "tooling": format!("plimsoll {}", run.version),
        "statements": statements,
    });
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

/// Writes CycloneDX 1.6 with vulnerabilities and the components that they are in.
pub fn write_cyclonedx_vex(
    image: &Image,
    verdict: &Verdict,
    run: &Run,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let references = identity::references(image);
    let said = said(image, verdict);
    let mut concerned: Vec<usize> = said.iter().map(|it| it.vulnerability.package).collect();
    concerned.sort_unstable();
    concerned.dedup();
    let components: Vec<Value> = concerned
        .iter()
        .filter_map(|it| Some((image.packages.get(*it)?, references.get(*it)?)))
        .map(|(found, reference)| {
            let package = &found.package;
            json!({
                "bom-ref": reference,
                "type": "library",
                "name": package.full_name(),
                "version": package.version,
                "purl": found.purl,
            })
        })
        .collect();
    let vulnerabilities: Vec<Value> = said
        .iter()
        .filter_map(|it| Some(cyclonedx(it, references.get(it.vulnerability.package)?)))
        .collect();
    let document = Document {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        format: "CycloneDX",
        version_of_format: "1.6",
        serial: format!("urn:uuid:{}", uuid(image, &said)),
        version: 1,
        metadata: cyclonedx::metadata(image, run),
        components,
        vulnerabilities,
    };
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document {
    #[serde(rename = "$schema")]
    schema: &'static str,
    #[serde(rename = "bomFormat")]
    format: &'static str,
    #[serde(rename = "specVersion")]
    version_of_format: &'static str,
    #[serde(rename = "serialNumber")]
    serial: String,
    version: u32,
    metadata: Value,
    components: Vec<Value>,
    vulnerabilities: Vec<Value>,
}

/// A vulnerability and what is said about it.
struct Said<'a> {
    vulnerability: &'a Vulnerability,
    state: State,
    justification: Option<VexJustification>,
    /// Why, in somebody's words; may be empty.
    words: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    NotAffected,
    /// Somebody looked at it and lives with it.
    Accepted,
    UnderInvestigation,
}

fn said<'a>(image: &'a Image, verdict: &Verdict) -> Vec<Said<'a>> {
    let mask = Masks::of(verdict);
    let dispositions: Vec<Disposition> =
        verdict.findings.iter().map(|it| it.disposition.clone()).collect();
    let vulnerabilities = image.vulnerabilities.iter();
    vulnerabilities
        .map(|vulnerability| {
            let (state, words) = match dispositions.get(vulnerability.finding) {
                Some(Disposition::NotAffected { reason, .. }) => (State::NotAffected, reason),
                Some(Disposition::Waived { reason, .. }) => (State::Accepted, reason),
                _ if vulnerability.status == AffectedStatus::NotAffected => {
                    (State::NotAffected, &vulnerability.reason)
                }
                _ => (State::UnderInvestigation, &vulnerability.reason),
            };
            let is_letter = |it: char| it.is_ascii_lowercase() || it == '_';
            let word = words.split(|it| !is_letter(it)).next().unwrap_or_default();
            let justification = VexJustification::parse(word);
            let justification = justification.filter(|_| state == State::NotAffected);
            Said { vulnerability, state, justification, words: mask.text(words) }
        })
        .collect()
}

fn openvex(image: &Image, said: &Said<'_>) -> Option<Value> {
    let found = image.packages.get(said.vulnerability.package)?;
    let part = json!({ "@id": found.purl });
    let product = if image.digest.is_empty() {
        part
    } else {
        json!({ "@id": image.purl(), "subcomponents": [part] })
    };
    let mut res = json!({
        "vulnerability": {
            "name": said.vulnerability.id,
            "aliases": said.vulnerability.aliases,
        },
        "products": [product],
    });
    match said.state {
        State::UnderInvestigation => res["status"] = json!("under_investigation"),
        State::Accepted => {
            res["status"] = json!("affected");
            res["action_statement"] = json!(format!("accepted: {}", said.words));
        }
        State::NotAffected => {
            res["status"] = json!("not_affected");
            if let Some(it) = said.justification.filter(|it| OPENVEX.contains(it)) {
                res["justification"] = json!(it.name());
            }
            let words = if said.words.is_empty() { BARE } else { &said.words };
            res["impact_statement"] = json!(words);
        }
    }
    Some(res)
}

fn cyclonedx(said: &Said<'_>, reference: &str) -> Value {
    let vulnerability = said.vulnerability;
    let mut analysis = match said.state {
        State::UnderInvestigation => json!({ "state": "in_triage" }),
        State::Accepted => json!({ "state": "exploitable", "response": ["will_not_fix"] }),
        State::NotAffected => json!({ "state": "not_affected" }),
    };
    if let Some(word) = said.justification.and_then(cyclonedx_word) {
        analysis["justification"] = json!(word);
    }
    if !said.words.is_empty() {
        analysis["detail"] = json!(said.words);
    }
    let mut rating = json!({ "severity": vulnerability.severity.name() });
    if !vulnerability.severity_source.is_empty() {
        rating["source"] = json!({ "name": vulnerability.severity_source });
    }
    let aliases = vulnerability.aliases.iter();
    let aliases: Vec<Value> =
        aliases.map(|it| json!({ "id": it, "source": { "name": source(it) } })).collect();
    let mut res = json!({
        "id": vulnerability.id,
        "source": { "name": source(&vulnerability.id) },
        "references": aliases,
        "ratings": [rating],
        "analysis": analysis,
        "affects": [{ "ref": reference }],
    });
    if let Some(version) = &vulnerability.fixed_in {
        res["recommendation"] = json!(format!("upgrade to {version}"));
    }
    res
}

/// Who gives out names of this kind: the letters that it begins with, where nobody better is known.
fn source(id: &str) -> &str {
    match id.split('-').next().unwrap_or(id) {
        "CVE" => "NVD",
        "GHSA" => "GitHub",
        other => other,
    }
}

/// CycloneDX's word for a reason; it has none for a component that is not there.
fn cyclonedx_word(justification: VexJustification) -> Option<&'static str> {
    use VexJustification as J;
    match justification {
        J::ComponentNotPresent => None,
        J::VulnerableCodeNotPresent => Some("code_not_present"),
        J::VulnerableCodeNotInExecutePath => Some("code_not_reachable"),
        J::VulnerableCodeCannotBeControlledByAdversary | J::InlineMitigationsAlreadyExist => {
            Some("protected_by_mitigating_control")
        }
        J::RequiresConfiguration
        | J::RequiresDependency
        | J::RequiresEnvironment
        | J::ProtectedByCompiler
        | J::ProtectedAtRuntime
        | J::ProtectedAtPerimeter
        | J::ProtectedByMitigatingControl => Some(justification.name()),
    }
}

fn uuid(image: &Image, said: &[Said<'_>]) -> String {
    let texts: Vec<String> = said
        .iter()
        .map(|it| {
            let state = match it.state {
                State::NotAffected => 'n',
                State::Accepted => 'a',
                State::UnderInvestigation => 'u',
            };
            let vulnerability = it.vulnerability;
            format!("{state} {} {} {}", vulnerability.id, vulnerability.package, it.words)
        })
        .chain(["vex".to_owned()])
        .collect();
    identity::uuid(image, &texts)
}

/// The reasons that OpenVEX has words for.
const OPENVEX: &[VexJustification] = &[
    VexJustification::ComponentNotPresent,
    VexJustification::VulnerableCodeNotPresent,
    VexJustification::VulnerableCodeNotInExecutePath,
    VexJustification::VulnerableCodeCannotBeControlledByAdversary,
    VexJustification::InlineMitigationsAlreadyExist,
];

/// What is said where nobody says why.
const BARE: &str = "said to be not affected, without a reason";
