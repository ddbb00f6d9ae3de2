//! SARIF 2.1.0, within the limits that GitHub sets: at most 5,000 results in a run, 20 tags on a
//! rule. Findings beyond the limit are counted in a notification, the mildest left out first.

use std::{collections::BTreeMap, io};

use plimsoll_finding::{
    Audience, Confidence, CoverageState, Disposition, Finding, Fix, ImagePlace, Origin, Place,
    RuleInfo, Severity, SubjectKind,
};
use plimsoll_policy::{Head, Outcome, Standing, Verdict};
use plimsoll_text::{Location, Source, Span};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    escape, help, json as documents,
    mask::Masks,
    run::Run,
    tally,
    wire::v1::{self, Twins},
};

/// Writes `verdict` as a SARIF log of one run.
pub fn write(verdict: &Verdict, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    write_with(verdict, &BTreeMap::new(), "files", run, out)
}

/// What is known of a vulnerability beside its findings. Each is a rule of its own, since code
/// hosts group, score and dismiss by rule.
#[derive(Default)]
pub(crate) struct Fault {
    /// What it is, in one line.
    pub(crate) title: String,
    /// What is known of it, in a few sentences.
    pub(crate) text: String,
    /// The score, 0 to 10, where one is known.
    pub(crate) score: Option<f32>,
    /// Words to filter by.
    pub(crate) tags: Vec<String>,
    /// Its other names.
    pub(crate) aliases: Vec<String>,
    /// A page about it.
    pub(crate) link: Option<String>,
}

/// Writes `verdict`, with what is known of vulnerabilities by their ids. Logs of one `category`
/// replace each other at a code host.
pub(crate) fn write_with(
    verdict: &Verdict,
    faults: &BTreeMap<&str, Fault>,
    category: &str,
    run: &Run,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let ctx = Context { run, masks: &masks };
    let rules = rules(verdict);
    let mut index: BTreeMap<String, usize> =
        rules.iter().enumerate().map(|(at, rule)| (rule.id.to_owned(), at)).collect();
    let twins = Twins::new(verdict, &masks);
    let n_left_out = verdict.findings.len().saturating_sub(RESULTS);
    let all = kept(verdict, &twins);
    let mut rules: Vec<Rule> = rules.iter().map(|it| ctx.rule(it)).collect();
    for (finding, _) in &all {
        let Some(id) = fault_id(finding).filter(|it| !index.contains_key(*it)) else { continue };
        index.insert(id.to_owned(), rules.len());
        rules.push(ctx.fault_rule(id, faults.get(id), finding));
    }
    let results = all.iter().map(|(finding, twin)| {
        let id = fault_id(finding).unwrap_or(finding.rule.id);
        ctx.result(finding, twin, id, index.get(id).copied().unwrap_or_default())
    });
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [LogRun {
            tool: Tool { driver: Driver { name: "Plimsoll", version: &run.version, rules } },
            invocations: [ctx.invocation(verdict, n_left_out)],
            automation_details: json!({ "id": format!("plimsoll/{category}/") }),
            original_uri_base_ids: json!({
                ROOT: { "description": { "text": "the root of the repository" } }
            }),
            column_kind: "unicodeCodePoints",
            results: results.collect(),
            properties: json!({ "plimsoll/v1": v1::Stats::new(verdict) }),
        }],
    };
    documents::write_document(&log, out)
}

/// The findings that there is room for: all, or the worst of those that count, in that order.
fn kept(verdict: &Verdict, twins: &Twins<'_>) -> Vec<(Finding, v1::Finding)> {
    let mut all = verdict.findings.chunks().iter().flat_map(|it| twins.pairs(it));
    if verdict.findings.len() <= RESULTS {
        return all.collect();
    }
    let class = |it: Head| (it.standing != Standing::Open, std::cmp::Reverse(it.severity));
    let mut classes: BTreeMap<_, usize> = BTreeMap::new();
    for head in verdict.findings.heads() {
        *classes.entry(class(head)).or_default() += 1;
    }
    // What is left of the room goes to the first of each class.
    let mut n_left = RESULTS;
    let mut kept: BTreeMap<_, Vec<(Finding, v1::Finding)>> = BTreeMap::new();
    for count in classes.values_mut() {
        *count = n_left.min(*count);
        n_left -= *count;
    }
    for head in verdict.findings.heads() {
        let Some(pair) = all.next() else { break };
        let Some(room) = classes.get_mut(&class(head)).filter(|it| **it > 0) else { continue };
        *room -= 1;
        kept.entry(class(head)).or_default().push(pair);
    }
    kept.into_values().flatten().collect()
}

/// The rules in force and those of the findings, by id.
fn rules(verdict: &Verdict) -> Vec<&'static RuleInfo> {
    let all = verdict.rules.iter().copied().chain(verdict.findings.heads().map(|it| it.rule));
    all.map(|it| (it.id, it)).collect::<BTreeMap<_, _>>().into_values().collect()
}

/// The id of the vulnerability that a finding is about.
fn fault_id(finding: &Finding) -> Option<&str> {
    let is_about_package = finding.rule.subject == SubjectKind::Package;
    let name = finding.names.first().filter(|it| is_about_package && !it.is_empty())?;
    Some(name)
}

struct Context<'a> {
    run: &'a Run,
    masks: &'a Masks,
}

impl Context<'_> {
    fn rule(&self, rule: &RuleInfo) -> Rule {
        let why = help::why(rule.doc).unwrap_or_else(|| rule.title().to_owned());
        let body = help::body(rule.doc);
        let text = if body.is_empty() { rule.title() } else { body };
        let is_security = rule.audience == Audience::Default;
        let mut tags = vec![rule.audience.name().to_owned(), rule.subject.name().to_owned()];
        if is_security {
            tags.insert(0, String::from("security"));
        }
        tags.extend(rule.control_ids());
        tags.truncate(TAGS);
        let mut properties = json!({
            "tags": tags,
            "precision": precision(rule.confidence),
            "problem.severity": problem_severity(rule.severity),
            "aliases": rule.aliases,
            "controls": rule.control_ids(),
            "severity": rule.severity.name(),
        });
        if let Some(properties) = properties.as_object_mut().filter(|_| is_security) {
            properties.insert(String::from("security-severity"), score(rule.severity).into());
        }
        Rule {
            id: rule.id.to_owned(),
            name: camel_case(rule.id),
            short_description: Text { text: rule.title().to_owned() },
            full_description: Text { text: format!("{why}.") },
            help: Help { text: text.to_owned(), markdown: text.to_owned() },
            help_uri: self.run.help_link(rule.id),
            default_configuration: json!({ "level": level(rule.severity) }),
            properties,
        }
    }

    /// The rule that stands for one vulnerability.
    fn fault_rule(&self, id: &str, fault: Option<&Fault>, finding: &Finding) -> Rule {
        let nothing = Fault::default();
        let fault = fault.unwrap_or(&nothing);
        let title = if fault.title.is_empty() { finding.rule.title() } else { &fault.title };
        let text = if fault.text.is_empty() { title } else { &fault.text };
        let mut tags = vec![String::from("security"), String::from("vulnerability")];
        tags.extend(fault.tags.iter().cloned());
        tags.truncate(TAGS);
        let score = match fault.score {
            Some(score) => format!("{score:.1}"),
            None => score(finding.severity).to_owned(),
        };
        Rule {
            id: id.to_owned(),
            name: camel_case(finding.rule.id),
            short_description: Text { text: self.masks.text(title) },
            full_description: Text { text: self.masks.text(text) },
            help: Help { text: self.masks.text(text), markdown: self.masks.text(text) },
            help_uri: fault.link.clone().or_else(|| self.run.help_link(finding.rule.id)),
            default_configuration: json!({ "level": level(finding.severity) }),
            properties: json!({
                "tags": tags,
                "precision": precision(finding.confidence),
                "problem.severity": problem_severity(finding.severity),
                "security-severity": score,
                "aliases": fault.aliases,
                "controls": finding.rule.control_ids(),
                "severity": finding.severity.name(),
            }),
        }
    }

    fn result(
        &self,
        finding: &Finding,
        twin: &v1::Finding,
        rule_id: &str,
        rule_index: usize,
    ) -> LogResult {
        let n_masked = finding.fixes.len() - whole_fixes(finding, twin).count();
        LogResult {
            rule_id: rule_id.to_owned(),
            rule_index,
            kind: "fail",
            level: level(finding.severity),
            message: Text { text: message(&twin.message) },
            locations: vec![self.place(finding)],
            related_locations: finding
                .related
                .iter()
                .zip(&twin.related)
                .filter_map(|(related, twin)| Some((related.place.text()?, &twin.message)))
                .take(RELATED)
                .enumerate()
                .map(|(at, (location, text))| {
                    let mut res = self.location(location);
                    res.id = Some(at + 1);
                    res.message = (!text.is_empty()).then(|| Text { text: message(text) });
                    res
                })
                .collect(),
            partial_fingerprints: json!({
                "plimsoll/v1": twin.fingerprint,
                "primaryLocationLineHash": twin.fingerprint,
            }),
            suppressions: self.suppression(finding).into_iter().collect(),
            fixes: whole_fixes(finding, twin).map(|(fix, twin)| self.fix(fix, twin)).collect(),
            properties: json!({
                "severity": finding.severity.name(),
                "confidence": finding.confidence.name(),
                "disposition": finding.disposition.name(),
                "evidence": twin.evidence,
                "fixesWithSecretsLeftOut": n_masked,
            }),
        }
    }

    /// The first place. Code hosts want a file and a line of each result: one that has none is said
    /// to be at the first line of a file with the name of what was looked at.
    fn place(&self, finding: &Finding) -> LogLocation {
        let mut res = match finding.place.text() {
            Some(location) => self.location(location),
            None => LogLocation {
                id: None,
                physical_location: PhysicalLocation {
                    artifact_location: self.artifact(&finding.target().name),
                    region: Region {
                        start_line: 1,
                        start_column: 1,
                        end_line: 1,
                        end_column: 1,
                        snippet: None,
                    },
                },
                logical_locations: Vec::new(),
                message: None,
            },
        };
        if let Place::Image(place) = &finding.place {
            res.logical_locations = self.image_places(finding, place);
        }
        res
    }

    /// The file, the setting and the layer of an image.
    fn image_places(&self, finding: &Finding, place: &ImagePlace) -> Vec<Value> {
        let target = &place.target.name;
        let words = |text: &str| self.masks.words(finding, text);
        let mut res = Vec::new();
        for (kind, name) in [("resource", &place.path), ("member", &place.setting)] {
            if !name.is_empty() {
                let full = words(&format!("{target}/{name}"));
                res.push(json!({ "name": words(name), "fullyQualifiedName": full, "kind": kind }));
            }
        }
        if !place.layer.is_empty() || !place.instruction.is_empty() {
            let name = if place.layer.is_empty() { &place.instruction } else { &place.layer };
            let full = words(&place.instruction);
            res.push(json!({ "name": words(name), "decoratedName": full, "kind": "module" }));
        }
        res
    }

    fn location(&self, location: &Location) -> LogLocation {
        let mut region = region(&location.source, location.span);
        if location.span.len() <= SNIPPET {
            region.snippet = Some(Text { text: self.masks.slice(&location.source, location.span) });
        }
        LogLocation {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: self.artifact(location.source.name()),
                region,
            },
            logical_locations: Vec::new(),
            message: None,
        }
    }

    fn artifact(&self, name: &str) -> ArtifactLocation {
        let path = self.run.repository_path(name);
        if path.starts_with('/') {
            return ArtifactLocation { uri: format!("file://{}", escape::uri(&path)), base: None };
        }
        ArtifactLocation { uri: escape::uri(&path), base: Some(ROOT) }
    }

    fn fix(&self, fix: &Fix, twin: &v1::Fix) -> Value {
        let replacements: Vec<Value> = fix
            .edits
            .iter()
            .map(|edit| {
                json!({
                    "deletedRegion": region(&fix.source, edit.span),
                    "insertedContent": { "text": edit.text },
                })
            })
            .collect();
        json!({
            "description": { "text": format!("{} ({})", twin.title, fix.safety.name()) },
            "artifactChanges": [{
                "artifactLocation": self.artifact(fix.source.name()),
                "replacements": replacements,
            }],
        })
    }

    fn suppression(&self, finding: &Finding) -> Option<Value> {
        match &finding.disposition {
            Disposition::Open => None,
            Disposition::Baseline => Some(json!({
                "kind": "external",
                "status": "accepted",
                "justification": "in the baseline",
            })),
            Disposition::NotAffected { reason, document } => Some(json!({
                "kind": "external",
                "status": "accepted",
                "justification": self.masks.text(&format!("not affected: {reason} ({document})")),
            })),
            Disposition::Waived { reason, until, origin } => {
                let (kind, location) = match origin {
                    Origin::Comment(location) => ("inSource", location),
                    Origin::Settings(location) => ("external", location),
                };
                let reason = self.masks.text(reason);
                let reason = match until {
                    Some(until) => format!("{reason} (until {until})"),
                    None => reason,
                };
                Some(json!({
                    "kind": kind,
                    "status": "accepted",
                    "justification": reason,
                    "location": self.location(location),
                }))
            }
        }
    }

    fn invocation(&self, verdict: &Verdict, n_left_out: usize) -> Value {
        let mut notifications = Vec::new();
        if n_left_out > 0 {
            let text = format!(
                "{n_left_out} of {} findings are left out, the mildest first, since code hosts \
                 take {RESULTS} results; the JSON report holds all",
                verdict.findings.len()
            );
            notifications.push(notification("findings-left-out", "warning", &text));
        }
        let gaps: Vec<_> = tally::gaps(verdict).collect();
        for gap in gaps.iter().take(NOTIFICATIONS) {
            let level = match gap.state {
                CoverageState::Broke => "error",
                CoverageState::Partial => "warning",
                CoverageState::Skipped | CoverageState::Ran => "note",
            };
            let text = format!("{} ({}): {}", gap.unit, gap.state.name(), gap.why);
            notifications.push(notification("gap", level, &self.masks.text(&text)));
        }
        if gaps.len() > NOTIFICATIONS {
            let text =
                format!("{} more gaps; the JSON report lists all", gaps.len() - NOTIFICATIONS);
            notifications.push(notification("gap", "warning", &text));
        }
        let mut res = json!({
            "executionSuccessful": verdict.outcome != Outcome::Incomplete,
            "exitCode": verdict.outcome.exit_code(),
            "toolExecutionNotifications": notifications,
        });
        if let Some(invocation) = res.as_object_mut() {
            if !self.run.command.is_empty() {
                let command = self.masks.text(&self.run.command);
                invocation.insert(String::from("commandLine"), command.into());
            }
            if !self.run.started.is_empty() {
                invocation.insert(String::from("startTimeUtc"), self.run.started.clone().into());
            }
        }
        res
    }
}

/// The fixes that hold no secret. One with a mask in it would write the mask into the file.
fn whole_fixes<'a>(
    finding: &'a Finding,
    twin: &'a v1::Finding,
) -> impl Iterator<Item = (&'a Fix, &'a v1::Fix)> {
    let pairs = finding.fixes.iter().zip(&twin.fixes);
    pairs.filter(|(_, twin)| !twin.edits.iter().any(|it| it.masked))
}

fn notification(id: &str, level: &str, text: &str) -> Value {
    json!({ "descriptor": { "id": id }, "level": level, "message": { "text": message(text) } })
}

fn region(source: &Source, span: Span) -> Region {
    let (start, end) = (source.line_column(span.start), source.line_column(span.end));
    Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
        snippet: None,
    }
}

/// A message text; what would read as a link is escaped as SARIF asks.
fn message(text: &str) -> String {
    if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text.to_owned() }
}

/// `root-user` as `RootUser`, the form that SARIF wants for names.
fn camel_case(id: &str) -> String {
    let mut res = String::with_capacity(id.len());
    for word in id.split(|it: char| !it.is_alphanumeric()) {
        let mut letters = word.chars();
        res.extend(letters.next().map(|it| it.to_ascii_uppercase()));
        res.push_str(letters.as_str());
    }
    res
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The number that GitHub makes a severity of: above 9 critical, from 7 high, from 4 medium.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.5",
    }
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "very-high",
        Confidence::Medium => "high",
        Confidence::Low => "low",
    }
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [LogRun<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogRun<'a> {
    tool: Tool<'a>,
    invocations: [Value; 1],
    automation_details: Value,
    original_uri_base_ids: Value,
    column_kind: &'static str,
    results: Vec<LogResult>,
    properties: Value,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
struct Driver<'a> {
    name: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'a str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Help,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: Value,
    properties: Value,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogResult {
    rule_id: String,
    rule_index: usize,
    kind: &'static str,
    level: &'static str,
    message: Text,
    locations: Vec<LogLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<LogLocation>,
    partial_fingerprints: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Value>,
    properties: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
    #[serde(rename = "uriBaseId", skip_serializing_if = "Option::is_none")]
    base: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Text>,
}

/// GitHub keeps so many results of a run.
const RESULTS: usize = 5000;
/// GitHub takes so many tags on a rule.
const TAGS: usize = 20;
/// GitHub takes 1,000 locations of a result and shows 100.
const RELATED: usize = 100;
/// So many gaps are listed one by one.
const NOTIFICATIONS: usize = 1000;
/// A longer text is not quoted.
const SNIPPET: usize = 2000;
/// The name of the folder that relative addresses start from.
const ROOT: &str = "%SRCROOT%";
