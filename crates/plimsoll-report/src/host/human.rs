//! A host for a reader at a terminal: what it comes to first, then what to do, then what is not
//! known. What is in order is listed for who asks.

use std::{collections::BTreeMap, io};

use plimsoll_finding::{
    Control, Disposition, Finding, Outcome, OutcomeStatus, Place, Severity, TargetKind,
};
use plimsoll_policy::Verdict;

use crate::{
    escape,
    host::HostReport,
    human::Page,
    mask::Masks,
    place::place_words,
    run::Run,
    tally::{Tally, count},
    terminal::{Options, Style, width, wrap},
};

/// Writes `host` for a reader at a terminal.
pub fn write(
    host: &HostReport,
    verdict: &Verdict,
    run: &Run,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let findings: Vec<Finding> =
        verdict.findings.iter().filter(|it| it.disposition == Disposition::Open).collect();
    let mut sheet = Sheet { host, options, masks: &masks, out };
    sheet.head()?;
    sheet.targets()?;
    sheet.findings(&findings)?;
    sheet.further_failures(&findings)?;
    sheet.unknown()?;
    sheet.manual()?;
    if options.verbose {
        sheet.passes()?;
    }
    let mut page = Page::new(run, options, &masks, sheet.out);
    page.disposed(verdict)?;
    page.gaps(verdict)?;
    let tally = Tally::of(verdict.findings.heads());
    let words = match (tally.open, tally.disposed_words()) {
        (0, disposed) if disposed.is_empty() => "no findings".to_owned(),
        (0, disposed) => format!("no open findings; {disposed}"),
        (_, disposed) if disposed.is_empty() => tally.words(),
        (_, disposed) => format!("{}; {disposed}", tally.words()),
    };
    for line in wrap(&words, options.columns(), 0) {
        writeln!(out, "{}", options.paint(Style::Bold, &line))?;
    }
    Ok(())
}

/// What is being written.
struct Sheet<'a> {
    host: &'a HostReport,
    options: &'a Options,
    masks: &'a Masks,
    out: &'a mut dyn io::Write,
}

impl Sheet<'_> {
    fn head(&mut self) -> io::Result<()> {
        let seen = match self.host.reach {
            "host" => "engine, files and processes",
            "engine" => "the engine alone, through its API",
            _ => "settings alone, no engine",
        };
        let name = escape::line(&self.masks.text(&self.host.name));
        self.paragraph(Style::Bold, &format!("{name}: {seen}"), 0)?;
        let n_pass = self.host.count(OutcomeStatus::Pass);
        let n_fail = self.host.count(OutcomeStatus::Fail);
        let decided = n_pass + n_fail;
        let share = (n_pass * 100).checked_div(decided);
        let score = share.map(|it| format!("{it} % of what could be decided is in order; "));
        let counts: Vec<String> = OutcomeStatus::ALL
            .into_iter()
            .filter_map(|it| {
                let number = self.host.count(it);
                (number > 0).then(|| format!("{number} {}", words(it)))
            })
            .collect();
        let line = format!("{}{}", score.unwrap_or_default(), counts.join(", "));
        self.paragraph(Style::Faint, &line, 0)?;
        writeln!(self.out)
    }

    /// One line for the daemon and the like, one for each of the containers that fail most.
    fn targets(&mut self) -> io::Result<()> {
        let mut all: BTreeMap<(TargetKind, &str), [usize; 3]> = BTreeMap::new();
        for outcome in &self.host.outcomes {
            let target = (outcome.target.kind, outcome.target.name.as_str());
            let [n_fail, n_unknown, n_pass] = all.entry(target).or_default();
            match outcome.status {
                OutcomeStatus::Fail => *n_fail += 1,
                OutcomeStatus::Unknown | OutcomeStatus::Manual => *n_unknown += 1,
                OutcomeStatus::Pass => *n_pass += 1,
                OutcomeStatus::NotApplicable => {}
            }
        }
        let mut rows: Vec<_> = all.into_iter().collect();
        // The host and its daemon come before what runs on it.
        let order = |kind: TargetKind| match kind {
            TargetKind::Host => 0,
            TargetKind::Daemon => 1,
            TargetKind::Swarm | TargetKind::Network => 2,
            _ => 3,
        };
        rows.sort_by_key(|it| (order(it.0.0), std::cmp::Reverse(it.1[0]), it.0.1));
        let n_shown = if self.options.verbose { rows.len() } else { ROWS };
        for ((kind, name), [n_fail, n_unknown, n_pass]) in rows.iter().take(n_shown) {
            let name = escape::line(&self.masks.text(name));
            let line = format!(
                "{} {name}: {n_fail} failed, {n_unknown} open, {n_pass} in order",
                kind.name()
            );
            self.paragraph(Style::Plain, &line, 2)?;
        }
        if rows.len() > n_shown {
            let more = count(rows.len() - n_shown, "more target");
            self.paragraph(Style::Faint, &format!("and {more}; `--verbose` lists all"), 2)?;
        }
        writeln!(self.out)
    }

    /// The findings, those with the same cure together, the worst first.
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        let mut groups: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in findings {
            groups.entry(finding.rule.id).or_default().push(finding);
        }
        let worst = |all: &[&Finding]| all.iter().map(|it| it.severity).max();
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|it| std::cmp::Reverse((worst(&it.1), it.1.len())));
        for (rule, all) in groups {
            let words = |it: &&Finding| self.masks.words(it, &it.message);
            let first = all.first().map(words).unwrap_or_default();
            let is_one = all.iter().all(|it| words(it) == first);
            let title = all.first().map(|it| it.rule.title()).unwrap_or_default();
            let message = if is_one { first } else { title.to_owned() };
            let severity = worst(&all).unwrap_or(Severity::Info);
            let head = format!("{}[{}]", severity.name(), escape::line(rule));
            let taken = width(&head) + 2;
            let message = escape::line(&message);
            let lines = wrap(&message, self.options.columns(), taken);
            let head = self.options.paint(Style::Severity(severity), &head);
            for (number, line) in lines.iter().enumerate() {
                let line = self.options.paint(Style::Bold, line);
                match number {
                    0 => writeln!(self.out, "{}", format!("{head}: {line}").trim_end())?,
                    _ => writeln!(self.out, "{line}")?,
                }
            }
            let place = |it: &&Finding| {
                if is_one { self.place(it) } else { format!("{}: {}", self.place(it), words(it)) }
            };
            let places: Vec<String> = all.iter().map(place).collect();
            self.list(&places)?;
            writeln!(self.out)?;
        }
        Ok(())
    }

    /// The thing, its setting, and the line of the file that made it so.
    fn place(&self, finding: &Finding) -> String {
        let Place::Host(place) = &finding.place else { return place_words(&finding.place) };
        let mut res = self.masks.text(&place.target.name);
        if !place.setting.is_empty() {
            res = format!("{res} {}", self.masks.words(finding, &place.setting));
        }
        if let Some(location) = &place.location {
            let start = location.start();
            res = format!("{res} ({}:{}:{})", location.source.name(), start.line, start.column);
        }
        res
    }

    /// Controls that fail by rules that this audience does not hear, in one line each.
    fn further_failures(&mut self, findings: &[Finding]) -> io::Result<()> {
        let is_told = |it: &Outcome| {
            findings.iter().any(|finding| {
                finding.rule.controls.contains(&it.control.key) && finding.target() == it.target
            })
        };
        let failed = self.host.outcomes.iter().filter(|it| it.status == OutcomeStatus::Fail);
        let groups = by_control(failed.filter(|it| !is_told(it)));
        if groups.is_empty() {
            return Ok(());
        }
        let title = "not in order either (`--audience hygiene` tells where)";
        self.paragraph(Style::Bold, title, 0)?;
        for (control, all) in groups {
            let names: Vec<&str> = all.iter().map(|it| it.target.name.as_str()).collect();
            let line = format!("{}{}: {}", control.title, number(control), few(&names));
            self.paragraph(Style::Plain, &escape::line(&self.masks.text(&line)), 2)?;
        }
        writeln!(self.out)
    }

    /// What is not known, by what would make it known.
    fn unknown(&mut self) -> io::Result<()> {
        let unknown = self.host.outcomes.iter().filter(|it| it.status == OutcomeStatus::Unknown);
        let mut groups: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
        for outcome in unknown {
            groups.entry(&outcome.why).or_default().push(outcome);
        }
        if groups.is_empty() {
            return Ok(());
        }
        self.paragraph(Style::Bold, "not known", 0)?;
        for (why, all) in groups {
            let controls = by_control(all.iter().copied());
            let keys: Vec<&str> = controls.iter().map(|it| it.0.key).collect();
            let line = format!("{}: {why}", count(all.len(), "check"));
            self.paragraph(Style::Plain, &escape::line(&self.masks.text(&line)), 2)?;
            self.paragraph(Style::Faint, &few(&keys), 4)?;
        }
        writeln!(self.out)
    }

    /// What only a person can tell.
    fn manual(&mut self) -> io::Result<()> {
        let manual = self.host.outcomes.iter().filter(|it| it.status == OutcomeStatus::Manual);
        let groups = by_control(manual);
        if groups.is_empty() {
            return Ok(());
        }
        self.paragraph(Style::Bold, "for a person to decide", 0)?;
        for (control, all) in groups {
            let names: Vec<&str> = all.iter().map(|it| it.target.name.as_str()).collect();
            let why = all.first().map(|it| it.why.as_str()).unwrap_or_default();
            let line = format!("{}{}: {why} ({})", control.title, number(control), few(&names));
            self.paragraph(Style::Plain, &escape::line(&self.masks.text(&line)), 2)?;
        }
        writeln!(self.out)
    }

    fn passes(&mut self) -> io::Result<()> {
        let shown = [OutcomeStatus::Pass, OutcomeStatus::NotApplicable];
        for status in shown {
            let groups = by_control(self.host.outcomes.iter().filter(|it| it.status == status));
            if groups.is_empty() {
                continue;
            }
            self.paragraph(Style::Bold, words(status), 0)?;
            for (control, all) in groups {
                self.paragraph(Style::Plain, &format!("{}{}", control.title, number(control)), 2)?;
                for outcome in all {
                    let facts = match outcome.evidence.as_slice() {
                        [] => outcome.why.clone(),
                        facts => format!("{}; {}", outcome.why, facts.join("; ")),
                    };
                    let line = format!("{}: {facts}", outcome.target.name);
                    self.paragraph(Style::Faint, &escape::line(&self.masks.text(&line)), 4)?;
                }
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    /// Places, one a line, cut short for who has not asked for all.
    fn list(&mut self, places: &[String]) -> io::Result<()> {
        let n_shown = if self.options.verbose { places.len() } else { PLACES };
        for place in places.iter().take(n_shown) {
            self.paragraph(Style::Plain, &escape::line(place), 2)?;
        }
        if places.len() > n_shown {
            let more = format!("and {} more; `--verbose` lists all", places.len() - n_shown);
            self.paragraph(Style::Faint, &more, 2)?;
        }
        Ok(())
    }

    /// Harmless words, broken over lines that are all moved in by `indent`.
    fn paragraph(&mut self, style: Style, text: &str, indent: usize) -> io::Result<()> {
        let room = self.options.columns().saturating_sub(indent);
        for (at, line) in wrap(text, room.saturating_sub(2), 0).iter().enumerate() {
            let hanging = if at > 0 { 2 } else { 0 };
            let line = self.options.paint(style, line);
            writeln!(self.out, "{:1$}{line}", "", indent + hanging)?;
        }
        Ok(())
    }
}

/// Outcomes by their control, in the order in which they come.
fn by_control<'a>(
    outcomes: impl IntoIterator<Item = &'a Outcome>,
) -> Vec<(&'static Control, Vec<&'a Outcome>)> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut res: Vec<(&'static Control, Vec<&Outcome>)> = Vec::new();
    for outcome in outcomes {
        let at = *places.entry(outcome.control.key).or_insert(res.len());
        if at == res.len() {
            res.push((outcome.control, Vec::new()));
        }
        if let Some(group) = res.get_mut(at) {
            group.1.push(outcome);
        }
    }
    res
}

/// Its number in the newest benchmark, if it has one.
fn number(control: &Control) -> String {
    let found = control.ids.iter().find(|it| it.0 == "cis-docker-1.8.0");
    found.map(|it| format!(" (CIS {})", it.1)).unwrap_or_default()
}

fn words(status: OutcomeStatus) -> &'static str {
    match status {
        OutcomeStatus::Pass => "in order",
        OutcomeStatus::Fail => "failed",
        OutcomeStatus::NotApplicable => "not applicable",
        OutcomeStatus::Unknown => "not known",
        OutcomeStatus::Manual => "for a person",
    }
}

/// The first of some names, and how many more there are.
fn few(names: &[&str]) -> String {
    let shown = names.iter().take(NAMES).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Targets that have a line of their own.
const ROWS: usize = 8;
/// Places of one kind of finding that are listed.
const PLACES: usize = 5;
/// Names in one line.
const NAMES: usize = 6;
