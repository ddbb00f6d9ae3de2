//! The terminal face: excerpts with carets, grouped by file, and a summary that hides nothing.
//! Silent on success but for one line.

use std::{collections::BTreeSet, io};

use plimsoll_finding::{
    Coverage, CoverageState, Disposition, Finding, Fix, Place, Related, Safety,
};
use plimsoll_policy::{Chunk, Head, Outcome, Verdict};
use plimsoll_text::Location;

use crate::{
    diff::{DiffLine, diff},
    escape,
    excerpt::{Excerpt, Line, Row, excerpt},
    help,
    mask::Masks,
    parallel::in_order,
    place::place_words,
    run::Run,
    tally::{Tally, count, failing, gaps, judged_words},
    terminal::{Options, Style, tail, width, wrap},
};

/// Writes `verdict` for a reader at a terminal.
pub fn write(
    verdict: &Verdict,
    run: &Run,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let mut groups = Vec::new();
    in_order(
        verdict.findings.chunks(),
        |it| files(it, run, options, &masks),
        |shown| {
            let Shown { text, files } = shown?;
            groups.extend(files);
            out.write_all(&text)
        },
    )?;
    let mut page = Page::new(run, options, &masks, out);
    page.disposed(verdict)?;
    page.gaps(verdict)?;
    page.summary(verdict, &groups)
}

/// The open findings of some files as they are shown, and how many each file has.
struct Shown {
    text: Vec<u8>,
    files: Vec<(String, Tally)>,
}

fn files(chunk: &Chunk, run: &Run, options: &Options, masks: &Masks) -> io::Result<Shown> {
    let open: Vec<Finding> =
        chunk.iter().filter(|it| it.disposition == Disposition::Open).collect();
    let mut text = Vec::new();
    let mut files = Vec::new();
    let mut page = Page::new(run, options, masks, &mut text);
    for (name, findings) in by_file(&open) {
        let tally = Tally::of(findings.iter().map(|it| Head::of(it)));
        page.file(&name, &findings, &tally)?;
        files.push((name, tally));
    }
    Ok(Shown { text, files })
}

/// The findings of each file, files in the order of their first finding.
pub(crate) fn by_file<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
) -> Vec<(String, Vec<&'a Finding>)> {
    let mut places = std::collections::BTreeMap::new();
    let mut res: Vec<(String, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        let name = finding.target().name;
        let at = *places.entry(name.clone()).or_insert(res.len());
        if at == res.len() {
            res.push((name, Vec::new()));
        }
        if let Some(group) = res.get_mut(at) {
            group.1.push(finding);
        }
    }
    res
}

/// A page for a terminal that is being written.
pub(crate) struct Page<'a> {
    run: &'a Run,
    options: &'a Options,
    masks: &'a Masks,
    /// The rules whose reason stands in the part of this file already.
    explained: BTreeSet<&'static str>,
    out: &'a mut dyn io::Write,
}

impl<'a> Page<'a> {
    /// An empty page.
    pub(crate) fn new(
        run: &'a Run,
        options: &'a Options,
        masks: &'a Masks,
        out: &'a mut dyn io::Write,
    ) -> Self {
        Self { run, options, masks, explained: BTreeSet::new(), out }
    }

    fn file(&mut self, name: &str, findings: &[&Finding], tally: &Tally) -> io::Result<()> {
        let words = tally.words();
        let name = tail(&escape::line(name), self.options.columns());
        let together = width(&name) + width(&words) + 3 <= self.options.columns();
        let words = format!("({words})");
        let name = self.options.paint(Style::Bold, &name);
        if together {
            writeln!(self.out, "{name} {}\n", self.options.paint(Style::Faint, &words))?;
        } else {
            writeln!(self.out, "{name}")?;
            for line in wrap(&words, self.options.columns() - 2, 0) {
                writeln!(self.out, "  {}", self.options.paint(Style::Faint, &line))?;
            }
            writeln!(self.out)?;
        }
        self.explained.clear();
        for finding in findings {
            self.finding(finding)?;
        }
        Ok(())
    }

    /// A heading.
    pub(crate) fn title(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out, "{}\n", self.options.paint(Style::Bold, title))
    }

    /// One finding with its place, its reason and its fixes.
    pub(crate) fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let style = Style::Severity(finding.severity);
        let rule = escape::line(finding.rule.id);
        let severity = finding.severity.name();
        let taken = width(severity) + width(&rule) + 4;
        let message = escape::line(&self.masks.words(finding, &finding.message));
        let lines = wrap(&message, self.options.columns(), taken);
        let link = self.run.help_link(finding.rule.id);
        let rule = self.options.link(link.as_deref(), &rule);
        let head = self.options.paint(style, &format!("{severity}[{rule}]"));
        let mut lines = lines.iter();
        let first = lines.next().map(String::as_str).unwrap_or_default();
        let sign = if first.is_empty() { ":" } else { ": " };
        writeln!(self.out, "{head}{}", self.options.paint(Style::Bold, &format!("{sign}{first}")))?;
        for line in lines {
            writeln!(self.out, "{}", self.options.paint(Style::Bold, line))?;
        }
        let Some(location) = finding.place.text() else {
            self.place_words(&finding.place)?;
            self.notes(finding, 1)?;
            return writeln!(self.out);
        };
        let around = usize::from(self.options.verbose);
        let shown = excerpt(location, self.masks, around);
        let indent = indent(&shown);
        self.arrow(location, indent)?;
        self.excerpt(&shown, indent, '^', style)?;
        self.notes(finding, indent)?;
        for related in finding.related.iter().take(RELATED) {
            self.related(finding, related)?;
        }
        if finding.related.len() > RELATED {
            let n_more = finding.related.len() - RELATED;
            self.note(indent, "note", &count(n_more, "more related place"))?;
        }
        writeln!(self.out)
    }

    /// The line that says where, for a place without text.
    fn place_words(&mut self, place: &Place) -> io::Result<()> {
        let words = escape::line(&self.masks.text(&place_words(place)));
        let sign = self.options.paint(Style::Faint, " -->");
        for (number, line) in wrap(&words, self.options.columns() - 5, 0).iter().enumerate() {
            let before = if number == 0 { sign.as_str() } else { "    " };
            writeln!(self.out, "{before} {line}")?;
        }
        Ok(())
    }

    /// The line that says file, line and column.
    fn arrow(&mut self, location: &Location, indent: usize) -> io::Result<()> {
        let start = location.start();
        let name = location.source.name();
        let shown = match name {
            "-" => String::from("standard input"),
            name => escape::line(name),
        };
        let target = self.run.absolute_path(name).map(|it| format!("file://{}", escape::uri(&it)));
        let place = format!("{shown}:{}:{}", start.line, start.column);
        let place = self.options.link(target.as_deref(), &place);
        let arrow = self.options.paint(Style::Frame, &format!("{:indent$}-->", ""));
        writeln!(self.out, "{arrow} {place}")
    }

    /// The lines with the marks under them.
    fn excerpt(
        &mut self,
        shown: &Excerpt,
        indent: usize,
        sign: char,
        style: Style,
    ) -> io::Result<()> {
        let empty = self.options.paint(Style::Frame, &format!("{:indent$} |", ""));
        writeln!(self.out, "{empty}")?;
        for row in &shown.rows {
            let line = match row {
                Row::Line(line) => line,
                Row::Gap(n_lines) => {
                    let text = format!("{:indent$} : ({})", "", count(*n_lines, "more line"));
                    writeln!(self.out, "{}", self.options.paint(Style::Frame, &text))?;
                    continue;
                }
            };
            let side = match (shown.is_multi_line, line.is_marked) {
                (true, true) => "> ",
                (true, false) => "  ",
                (false, _) => "",
            };
            let room = self.options.columns().saturating_sub(indent + 3 + side.len()).max(12);
            let laid = lay(line, room);
            let number = self.options.paint(Style::Frame, &format!("{:>indent$} |", line.number));
            let side = self.options.paint(style, side);
            let text = self.paint_cells(&laid, style);
            writeln!(self.out, "{}", format!("{number} {side}{text}").trim_end())?;
            if line.is_marked && !shown.is_multi_line {
                let signs = underline(&laid, sign);
                let signs = self.options.paint(style, &signs);
                let gap = " ".repeat(marked_from(&laid));
                writeln!(self.out, "{empty} {gap}{signs}")?;
            }
        }
        Ok(())
    }

    fn paint_cells(&self, cells: &[Cell], style: Style) -> String {
        let mut res = String::new();
        for run in cells.chunk_by(|a, b| a.is_marked == b.is_marked) {
            let text: String = run.iter().map(|it| it.text.as_str()).collect();
            let is_marked = run.first().is_some_and(|it| it.is_marked);
            res.push_str(&if is_marked { self.options.paint(style, &text) } else { text });
        }
        res
    }

    fn notes(&mut self, finding: &Finding, indent: usize) -> io::Result<()> {
        let is_new = self.explained.insert(finding.rule.id);
        if let Some(why) = help::why(finding.rule.doc).filter(|_| is_new) {
            self.note(indent, "why", &why)?;
        }
        let is_verbose = self.options.verbose;
        if is_verbose {
            for fact in &finding.evidence {
                let fact = self.masks.words(finding, fact);
                self.note(indent, "seen", &fact)?;
            }
        }
        let n_fixes = if is_verbose { finding.fixes.len() } else { 1 };
        for fix in finding.fixes.iter().take(n_fixes) {
            let title = self.masks.words(finding, &fix.title);
            self.note(indent, "fix", &format!("{title} ({})", fix.safety.name()))?;
            if is_verbose {
                self.diff(fix, indent)?;
            }
        }
        if is_verbose {
            if !finding.rule.aliases.is_empty() {
                self.note(indent, "also known as", &finding.rule.aliases.join(", "))?;
            }
            let controls = finding.rule.control_ids();
            if !controls.is_empty() {
                self.note(indent, "controls", &controls.join(", "))?;
            }
        }
        Ok(())
    }

    fn diff(&mut self, fix: &Fix, indent: usize) -> io::Result<()> {
        for line in diff(&fix.source, &fix.edits, self.masks) {
            let (sign, text) = line.parts();
            let room = self.options.columns().saturating_sub(indent + 5).max(12);
            let text = crate::terminal::head(&escape::lines(&text), room);
            let text = match line {
                DiffLine::At(_) => self.options.paint(Style::Faint, &format!("({text})")),
                DiffLine::Same(_) => format!("{sign} {text}"),
                DiffLine::Old(_) | DiffLine::New(_) => {
                    self.options.paint(diff_style(sign), &format!("{sign} {text}"))
                }
            };
            writeln!(self.out, "{:indent$}   {}", "", text.trim_end())?;
        }
        Ok(())
    }

    /// `= label: text`, broken over lines.
    fn note(&mut self, indent: usize, label: &str, text: &str) -> io::Result<()> {
        let room = self.options.columns().saturating_sub(indent + 3);
        let lines = wrap(&escape::line(text), room, label.len() + 2);
        for (number, line) in lines.iter().enumerate() {
            if number == 0 {
                let equals = self.options.paint(Style::Frame, &format!("{:indent$} =", ""));
                let label = self.options.paint(Style::Bold, &format!("{label}:"));
                writeln!(self.out, "{}", format!("{equals} {label} {line}").trim_end())?;
            } else {
                writeln!(self.out, "{:indent$}   {line}", "")?;
            }
        }
        Ok(())
    }

    fn related(&mut self, finding: &Finding, related: &Related) -> io::Result<()> {
        let Some(location) = related.place.text() else { return Ok(()) };
        let message = escape::line(&self.masks.words(finding, &related.message));
        let message = if message.is_empty() { String::from("see also") } else { message };
        for line in wrap(&format!("note: {message}"), self.options.columns(), 0) {
            writeln!(self.out, "{}", self.options.paint(Style::Good, &line))?;
        }
        let shown = excerpt(location, self.masks, 0);
        let indent = indent(&shown);
        self.arrow(location, indent)?;
        self.excerpt(&shown, indent, '-', Style::Good)
    }

    /// Accepted findings: one by one for who asks, else they are counted in the summary.
    pub(crate) fn disposed(&mut self, verdict: &Verdict) -> io::Result<()> {
        if !self.options.verbose {
            return Ok(());
        }
        for finding in verdict.findings.iter() {
            let why = match &finding.disposition {
                Disposition::Open => continue,
                Disposition::Baseline => String::from("in the baseline"),
                Disposition::NotAffected { reason, document } => format!("{reason} ({document})"),
                Disposition::Waived { reason, until: None, .. } => reason.clone(),
                Disposition::Waived { reason, until: Some(until), .. } => {
                    format!("{reason} (until {until})")
                }
            };
            let word = finding.disposition.name();
            let message = self.masks.words(&finding, &finding.message);
            let head = format!("{word}[{}]: {message}", finding.rule.id);
            for line in wrap(&escape::line(&head), self.options.columns(), 0) {
                writeln!(self.out, "{}", self.options.paint(Style::Faint, &line))?;
            }
            match finding.place.text() {
                Some(location) => self.arrow(location, 1)?,
                None => self.place_words(&finding.place)?,
            }
            let why = self.masks.text(&why);
            self.note(1, "because", &why)?;
            writeln!(self.out)?;
        }
        Ok(())
    }

    /// What was not looked at, the same reasons together.
    pub(crate) fn gaps(&mut self, verdict: &Verdict) -> io::Result<()> {
        let mut groups: Vec<((CoverageState, &str), Vec<&Coverage>)> = Vec::new();
        let mut all: Vec<&Coverage> = gaps(verdict).collect();
        if all.is_empty() {
            return Ok(());
        }
        // What failed comes before what was left out on purpose.
        all.sort_by_key(|it| std::cmp::Reverse(severity_of(it.state)));
        let n_units = all.len();
        for gap in all {
            let key = (gap.state, gap.why.as_str());
            match groups.iter_mut().take(GAP_GROUPS).find(|it| it.0 == key) {
                Some(group) => group.1.push(gap),
                None => groups.push((key, vec![gap])),
            }
        }
        let head = format!("not fully looked at: {}", count(n_units, "unit"));
        self.paragraph(&head, Style::Bold)?;
        let is_verbose = self.options.verbose;
        let n_groups = if is_verbose { groups.len() } else { GAP_GROUPS };
        for ((state, why), units) in groups.iter().take(n_groups) {
            let why = self.masks.text(why);
            let line = format!("{}: {why}", state.name());
            for (number, line) in
                wrap(&escape::line(&line), self.options.columns() - 4, 0).iter().enumerate()
            {
                let more = if number == 0 { "  " } else { "    " };
                writeln!(self.out, "{more}{line}")?;
            }
            let n_shown = if is_verbose { units.len() } else { GAP_UNITS };
            for unit in units.iter().take(n_shown) {
                let unit = tail(&escape::line(&unit.unit), self.options.columns() - 6);
                writeln!(self.out, "      {unit}")?;
            }
            if units.len() > n_shown {
                writeln!(self.out, "      and {} more", units.len() - n_shown)?;
            }
        }
        if groups.len() > n_groups {
            let n_more = groups.len() - n_groups;
            writeln!(self.out, "  and {}; `--verbose` lists all", count(n_more, "other reason"))?;
        }
        writeln!(self.out)
    }

    fn summary(&mut self, verdict: &Verdict, groups: &[(String, Tally)]) -> io::Result<()> {
        let tally = Tally::of(verdict.findings.heads());
        let disposed = tally.disposed_words();
        let judged = judged_words(verdict);
        if tally.open == 0 {
            let mut text = match (&judged, verdict.outcome) {
                (None, _) => String::from("nothing was judged: no file of a known kind was found"),
                (Some(judged), Outcome::Incomplete) => {
                    format!("no findings in what could be read: {judged}")
                }
                (Some(judged), _) => format!("no findings: judged {judged}"),
            };
            if !disposed.is_empty() {
                text = format!("{text}; {disposed}");
            }
            let is_good = judged.is_some() && verdict.outcome == Outcome::Clean;
            let style = if is_good { Style::Good } else { Style::Bold };
            return self.paragraph(&text, style);
        }
        let findings = count(tally.open, "finding");
        let files = count(groups.len(), "file");
        self.paragraph(&format!("{findings} in {files}: {}", tally.words()), Style::Bold)?;
        if groups.len() > 1 {
            self.table(groups)?;
        }
        if !disposed.is_empty() {
            self.paragraph(&format!("not counted: {disposed}"), Style::Faint)?;
        }
        if let Some(judged) = judged {
            self.paragraph(&format!("judged: {judged}"), Style::Faint)?;
        }
        self.fixable(&tally)?;
        if let Some(threshold) = verdict.fail_on {
            let n_failing = failing(verdict);
            let name = threshold.name();
            let (text, style) = if n_failing == 0 {
                (format!("passes: nothing at `{name}` or above"), Style::Good)
            } else {
                let findings = count(n_failing, "finding");
                (format!("fails: {findings} at `{name}` or above"), Style::Bold)
            };
            self.paragraph(&text, style)?;
        }
        if verdict.outcome == Outcome::Incomplete {
            self.paragraph("incomplete: less was looked at than was asked for", Style::Bold)?;
        }
        Ok(())
    }

    fn fixable(&mut self, tally: &Tally) -> io::Result<()> {
        let text = match (tally.safe, tally.needs_unsafe) {
            (0, 0) => return Ok(()),
            (0, n_unsafe) => format!("{n_unsafe} can be fixed with `plimsoll fix --unsafe`"),
            (n_safe, 0) => format!("{n_safe} can be fixed: run `plimsoll fix`"),
            (n_safe, n_unsafe) => format!(
                "{n_safe} can be fixed: run `plimsoll fix`; {n_unsafe} more with `--unsafe`"
            ),
        };
        self.paragraph(&text, Style::Good)
    }

    /// How many findings each file has, the worst file first.
    fn table(&mut self, groups: &[(String, Tally)]) -> io::Result<()> {
        let mut rows: Vec<(Vec<usize>, String, String)> = Vec::new();
        for (name, tally) in groups {
            let counts = tally.severities().map(|it| it.1).collect();
            rows.push((counts, tally.words(), escape::line(name)));
        }
        rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.cmp(&b.2)));
        let is_verbose = self.options.verbose;
        let n_shown = if is_verbose { rows.len() } else { TABLE_ROWS };
        let columns = rows.iter().take(n_shown).map(|it| width(&it.2)).max().unwrap_or_default();
        let columns = columns.min(self.options.columns() / 2);
        for (_, words, name) in rows.iter().take(n_shown) {
            let name = tail(name, columns);
            let gap = " ".repeat(columns - width(&name));
            let room = self.options.columns().saturating_sub(columns + 4);
            let mut words = wrap(words, room, 0).into_iter();
            let first = words.next().unwrap_or_default();
            writeln!(self.out, "  {name}{gap}  {first}")?;
            for line in words {
                writeln!(self.out, "  {:columns$}  {line}", "")?;
            }
        }
        if rows.len() > n_shown {
            writeln!(self.out, "  and {}", count(rows.len() - n_shown, "other file"))?;
        }
        Ok(())
    }

    fn paragraph(&mut self, text: &str, style: Style) -> io::Result<()> {
        for line in wrap(&escape::line(text), self.options.columns(), 0) {
            writeln!(self.out, "{}", self.options.paint(style, &line))?;
        }
        Ok(())
    }
}

/// One character on the terminal, or the number that stands for an invisible one.
#[derive(Clone, Debug)]
struct Cell {
    text: String,
    columns: usize,
    is_marked: bool,
}

/// Lays a line out in at most `room` columns, around its mark.
fn lay(line: &Line, room: usize) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut column = 0;
    for piece in &line.pieces {
        let is_marked = piece.is_marked;
        if piece.text.is_empty() {
            cells.push(Cell { text: String::new(), columns: 0, is_marked });
        }
        for letter in piece.text.chars() {
            let mut text = String::new();
            if letter == '\t' {
                text.push_str(&" ".repeat(TAB - column % TAB));
            } else {
                escape::push_visible(&mut text, letter);
            }
            let columns = width(&text);
            column += columns;
            cells.push(Cell { text, columns, is_marked });
        }
    }
    window(cells, room, line.cut_before, line.cut_after)
}

/// Cuts `cells` to `room` columns around the first marked one, with a sign at each cut end.
fn window(cells: Vec<Cell>, room: usize, cut_before: bool, cut_after: bool) -> Vec<Cell> {
    let total: usize = cells.iter().map(|it| it.columns).sum();
    if total + usize::from(cut_before) + usize::from(cut_after) <= room {
        return with_signs(cells, cut_before, cut_after);
    }
    let before: usize = cells.iter().take_while(|it| !it.is_marked).map(|it| it.columns).sum();
    let is_marked = cells.iter().any(|it| it.is_marked);
    let marked: usize = cells.iter().filter(|it| it.is_marked).map(|it| it.columns).sum();
    let room = room - 2;
    // The mark stands in the middle where it fits, else near the start.
    let lead = if marked < room / 2 { (room - marked) / 2 } else { room / 6 };
    let from = if is_marked { before.saturating_sub(lead) } else { 0 };
    let from = from.min(total.saturating_sub(room));
    let mut column = 0;
    let mut res = Vec::new();
    let mut ends_early = false;
    for cell in cells {
        let start = column;
        column += cell.columns;
        if start < from {
            continue;
        }
        if column > from + room {
            ends_early = true;
            break;
        }
        res.push(cell);
    }
    with_signs(res, cut_before || from > 0, cut_after || ends_early)
}

fn with_signs(mut cells: Vec<Cell>, before: bool, after: bool) -> Vec<Cell> {
    let sign = Cell { text: String::from("…"), columns: 1, is_marked: false };
    if before {
        cells.insert(0, sign.clone());
    }
    if after {
        cells.push(sign);
    }
    cells
}

/// The columns before the first marked cell.
fn marked_from(cells: &[Cell]) -> usize {
    cells.iter().take_while(|it| !it.is_marked).map(|it| it.columns).sum()
}

/// Signs for the marked cells; at least one.
fn underline(cells: &[Cell], sign: char) -> String {
    let mut from_mark = cells.iter().skip_while(|it| !it.is_marked);
    let marked: usize = from_mark.by_ref().take_while(|it| it.is_marked).map(|it| it.columns).sum();
    sign.to_string().repeat(marked.max(1))
}

/// The columns that the line numbers of an excerpt take.
fn indent(shown: &Excerpt) -> usize {
    let numbers = shown.rows.iter().filter_map(|it| match it {
        Row::Line(line) => Some(line.number),
        Row::Gap(_) => None,
    });
    numbers.max().unwrap_or(1).to_string().len()
}

fn diff_style(sign: char) -> Style {
    if sign == '+' { Style::Good } else { Style::Severity(plimsoll_finding::Severity::High) }
}

fn severity_of(state: CoverageState) -> usize {
    match state {
        CoverageState::Broke => 3,
        CoverageState::Partial => 2,
        CoverageState::Skipped => 1,
        CoverageState::Ran => 0,
    }
}

/// The word for how a fix is applied.
pub(crate) fn safety_hint(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "plimsoll fix",
        Safety::Unsafe => "plimsoll fix --unsafe",
        Safety::Display => "by hand",
    }
}

/// A tab reaches to the next multiple of so many columns.
const TAB: usize = 4;
/// At most so many related places are shown with a finding.
const RELATED: usize = 8;
/// At most so many reasons for gaps are listed unless the reader asks for all.
const GAP_GROUPS: usize = 20;
/// At most so many units are listed for one reason unless the reader asks for all.
const GAP_UNITS: usize = 3;
/// At most so many files are listed in the summary unless the reader asks for all.
const TABLE_ROWS: usize = 20;
