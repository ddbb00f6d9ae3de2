//! JUnit XML: one suite for each file, one case for each finding. Open findings fail, accepted ones
//! are skipped with their reason, gaps are errors or skips, and a file without findings is a case
//! that passes.

use std::{collections::BTreeSet, fmt::Write as _, io};

use plimsoll_finding::{CoverageState, Disposition, Finding};
use plimsoll_policy::Verdict;
use plimsoll_text::Location;

use crate::{escape, help, human::by_file, mask::Masks, run::Run};

/// Writes `verdict` as JUnit XML.
pub fn write(verdict: &Verdict, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let suites = suites(verdict, &masks);
    let (n_tests, n_failures, n_errors, n_skipped) = suites.iter().fold((0, 0, 0, 0), |sum, it| {
        let (tests, failures, errors, skipped) = it.counts();
        (sum.0 + tests, sum.1 + failures, sum.2 + errors, sum.3 + skipped)
    });
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"plimsoll\" tests=\"{n_tests}\" failures=\"{n_failures}\" \
         errors=\"{n_errors}\" skipped=\"{n_skipped}\" time=\"0\">"
    )?;
    // Readers of this format want a time without a zone.
    let started = run.started.get(..19).filter(|it| it.contains('T')).unwrap_or_default();
    for suite in &suites {
        let (n_tests, n_failures, n_errors, n_skipped) = suite.counts();
        write!(
            out,
            "  <testsuite name=\"{}\" tests=\"{n_tests}\" failures=\"{n_failures}\" \
             errors=\"{n_errors}\" skipped=\"{n_skipped}\" time=\"0\"",
            escape::html(&suite.name),
        )?;
        if !started.is_empty() {
            write!(out, " timestamp=\"{}\"", escape::html(started))?;
        }
        writeln!(out, ">")?;
        for case in &suite.cases {
            write_case(&suite.name, case, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

struct Suite {
    name: String,
    cases: Vec<Case>,
}

impl Suite {
    /// Tests, failures, errors, skipped.
    fn counts(&self) -> (usize, usize, usize, usize) {
        let count = |wanted: fn(&CaseVerdict) -> bool| {
            self.cases.iter().filter(|it| wanted(&it.verdict)).count()
        };
        (
            self.cases.len(),
            count(|it| matches!(it, CaseVerdict::Failure { .. })),
            count(|it| matches!(it, CaseVerdict::Error { .. })),
            count(|it| matches!(it, CaseVerdict::Skipped { .. })),
        )
    }
}

struct Case {
    class: String,
    name: String,
    line: Option<usize>,
    verdict: CaseVerdict,
}

enum CaseVerdict {
    Passed,
    Failure { kind: &'static str, message: String, text: String },
    Error { message: String },
    Skipped { message: String },
}

fn suites(verdict: &Verdict, masks: &Masks) -> Vec<Suite> {
    let groups = by_file(&verdict.findings);
    let with_findings: BTreeSet<&str> = groups.iter().map(|it| it.0.as_str()).collect();
    let mut res: Vec<Suite> = groups
        .iter()
        .map(|(name, findings)| Suite {
            name: name.clone(),
            cases: findings.iter().map(|it| finding_case(it, masks)).collect(),
        })
        .collect();
    let mut rest = Vec::new();
    for unit in &verdict.coverage {
        let verdict = match unit.state {
            CoverageState::Ran if with_findings.contains(unit.unit.as_str()) => continue,
            CoverageState::Ran => CaseVerdict::Passed,
            CoverageState::Skipped => CaseVerdict::Skipped { message: masks.text(&unit.why) },
            CoverageState::Partial | CoverageState::Broke => {
                let message = format!("{}: {}", unit.state.name(), masks.text(&unit.why));
                CaseVerdict::Error { message }
            }
        };
        let class = String::from("plimsoll.coverage");
        rest.push(Case { class, name: unit.unit.clone(), line: None, verdict });
    }
    if !rest.is_empty() || res.is_empty() {
        res.push(Suite { name: String::from("coverage"), cases: rest });
    }
    res
}

fn finding_case(finding: &Finding, masks: &Masks) -> Case {
    let start = finding.place.text().map(Location::start);
    let place = start.map(|it| format!("{}:{}", it.line, it.column)).unwrap_or_default();
    let message = masks.words(finding, &finding.message);
    let verdict = match &finding.disposition {
        Disposition::Open => {
            let mut text = format!(
                "{} [{}] {}:{place}\n{message}\n",
                finding.severity.name(),
                finding.rule.id,
                finding.target().name,
            );
            if let Some(why) = help::why(finding.rule.doc) {
                let _ = writeln!(text, "why: {why}");
            }
            for fact in &finding.evidence {
                let _ = writeln!(text, "seen: {}", masks.words(finding, fact));
            }
            for fix in &finding.fixes {
                let title = masks.words(finding, &fix.title);
                let _ = writeln!(text, "fix: {title} ({})", fix.safety.name());
            }
            CaseVerdict::Failure { kind: finding.severity.name(), message: message.clone(), text }
        }
        Disposition::Baseline => CaseVerdict::Skipped { message: String::from("in the baseline") },
        Disposition::Waived { reason, .. } => {
            CaseVerdict::Skipped { message: format!("waived: {}", masks.text(reason)) }
        }
    };
    Case {
        class: format!("plimsoll.{}", finding.rule.id),
        name: format!("{place} {}: {message}", finding.rule.id),
        line: start.map(|it| it.line),
        verdict,
    }
}

fn write_case(file: &str, case: &Case, out: &mut dyn io::Write) -> io::Result<()> {
    write!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\"",
        attribute(&case.class),
        attribute(&case.name),
    )?;
    if let Some(line) = case.line {
        write!(out, " file=\"{}\" line=\"{line}\"", attribute(file))?;
    }
    write!(out, " time=\"0\"")?;
    match &case.verdict {
        CaseVerdict::Passed => return writeln!(out, "/>"),
        CaseVerdict::Failure { kind, message, text } => {
            writeln!(out, ">")?;
            let (message, text) = (attribute(message), escape::html(text));
            writeln!(out, "      <failure type=\"{kind}\" message=\"{message}\">{text}</failure>")?;
        }
        CaseVerdict::Error { message } => {
            writeln!(out, ">\n      <error type=\"gap\" message=\"{}\"/>", attribute(message))?;
        }
        CaseVerdict::Skipped { message } => {
            writeln!(out, ">\n      <skipped message=\"{}\"/>", attribute(message))?;
        }
    }
    writeln!(out, "    </testcase>")
}

/// One line, so that no reader has to fold white space.
fn attribute(text: &str) -> String {
    escape::html(&escape::line(text))
}
