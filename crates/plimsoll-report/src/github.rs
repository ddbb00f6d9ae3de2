//! GitHub workflow commands: each open finding is an annotation of its line. Accepted findings are
//! `debug` commands, which the log shows on request, and are counted in a last notice.

use std::io;

use plimsoll_finding::{CoverageState, Disposition, Finding, Severity};
use plimsoll_policy::Verdict;

use crate::{
    escape::{command, property},
    mask::Masks,
    run::Run,
    tally::{Tally, gaps},
};

/// Writes `verdict` as workflow commands.
pub fn write(verdict: &Verdict, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::of(verdict);
    for finding in verdict.findings.iter() {
        match &finding.disposition {
            Disposition::Open => annotation(&finding, run, &masks, out)?,
            Disposition::Baseline => disposed(&finding, "in the baseline", run, &masks, out)?,
            Disposition::NotAffected { reason, .. } => {
                let words = format!("not affected: {}", masks.text(reason));
                disposed(&finding, &words, run, &masks, out)?;
            }
            Disposition::Waived { reason, .. } => {
                disposed(&finding, &format!("waived: {}", masks.text(reason)), run, &masks, out)?;
            }
        }
    }
    for gap in gaps(verdict) {
        let kind = match gap.state {
            CoverageState::Broke => "error",
            CoverageState::Partial => "warning",
            CoverageState::Skipped | CoverageState::Ran => "debug",
        };
        let text = masks.text(&format!("{} ({}): {}", gap.unit, gap.state.name(), gap.why));
        let title = if kind == "debug" { "" } else { " title=plimsoll%3A not fully looked at" };
        writeln!(out, "::{kind}{title}::{}", command(&text))?;
    }
    let tally = Tally::of(verdict.findings.heads());
    if tally.disposed() > 0 {
        writeln!(out, "::notice title=plimsoll::not counted%3A {}", tally.disposed_words())?;
    }
    Ok(())
}

fn annotation(
    finding: &Finding,
    run: &Run,
    masks: &Masks,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let kind = match finding.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    };
    write!(out, "::{kind} file={}", property(&run.repository_path(&finding.target().name)))?;
    if let Some(location) = finding.place.text() {
        let (start, end) = (location.start(), location.end());
        write!(out, ",line={}", start.line)?;
        // Columns are allowed on one line only, and the end is the last column, not the one after
        // it.
        if start.line == end.line {
            let last = end.column.saturating_sub(1).max(start.column);
            write!(out, ",endLine={},col={},endColumn={last}", end.line, start.column)?;
        } else {
            write!(out, ",endLine={}", end.line)?;
        }
    }
    let title = format!("{}: {}", finding.severity.name(), finding.rule.id);
    let mut text = masks.words(finding, &finding.message);
    if let Some(fix) = finding.fixes.first() {
        let hint = crate::human::safety_hint(fix.safety);
        text = format!("{text}\nfix: {} ({hint})", masks.words(finding, &fix.title));
    }
    writeln!(out, ",title={}::{}", property(&title), command(&text))
}

fn disposed(
    finding: &Finding,
    why: &str,
    run: &Run,
    masks: &Masks,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let line = finding.place.text().map_or(1, |it| it.start().line);
    let text = format!(
        "{} {}:{line}: {} ({why})",
        finding.rule.id,
        run.repository_path(&finding.target().name),
        masks.words(finding, &finding.message),
    );
    writeln!(out, "::debug::{}", command(&text))
}
