//! SARIF 2.1.0, within the limits that GitHub sets: at most 5,000 results in a run, 20 tags on a
//! rule. Findings beyond the limit are counted in a notification, the mildest left out first.

use std::{collections::BTreeMap, io};

use plimsoll_finding::{
    Audience, Confidence, CoverageState, Disposition, Finding, Fix, Origin, RuleInfo, Severity,
};
use plimsoll_policy::{Outcome, Verdict};
use plimsoll_text::{Location, Source, Span};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{escape, help, json as documents, mask::Masks, run::Run, tally, wire::v1};

/// Writes `verdict` as a SARIF log of one run.
pub fn write(verdict: &Verdict, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let ctx = Context { run, masks: &masks };
    let rules = rules(verdict);
    let index: BTreeMap<&str, usize> =
        rules.iter().enumerate().map(|(at, rule)| (rule.id, at)).collect();
    let twins: Vec<v1::Finding> = v1::findings(verdict, &masks).collect();
    let mut all: Vec<(&Finding, v1::Finding)> = verdict.findings.iter().zip(twins).collect();
    let n_left_out = all.len().saturating_sub(RESULTS);
    if n_left_out > 0 {
        all.sort_by_key(|(it, _)| {
            (it.disposition != Disposition::Open, std::cmp::Reverse(it.severity))
        });
        all.truncate(RESULTS);
    }
    let results = all.iter().map(|(finding, twin)| {
        ctx.result(finding, twin, index.get(finding.rule.id).copied().unwrap_or_default())
    });
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [LogRun {
            tool: Tool {
                driver: Driver {
                    name: "Plimsoll",
                    version: &run.version,
                    rules: rules.iter().map(|it| ctx.rule(it)).collect(),
                },
            },
            invocations: [ctx.invocation(verdict, n_left_out)],
            automation_details: json!({ "id": "plimsoll/files/" }),
            original_uri_base_ids: json!({
                ROOT: { "description": { "text": "the root of the repository" } }
            }),
            column_kind: "unicodeCodePoints",
            results: results.collect(),
            properties: json!({ "plimsoll/v1": v1::Report::new(verdict, run).stats }),
        }],
    };
    documents::write_document(&log, out)
}

/// The rules in force and those of the findings, by id.
fn rules(verdict: &Verdict) -> Vec<&'static RuleInfo> {
    let all = verdict.rules.iter().copied().chain(verdict.findings.iter().map(|it| it.rule));
    all.map(|it| (it.id, it)).collect::<BTreeMap<_, _>>().into_values().collect()
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

    fn result(&self, finding: &Finding, twin: &v1::Finding, rule_index: usize) -> LogResult {
        let n_masked = finding.fixes.len() - whole_fixes(finding, twin).count();
        LogResult {
            rule_id: finding.rule.id.to_owned(),
            rule_index,
            kind: "fail",
            level: level(finding.severity),
            message: Text { text: message(&twin.message) },
            locations: finding.place.text().map(|it| self.location(it)).into_iter().collect(),
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
