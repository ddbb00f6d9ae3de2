//! An image at the terminal: first what it is and how it stands, then what to do, then what is
//! wrong in detail.

use std::io;

use plimsoll_finding::{Disposition, Finding, SubjectKind};
use plimsoll_policy::{Outcome, Verdict};

use crate::{
    escape,
    human::Page,
    image::{
        Image, table,
        view::{Counts, Urgency, View, bytes, total},
    },
    mask::Masks,
    run::Run,
    tally::{Tally, count, failing},
    terminal::{Options, Style, head, width, wrap},
};

/// Writes `image` and what `verdict` says of it for a reader at a terminal.
pub fn write(
    image: &Image,
    verdict: &Verdict,
    run: &Run,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let view = View::new(image, verdict, &masks);
    let counts = view.counts();
    quickview(&view, &counts, options, out)?;
    advice(&view, options, out)?;
    table::write(&view, options, out)?;
    if options.verbose {
        layers(&view, options, out)?;
    }
    let open = view.others().filter(|it| it.disposition == Disposition::Open);
    let is_secret = |it: &Finding| it.rule.subject == SubjectKind::Secret;
    let (secrets, others): (Vec<Finding>, Vec<Finding>) = open.partition(is_secret);
    let mut page = Page::new(run, options, &masks, out);
    page.section("secrets", &secrets)?;
    page.section("configuration", &others)?;
    page.disposed(verdict)?;
    page.gaps(verdict)?;
    close(&view, &counts, options, out)
}

/// What it is and how it stands, on a few lines.
fn quickview(
    view: &View<'_>,
    counts: &Counts,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let image = view.image;
    let name = escape::line(&view.masks.text(&image.name));
    for line in wrap(&name, options.columns(), 0) {
        writeln!(out, "{}", options.paint(Style::Bold, &line))?;
    }
    let mut facts = Facts { options, out };
    for (label, text) in identity(view, options.verbose) {
        facts.line(label, &text, None)?;
    }
    if let Some(base) = &image.base {
        let mut text = format!("{}: {}", base.name, view.base_words(base));
        if counts.vulnerabilities.open > 0 {
            let n_all = counts.vulnerabilities.open;
            text = format!("{text}, {} of {n_all} vulnerabilities", counts.in_base);
        }
        if options.verbose {
            text = format!("{text} (known by {})", base.evidence);
        }
        facts.line("base image", &view.masks.text(&text), None)?;
    }
    facts.line("content", &content(view), None)?;
    if options.verbose {
        for (label, value) in &image.settings {
            facts.line(label, &view.masks.text(value), None)?;
        }
    }
    writeln!(facts.out)?;
    let nothing = view.nothing_of(SubjectKind::Package);
    facts.tally("vulnerabilities", &counts.vulnerabilities, nothing)?;
    let threats = threats(counts);
    if !threats.is_empty() {
        let is_urgent = counts.known_exploited > 0 || counts.by_urgency.contains_key(&Urgency::Now);
        let style = is_urgent.then_some(Style::Severity(plimsoll_finding::Severity::High));
        facts.line("urgency", &threats, style)?;
    }
    facts.tally("secrets", &counts.secrets, view.nothing_of(SubjectKind::Secret))?;
    facts.tally("configuration", &counts.configuration, view.nothing_of(SubjectKind::Image))?;
    writeln!(out)
}

/// Names, origin and support.
pub(crate) fn identity(view: &View<'_>, is_verbose: bool) -> Vec<(&'static str, String)> {
    let image = view.image;
    let mut res = vec![("source", image.source.to_owned())];
    let built = if image.created.is_empty() { "" } else { ", built " };
    let day = image.created.split('T').next().unwrap_or_default();
    let created = if is_verbose { image.created.as_str() } else { day };
    res.push(("platform", format!("{}{built}{created}", image.platform)));
    // The first letters of a digest tell images apart; who copies it wants all of them.
    let digest: String = image.digest.chars().take(if is_verbose { 256 } else { 19 }).collect();
    res.push(("digest", digest));
    let distribution = view.distribution();
    let support = image.support.as_ref().map(|it| format!(": {}", it.words));
    let distribution = match (distribution.is_empty(), support) {
        (true, _) if image.packages.is_empty() && image.layers.is_empty() => String::new(),
        (true, _) => String::from("not known"),
        (false, support) => format!("{distribution}{}", support.unwrap_or_default()),
    };
    res.push(("distribution", distribution));
    res.retain(|it| !it.1.is_empty());
    res
}

pub(crate) fn content(view: &View<'_>) -> String {
    let image = view.image;
    let mut words = Vec::new();
    if !image.layers.is_empty() {
        let n_wasted = total(&image.layers, |it| it.wasted);
        let wasted = format!(" ({} of it replaced or deleted)", bytes(n_wasted));
        let wasted = if n_wasted > 0 { wasted } else { String::new() };
        let size = bytes(total(&image.layers, |it| it.size));
        words.push(format!("{}, {size}{wasted}", count(image.layers.len(), "layer")));
    }
    let n_stated = image.packages.iter().filter(|it| !it.package.installed).count();
    let n_installed = image.packages.len() - n_stated;
    let stated = format!(" and {n_stated} only stated by lock files");
    let stated = if n_stated > 0 { stated } else { String::new() };
    words.push(format!("{} installed{stated}", count(n_installed, "package")));
    words.join(", ")
}

/// How many there are by urgency, how many are exploited and how many can be mended, in words.
pub(crate) fn threats(counts: &Counts) -> String {
    let mut words: Vec<String> =
        counts.by_urgency.iter().map(|it| format!("{} {}", it.1, it.0.name())).collect();
    if counts.known_exploited > 0 {
        words.push(format!("{} known exploited", counts.known_exploited));
    }
    if counts.vulnerabilities.open > 0 {
        words.push(format!("{} fixable", counts.fixable));
    }
    words.join(", ")
}

/// Lines of a label and a text.
struct Facts<'a> {
    options: &'a Options,
    out: &'a mut dyn io::Write,
}

impl Facts<'_> {
    fn line(&mut self, label: &str, text: &str, style: Option<Style>) -> io::Result<()> {
        let text = escape::line(text);
        // A narrow terminal has no room for a column of labels.
        let column = if self.options.columns() < NARROW { 2 } else { LABELS };
        let room = self.options.columns().saturating_sub(column + 2);
        let label = head(&escape::line(label), LABELS);
        let shown = self.options.paint(Style::Faint, &label);
        let mut before = if column == LABELS {
            format!("{shown}{}", " ".repeat(LABELS.saturating_sub(width(&label))))
        } else {
            writeln!(self.out, "  {shown}")?;
            " ".repeat(column)
        };
        for line in wrap(&text, room, 0) {
            let line = style.map_or(line.clone(), |it| self.options.paint(it, &line));
            writeln!(self.out, "  {before}{line}")?;
            before = " ".repeat(column);
        }
        Ok(())
    }

    /// How many there are of each severity, each in its colour; `nothing` where there are none.
    fn tally(&mut self, label: &str, tally: &Tally, nothing: &str) -> io::Result<()> {
        let disposed = tally.disposed_words();
        if tally.open == 0 {
            let not = if disposed.is_empty() { String::new() } else { format!(" ({disposed})") };
            return self.line(label, &format!("{nothing}{not}"), None);
        }
        let plain = format!("{}: {}", tally.open, tally.words());
        let room = self.options.columns().saturating_sub(LABELS + 2);
        let not = if disposed.is_empty() { String::new() } else { format!("; {disposed}") };
        if width(&plain) + width(&not) > room || self.options.columns() < NARROW {
            return self.line(label, &format!("{plain}{not}"), None);
        }
        let there = tally.severities().filter(|it| it.1 > 0);
        let painted: Vec<String> = there
            .map(|it| {
                self.options.paint(Style::Severity(it.0), &format!("{} {}", it.1, it.0.name()))
            })
            .collect();
        let shown = self.options.paint(Style::Faint, label);
        let gap = " ".repeat(LABELS.saturating_sub(width(label)));
        let open = self.options.paint(Style::Bold, &tally.open.to_string());
        writeln!(self.out, "  {shown}{gap}{open}: {}{not}", painted.join(", "))
    }
}

/// What to do, best first.
fn advice(view: &View<'_>, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let all: Vec<(String, usize)> = advice_lines(view);
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", options.paint(Style::Bold, "what to do"))?;
    let n_shown = if options.verbose { all.len() } else { ADVICE };
    for (number, (text, n_columns)) in all.iter().take(n_shown).enumerate() {
        let sign = format!("{:>3}. ", number + 1);
        for (nth, line) in wrap(text, options.columns() - 5, 0).iter().enumerate() {
            let before = if nth == 0 { sign.as_str() } else { "     " };
            // The number at the end is what matters, and is bold where it stands on one line.
            let at = line.len().checked_sub(*n_columns).filter(|_| nth == 0 && line == text);
            let (title, gone) = at.and_then(|it| line.split_at_checked(it)).unwrap_or((line, ""));
            writeln!(out, "{before}{title}{}", options.paint(Style::Good, gone))?;
        }
    }
    if all.len() > n_shown {
        let words = format!("     and {} more", all.len() - n_shown);
        writeln!(out, "{}", options.paint(Style::Faint, &words))?;
    }
    writeln!(out)
}

/// Each change with what is gone then, and how many bytes at its end say so. What mends nothing
/// that counts is no advice.
pub(crate) fn advice_lines(view: &View<'_>) -> Vec<(String, usize)> {
    let mut res = Vec::new();
    for advice in &view.image.advice {
        let mended = view.mended(&advice.mends);
        if mended.is_empty() {
            continue;
        }
        let mut tally = Tally::default();
        for vulnerability in &mended {
            tally.add_open(view.severity(vulnerability));
        }
        let n_exploited = mended.iter().filter(|it| it.known_exploited.is_some()).count();
        let mut gone = format!("{} gone ({})", mended.len(), tally.words());
        if n_exploited > 0 {
            gone = format!("{gone}, {n_exploited} known exploited");
        }
        let title = escape::line(&view.masks.text(&advice.title));
        res.push((format!("{title}: {gone}"), gone.len()));
    }
    res
}

/// The layers, with what they waste.
fn layers(view: &View<'_>, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    if view.image.layers.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", options.paint(Style::Bold, "layers, lowest first"))?;
    for (number, (layer, counts)) in view.image.layers.iter().zip(view.by_layer()).enumerate() {
        let mut facts = vec![bytes(layer.size), count(layer.n_files, "file")];
        if layer.wasted > 0 {
            facts.push(format!("{} replaced or deleted above", bytes(layer.wasted)));
        }
        for (n_things, noun) in [(counts.packages, "package"), (counts.findings, "finding")] {
            if n_things > 0 {
                facts.push(count(n_things, noun));
            }
        }
        match counts.vulnerabilities {
            0 => {}
            1 => facts.push(String::from("1 vulnerability")),
            n_all => facts.push(format!("{n_all} vulnerabilities")),
        }
        if layer.in_base {
            facts.push(String::from("from the base image"));
        }
        let sign = format!("{number:>3}  ");
        let lines = wrap(&facts.join(", "), options.columns() - 5, 0);
        for (nth, line) in lines.iter().enumerate() {
            writeln!(out, "{}{line}", if nth == 0 { sign.as_str() } else { "     " })?;
        }
        let instruction = escape::line(&view.masks.text(&layer.instruction));
        let instruction = head(&instruction, options.columns() * 2);
        for line in wrap(&instruction, options.columns() - 5, 0).iter().filter(|it| !it.is_empty())
        {
            writeln!(out, "     {}", options.paint(Style::Faint, line))?;
        }
    }
    writeln!(out)
}

impl Page<'_> {
    fn section(&mut self, title: &str, findings: &[Finding]) -> io::Result<()> {
        if findings.is_empty() {
            return Ok(());
        }
        self.title(title)?;
        let mut sorted: Vec<&Finding> = findings.iter().collect();
        sorted.sort_by_key(|it| std::cmp::Reverse(it.severity));
        sorted.into_iter().try_for_each(|it| self.finding(it))
    }
}

/// How old the facts are, and what it comes to.
fn close(
    view: &View<'_>,
    counts: &Counts,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let verdict = view.verdict;
    let mut say = |text: &str, style: Style| {
        let lines = wrap(&escape::line(text), options.columns(), 0);
        lines.iter().try_for_each(|it| writeln!(out, "{}", options.paint(style, it)))
    };
    let is_old = view.image.advisories.as_ref().is_none_or(|it| it.too_old);
    let style = if is_old { Style::Bold } else { Style::Faint };
    say(&view.advisories_words(), style)?;
    let tally = Tally::of(verdict.findings.heads());
    let disposed = tally.disposed_words();
    if !disposed.is_empty() {
        say(&format!("not counted: {disposed}"), Style::Faint)?;
    }
    let summary = summary(counts);
    let is_known = view.image.advisories.as_ref().is_some_and(|it| !it.too_old);
    match (verdict.outcome, verdict.fail_on) {
        (Outcome::Incomplete, _) => say(
            &format!("incomplete: less was looked at than was asked for; {summary}"),
            Style::Bold,
        ),
        (_, None) => say(&summary, Style::Bold),
        (Outcome::Findings, Some(threshold)) => {
            let findings = count(failing(verdict), "finding");
            let name = threshold.name();
            say(&format!("fails: {findings} at `{name}` or above; {summary}"), Style::Bold)
        }
        (Outcome::Clean, Some(threshold)) => {
            let name = threshold.name();
            let style = if is_known { Style::Good } else { Style::Bold };
            say(&format!("passes: nothing at `{name}` or above; {summary}"), style)
        }
    }
}

/// All counts in one phrase.
pub(crate) fn summary(counts: &Counts) -> String {
    let n_faults = counts.vulnerabilities.open;
    let ending = if n_faults == 1 { "y" } else { "ies" };
    format!(
        "{n_faults} vulnerabilit{ending}, {}, {}",
        count(counts.secrets.open, "secret"),
        count(counts.configuration.open, "other finding")
    )
}

/// So many columns hold the labels.
const LABELS: usize = 17;
/// Below so many columns labels stand above their texts.
const NARROW: usize = 60;
/// So many changes are listed unless the reader asks for all.
const ADVICE: usize = 10;
