//! JUnit XML: one suite for each file, one case for each finding. Open findings fail, accepted ones
//! are skipped with their reason, gaps are errors or skips, and a file without findings is a case
//! that passes.

use std::{
    collections::BTreeSet,
    fmt::{self, Write as _},
    io,
};

use plimsoll_finding::{CoverageState, Disposition, Finding};
use plimsoll_policy::Verdict;
use plimsoll_text::Location;

use crate::{
    escape, help,
    human::by_file,
    mask::Masks,
    place::place_words,
    run::Run,
    tally::{self, Tally},
};

/// Writes `verdict` as JUnit XML.
pub fn write(verdict: &Verdict, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let rest = coverage(verdict, &masks);
    let tally = Tally::of(verdict.findings.heads());
    let mut counts = rest.as_ref().map(Suite::counts).unwrap_or_default();
    counts.tests += verdict.findings.len();
    counts.failures += tally.open;
    counts.skipped += tally.disposed();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"plimsoll\" {counts} time=\"0\">")?;
    for chunk in verdict.findings.chunks() {
        let findings: Vec<Finding> = chunk.iter().collect();
        for (name, findings) in by_file(&findings) {
            let cases = findings.iter().map(|it| finding_case(it, &masks)).collect();
            write_suite(&Suite { name, cases }, run, out)?;
        }
    }
    if let Some(rest) = rest {
        write_suite(&rest, run, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn write_suite(suite: &Suite, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let (name, counts) = (escape::html(&suite.name), suite.counts());
    write!(out, "  <testsuite name=\"{name}\" {counts} time=\"0\"")?;
    // Readers of this format want a time without a zone.
    let started = run.started.get(..19).filter(|it| it.contains('T')).unwrap_or_default();
    if !started.is_empty() {
        write!(out, " timestamp=\"{}\"", escape::html(started))?;
    }
    writeln!(out, ">")?;
    for case in &suite.cases {
        write_case(&suite.name, case, out)?;
    }
    writeln!(out, "  </testsuite>")
}

/// How many cases there are, and how they ended.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tests, failures, errors, skipped } = self;
        write!(
            f,
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\""
        )
    }
}

struct Suite {
    name: String,
    cases: Vec<Case>,
}

impl Suite {
    fn counts(&self) -> Counts {
        let count = |wanted: fn(&CaseVerdict) -> bool| {
            self.cases.iter().filter(|it| wanted(&it.verdict)).count()
        };
        Counts {
            tests: self.cases.len(),
            failures: count(|it| matches!(it, CaseVerdict::Failure { .. })),
            errors: count(|it| matches!(it, CaseVerdict::Error { .. })),
            skipped: count(|it| matches!(it, CaseVerdict::Skipped { .. })),
        }
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

/// A case for each unit that no finding speaks of, and for each gap.
fn coverage(verdict: &Verdict, masks: &Masks) -> Option<Suite> {
    let groups = tally::by_file(verdict.findings.chunks());
    let with_findings: BTreeSet<&str> = groups.iter().map(|it| it.0.as_str()).collect();
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
    let is_told = !rest.is_empty() || groups.is_empty();
    is_told.then(|| Suite { name: String::from("coverage"), cases: rest })
}

fn finding_case(finding: &Finding, masks: &Masks) -> Case {
    let start = finding.place.text().map(Location::start);
    let place = match start {
        Some(start) => format!("{}:{}", start.line, start.column),
        None => masks.words(finding, &place_words(&finding.place)),
    };
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
        Disposition::NotAffected { reason, .. } => {
            CaseVerdict::Skipped { message: format!("not affected: {}", masks.text(reason)) }
        }
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
