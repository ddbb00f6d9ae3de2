//! GitLab code quality: a JSON array of issues. The format knows no accepted findings: they come as
//! `info` with their reason in front, so that nothing is hidden and nothing accepted counts.

use std::io;

use plimsoll_finding::{Audience, Disposition, Finding, Severity};
use plimsoll_policy::Verdict;
use plimsoll_text::Location;
use serde::{Serialize, Serializer};

use crate::{
    help, json,
    mask::Masks,
    run::Run,
    wire::v1::{self, Twins},
};

/// Writes `verdict` as a GitLab code quality report.
pub fn write(verdict: &Verdict, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let twins = Twins::new(verdict, &masks);
    json::write_document(&Issues { verdict, twins: &twins, run, masks: &masks }, out)
}

/// The issues, made one after the other: a large run has many.
struct Issues<'a> {
    verdict: &'a Verdict,
    twins: &'a Twins<'a>,
    run: &'a Run,
    masks: &'a Masks,
}

impl Serialize for Issues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = self.verdict.findings.chunks().iter().flat_map(|it| self.twins.pairs(it));
        let issues = pairs.map(|(finding, twin)| issue(&finding, &twin, self.run, self.masks));
        serializer.collect_seq(issues)
    }
}

fn issue(finding: &Finding, twin: &v1::Finding, run: &Run, masks: &Masks) -> Issue {
    let message = &twin.message;
    let (description, severity) = match &finding.disposition {
        Disposition::Open => (message.clone(), severity(finding.severity)),
        Disposition::Baseline => (format!("[in the baseline] {message}"), "info"),
        Disposition::NotAffected { reason, .. } => {
            (format!("[not affected: {}] {message}", masks.text(reason)), "info")
        }
        Disposition::Waived { reason, .. } => {
            (format!("[waived: {}] {message}", masks.text(reason)), "info")
        }
    };
    let place = finding.place.text();
    let begin = place.map_or(1, |it| it.start().line);
    let end = place.map(Location::end).map_or(1, |it| it.line).max(begin);
    Issue {
        kind: "issue",
        description,
        check_name: finding.rule.id.to_owned(),
        fingerprint: twin.fingerprint.clone(),
        severity,
        categories: [match finding.rule.audience {
            Audience::Default => "Security",
            Audience::Hygiene => "Bug Risk",
            Audience::Style => "Style",
        }],
        content: help::why(finding.rule.doc).map(|body| Content { body }),
        location: IssueLocation {
            path: run.repository_path(&finding.target().name),
            lines: Lines { begin, end },
        },
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}

#[derive(Serialize)]
struct Issue {
    #[serde(rename = "type")]
    kind: &'static str,
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    categories: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Content>,
    location: IssueLocation,
}

#[derive(Serialize)]
struct Content {
    body: String,
}

#[derive(Serialize)]
struct IssueLocation {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}
