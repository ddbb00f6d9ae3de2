//! GitLab container scanning, version 15 of its schema. The format knows packages and their
//! vulnerabilities only: other findings and gaps are counted in its messages, and what does not
//! count comes as `Info` with its reason in front, or flagged where a statement clears it.

use std::io;

use plimsoll_finding::{Disposition, Finding, Severity, fingerprint};
use plimsoll_policy::{Outcome, Verdict};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    image::{
        Image, Vulnerability,
        view::{View, advisory_link, mend_words, threat_words},
    },
    json::write_document,
    mask::Masks,
    run::Run,
    tally::{count, gaps},
};

/// Writes `image` and what `verdict` says of it as a container scanning report.
pub fn write(
    image: &Image,
    verdict: &Verdict,
    run: &Run,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let view = View::new(image, verdict, &masks);
    let version = if run.version.is_empty() { "0" } else { &run.version };
    let tool = json!({
        "id": "plimsoll",
        "name": "Plimsoll",
        "version": version,
        "vendor": { "name": "Plimsoll" },
    });
    let time = time(&run.started);
    let is_whole = verdict.outcome != Outcome::Incomplete;
    let report = Report {
        version: SCHEMA,
        scan: json!({
            "analyzer": tool,
            "scanner": tool,
            "type": "container_scanning",
            "start_time": time,
            "end_time": time,
            "status": if is_whole { "success" } else { "failure" },
            "messages": messages(&view),
        }),
        vulnerabilities: vulnerabilities(&view),
        remediations: [],
    };
    write_document(&report, out)
}

/// The form that the schema asks for, in UTC and without a zone; the epoch where nobody knows.
fn time(started: &str) -> String {
    let bare = started.get(..19).unwrap_or_default();
    let fits = bare.bytes().enumerate().all(|(at, it)| match at {
        4 | 7 => it == b'-',
        10 => it == b'T',
        13 | 16 => it == b':',
        _ => it.is_ascii_digit(),
    });
    if fits && bare.len() == 19 { bare.to_owned() } else { String::from("1970-01-01T00:00:00") }
}

fn messages(view: &View<'_>) -> Vec<Value> {
    let mut res = Vec::new();
    let counts = view.counts();
    for (tally, what) in [(&counts.secrets, "secret"), (&counts.configuration, "other finding")] {
        if tally.open > 0 {
            let words = count(tally.open, what);
            let text = format!("{words} ({}): this format has no room for them", tally.words());
            res.push(json!({ "level": "warn", "value": text }));
        }
    }
    for gap in gaps(view.verdict).take(MESSAGES) {
        let text = view.masks.text(&format!("{} ({}): {}", gap.unit, gap.state.name(), gap.why));
        res.push(json!({ "level": "warn", "value": text }));
    }
    let n_more = gaps(view.verdict).count().saturating_sub(MESSAGES);
    if n_more > 0 {
        res.push(json!({ "level": "warn", "value": count(n_more, "more gap") }));
    }
    res.push(json!({ "level": "info", "value": view.advisories_words() }));
    res
}

fn vulnerabilities(view: &View<'_>) -> Vec<Fault> {
    let ends = view.verdict.findings.iter().enumerate();
    let ends: Vec<Option<(String, Disposition)>> = ends
        .map(|(number, it): (usize, Finding)| {
            view.is_of_vulnerability(number).then_some((it.fingerprint, it.disposition))
        })
        .collect();
    let image = image_name(view);
    let distribution = view.distribution();
    let system = if distribution.is_empty() { String::from("unknown") } else { distribution };
    let all = view.image.vulnerabilities.iter().enumerate();
    all.map(|(number, it)| {
        let end = ends.get(it.finding).and_then(Option::as_ref);
        let (name, disposition) = end.cloned().unwrap_or_default();
        let name = if name.is_empty() {
            fingerprint("vulnerable-package", &image, &it.id, number)
        } else {
            name
        };
        fault(view, it, name, &disposition, (&image, &system))
    })
    .collect()
}

fn fault(
    view: &View<'_>,
    it: &Vulnerability,
    id: String,
    disposition: &Disposition,
    (image, system): (&str, &str),
) -> Fault {
    let package = view.package(it).map(|it| &it.package);
    let name = package.map(plimsoll_package::Package::full_name).unwrap_or_default();
    let version = package.map(|it| it.version.clone()).unwrap_or_default();
    let threat = threat_words(it);
    let threat = if threat.is_empty() { String::new() } else { format!("; {}", threat.join(", ")) };
    let words = format!(
        "{} in {name} {version}: {}; urgency {} of 100, severity by {}{threat}",
        it.id,
        mend_words(it),
        it.urgency,
        it.severity_source
    );
    let open = severity(view.severity(it));
    let (before, severity, flags) = match disposition {
        Disposition::Open => (String::new(), open, Vec::new()),
        Disposition::Baseline => (String::from("[in the baseline] "), "Info", Vec::new()),
        Disposition::Waived { reason, .. } => {
            (format!("[waived: {}] ", view.masks.text(reason)), "Info", Vec::new())
        }
        Disposition::NotAffected { reason, document } => {
            let text = view.masks.text(&format!("not affected: {reason} ({document})"));
            let flag = json!({
                "type": "flagged-as-likely-false-positive",
                "origin": "plimsoll",
                "description": text,
            });
            (format!("[{text}] "), "Info", vec![flag])
        }
    };
    let solution = it.fixed_in.as_ref().map(|it| format!("upgrade {name} to {it} or later"));
    let links = [&it.id].into_iter().chain(&it.aliases).filter_map(|it| advisory_link(it));
    Fault {
        id,
        name: cut(&format!("{} in {name}", it.id), NAME),
        description: cut(&format!("{before}{words}"), DESCRIPTION),
        severity,
        solution: solution.map(|it| cut(&it, SOLUTION)),
        identifiers: [&it.id].into_iter().chain(&it.aliases).map(|it| identifier(it)).collect(),
        links: links.map(|it| json!({ "url": it })).collect(),
        flags,
        location: json!({
            "dependency": { "package": { "name": name }, "version": version },
            "operating_system": system,
            "image": image,
        }),
    }
}

fn identifier(id: &str) -> Value {
    let kind = match id.split('-').next().unwrap_or_default() {
        "CVE" => "cve",
        "GHSA" => "ghsa",
        "USN" => "usn",
        "RHSA" => "rhsa",
        "ELSA" => "elsa",
        _ => "osv",
    };
    let id = if id.is_empty() { "unknown" } else { id };
    match advisory_link(id) {
        Some(link) => json!({ "type": kind, "name": id, "value": id, "url": link }),
        None => json!({ "type": kind, "name": id, "value": id }),
    }
}

/// The image in the form that the schema asks for: a name, a colon and a tag or a digest.
fn image_name(view: &View<'_>) -> String {
    let names = [&view.image.name].into_iter().chain(&view.image.references);
    let names: Vec<String> = names.map(|it| view.masks.text(it)).collect();
    if let Some(name) = names.iter().find(|it| has_tag(it)) {
        return name.clone();
    }
    let name = names.into_iter().find(|it| !it.is_empty()).unwrap_or_default();
    let name = name.replace(':', "_");
    let digest = view.image.digest.rsplit(':').next().unwrap_or_default();
    let name = if name.is_empty() { "image" } else { &name };
    format!("{name}:{}", if digest.is_empty() { "latest" } else { digest })
}

fn has_tag(name: &str) -> bool {
    let parts: Vec<&str> = name.split(':').collect();
    let is_port = |it: &str| it.starts_with(|it: char| it.is_ascii_digit());
    let fits = match parts.as_slice() {
        [_, _] | [_, _, _] => true,
        [_, port, _, _] => is_port(port),
        _ => false,
    };
    // A port is no tag: `host:5000/name` has none.
    let is_tag = parts.last().is_some_and(|it| !it.contains('/'));
    fits && is_tag && parts.iter().all(|it| !it.is_empty()) && !name.contains('\n')
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}

fn cut(text: &str, n_letters: usize) -> String {
    if text.chars().count() <= n_letters {
        return text.to_owned();
    }
    text.chars().take(n_letters.saturating_sub(1)).chain(['…']).collect()
}

#[derive(Serialize)]
struct Report {
    version: &'static str,
    scan: Value,
    vulnerabilities: Vec<Fault>,
    remediations: [Value; 0],
}

#[derive(Serialize)]
struct Fault {
    id: String,
    name: String,
    description: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution: Option<String>,
    identifiers: Vec<Value>,
    links: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Value>,
    location: Value,
}

/// The version of the schema.
const SCHEMA: &str = "15.0.0";
/// The schema takes so many letters of a name.
const NAME: usize = 255;
/// The schema takes so many letters of a description; nobody reads as many.
const DESCRIPTION: usize = 20_000;
/// The schema takes so many letters of a solution.
const SOLUTION: usize = 7000;
/// So many gaps are told one by one.
const MESSAGES: usize = 100;
