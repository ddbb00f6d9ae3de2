//! An assessment for a reader at a terminal: the counts, what is not satisfied, what is left open.

use std::io;

use plimsoll_finding::{OutcomeStatus, Severity};

use crate::{
    comply::{AssessedCheck, AssessedControl, Assessment, ControlStatus},
    escape,
    terminal::{Options, Style, wrap},
};

/// Writes `assessment`; what is satisfied is listed with [`Options::verbose`].
pub fn write(
    assessment: &Assessment,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut sheet = Sheet { options, out };
    sheet.line(Style::Bold, assessment.framework.name, 0)?;
    for subject in &assessment.subjects {
        sheet.line(Style::Faint, subject, 2)?;
    }
    let counts: Vec<String> = ControlStatus::ALL
        .iter()
        .map(|it| format!("{} {}", assessment.count(*it), it.words()))
        .collect();
    sheet.line(Style::Bold, &counts.join(", "), 0)?;
    sheet.changes(assessment)?;
    for status in ControlStatus::ALL {
        let all: Vec<&AssessedControl> =
            assessment.controls.iter().filter(|it| it.status == status).collect();
        let is_shown = match status {
            ControlStatus::NotSatisfied | ControlStatus::NotAssessed => true,
            ControlStatus::Satisfied | ControlStatus::NotApplicable => options.verbose,
        };
        if all.is_empty() || !is_shown {
            continue;
        }
        writeln!(sheet.out)?;
        sheet.line(Style::Bold, status.words(), 0)?;
        for control in all {
            sheet.control(control)?;
        }
    }
    if !assessment.gaps.is_empty() {
        writeln!(sheet.out)?;
        sheet.line(Style::Bold, "could not be looked at", 0)?;
        for gap in &assessment.gaps {
            sheet.line(Style::Plain, gap, 2)?;
        }
    }
    writeln!(sheet.out)?;
    sheet.line(Style::Faint, super::CAVEAT, 0)
}

struct Sheet<'a> {
    options: &'a Options,
    out: &'a mut dyn io::Write,
}

impl Sheet<'_> {
    fn control(&mut self, control: &AssessedControl) -> io::Result<()> {
        let style = match control.status {
            ControlStatus::Satisfied => Style::Good,
            ControlStatus::NotSatisfied => Style::Severity(Severity::High),
            ControlStatus::NotApplicable | ControlStatus::NotAssessed => Style::Plain,
        };
        self.line(style, &format!("{} {}", control.id, control.title), 2)?;
        self.line(Style::Faint, &control.why, 4)?;
        let failed = control.checks.iter().filter(|it| it.status == ControlStatus::NotSatisfied);
        for check in failed {
            self.failures(check)?;
        }
        Ok(())
    }

    fn failures(&mut self, check: &AssessedCheck) -> io::Result<()> {
        let failed = check.evidence.iter().filter(|it| it.status == OutcomeStatus::Fail);
        let facts: Vec<String> = failed.flat_map(super::CheckEvidence::lines).collect();
        let n_shown = if self.options.verbose { facts.len() } else { FACTS };
        for fact in facts.iter().take(n_shown) {
            self.line(Style::Plain, fact, 6)?;
        }
        if facts.len() > n_shown {
            let more = format!("and {} more; `--verbose` lists all", facts.len() - n_shown);
            self.line(Style::Faint, &more, 6)?;
        }
        Ok(())
    }

    /// What is other than it was the last time.
    fn changes(&mut self, assessment: &Assessment) -> io::Result<()> {
        for earlier in &assessment.earlier {
            let n_of = |status: ControlStatus| {
                earlier.statuses.values().filter(|it| *it == status.name()).count()
            };
            let counts: Vec<String> = ControlStatus::ALL
                .iter()
                .map(|it| format!("{} {}", n_of(*it), it.words()))
                .collect();
            let line = format!("{}: {}", when(&earlier.started), counts.join(", "));
            self.line(Style::Faint, &line, 2)?;
        }
        for (control, before) in super::changed(assessment) {
            let before = before.replace('-', " ");
            let line = format!("{} is {}, was {before}", control.id, control.status.words());
            self.line(Style::Plain, &line, 2)?;
        }
        Ok(())
    }

    fn line(&mut self, style: Style, text: &str, indent: usize) -> io::Result<()> {
        let room = self.options.columns().saturating_sub(indent);
        for (number, line) in
            wrap(&escape::line(text), room.saturating_sub(2), 0).iter().enumerate()
        {
            let hanging = if number > 0 { 2 } else { 0 };
            let line = self.options.paint(style, line);
            writeln!(self.out, "{:1$}{line}", "", indent + hanging)?;
        }
        Ok(())
    }
}

/// The day of a moment.
pub(super) fn when(started: &str) -> &str {
    started.split('T').next().filter(|it| !it.is_empty()).unwrap_or("an earlier time")
}

/// So many facts are shown for one check.
const FACTS: usize = 5;
