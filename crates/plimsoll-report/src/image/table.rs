//! The vulnerabilities as a list for a terminal: a head line for each package, a row for each
//! fault. What has no room beside the others goes to a line of its own below.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use plimsoll_finding::Severity;

use crate::{
    escape,
    image::{
        Vulnerability,
        view::{Urgency, View, advisory_link, mend_words, threat_words},
    },
    tally::count,
    terminal::{Options, Style, head, width, wrap},
};

/// Writes the open vulnerabilities, the most urgent package first.
pub(crate) fn write(view: &View<'_>, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let groups = groups(view);
    let n_all: usize = groups.iter().map(|it| it.rows.len()).sum();
    if n_all == 0 {
        return Ok(());
    }
    let n_wanted = if options.verbose { n_all } else { ROWS };
    let groups = most_urgent(groups, n_wanted);
    let shown = groups.iter().map(|group| {
        let has_common_mend = group.mend().is_some();
        let rows = group.rows.iter().map(|it| cells(view, has_common_mend, it));
        rows.collect::<Vec<_>>()
    });
    let shown: Vec<Vec<[String; 5]>> = shown.collect();
    let columns = Columns::of(&shown.concat(), options);
    for line in wrap("vulnerabilities, the most urgent first", options.columns(), 0) {
        writeln!(out, "{}", options.paint(Style::Bold, &line))?;
    }
    for (group, rows) in groups.iter().zip(&shown) {
        head_line(group, options, out)?;
        for (vulnerability, cells) in group.rows.iter().zip(rows) {
            let severity = view.severity(vulnerability);
            row(vulnerability, severity, cells, &columns, options, out)?;
        }
    }
    let n_shown: usize = groups.iter().map(|it| it.rows.len()).sum();
    if n_shown < n_all {
        let words = format!("and {} more; `--verbose` lists all", n_all - n_shown);
        for line in wrap(&words, options.columns() - 2, 0) {
            writeln!(out, "  {}", options.paint(Style::Faint, &line))?;
        }
    }
    writeln!(out)
}

/// The packages that were built from one source in one version, and what is wrong with them.
pub(crate) struct Group<'a> {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) packages: BTreeSet<String>,
    pub(crate) in_base: bool,
    /// Each fault once, the most urgent first.
    pub(crate) rows: Vec<&'a Vulnerability>,
}

/// The open vulnerabilities by package, packages and rows by urgency.
pub(crate) fn groups<'a>(view: &View<'a>) -> Vec<Group<'a>> {
    let mut res: Vec<Group<'_>> = Vec::new();
    let mut places = BTreeMap::new();
    let mut known = BTreeSet::new();
    for vulnerability in view.open() {
        let package = view.package(vulnerability).map(|it| &it.package);
        let full_name = package.map(plimsoll_package::Package::full_name).unwrap_or_default();
        let source = package.and_then(|it| it.source.as_ref()).map(|it| it.name.clone());
        let name = source.unwrap_or_else(|| full_name.clone());
        let version = package.map(|it| it.version.clone()).unwrap_or_default();
        let kind = package.map(|it| it.kind.name()).unwrap_or_default();
        let next = res.len();
        let at = *places.entry((kind, name.clone(), version.clone())).or_insert(next);
        if at == next {
            let in_base = view.package(vulnerability).is_some_and(|it| it.in_base);
            let (packages, rows) = (BTreeSet::new(), Vec::new());
            res.push(Group { name, version, packages, in_base, rows });
        }
        let Some(group) = res.get_mut(at) else { continue };
        group.packages.insert(full_name);
        if known.insert((at, vulnerability.id.as_str())) {
            group.rows.push(vulnerability);
        }
    }
    res
}

/// The groups with no more than so many rows in all.
fn most_urgent(groups: Vec<Group<'_>>, n_rows: usize) -> Vec<Group<'_>> {
    let mut all: Vec<u8> = groups.iter().flat_map(|it| &it.rows).map(|it| it.urgency).collect();
    all.sort_unstable_by_key(|it| std::cmp::Reverse(*it));
    let least = n_rows.checked_sub(1).and_then(|it| all.get(it)).copied().unwrap_or_default();
    let mut n_left = n_rows;
    let mut res = groups;
    for group in &mut res {
        group.rows.retain(|it| it.urgency >= least);
        group.rows.truncate(n_left);
        n_left -= group.rows.len();
    }
    res.retain(|it| !it.rows.is_empty());
    res
}

impl Group<'_> {
    /// What is to be said of a mend, where that is the same for all of it.
    fn mend(&self) -> Option<String> {
        let first = mend_words(self.rows.first()?);
        self.rows.iter().all(|it| mend_words(it) == first).then_some(first)
    }
}

fn head_line(group: &Group<'_>, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut words = Vec::new();
    let others: Vec<&str> = group.packages.iter().map(String::as_str).collect();
    if others != [group.name.as_str()] {
        let shown: Vec<&str> = others.iter().take(NAMES).copied().collect();
        let mut names = shown.join(", ");
        if others.len() > NAMES {
            names = format!("{names} and {} more", others.len() - NAMES);
        }
        words.push(names);
    }
    if group.in_base {
        words.push(String::from("from the base image"));
    }
    let mend = group.mend().map(|it| format!(", {it}")).unwrap_or_default();
    let name = escape::line(&format!("{} {}{mend}", group.name, group.version));
    let mut lines = wrap(name.trim(), options.columns() - 2, 0).into_iter();
    let mut taken = 0;
    for (number, line) in lines.by_ref().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        write!(out, "  {}", options.paint(Style::Bold, &line))?;
        taken = width(&line);
    }
    if words.is_empty() {
        return writeln!(out);
    }
    let words = escape::line(&format!("({})", words.join("; ")));
    if taken + 1 + width(&words) <= options.columns() - 2 {
        return writeln!(out, " {}", options.paint(Style::Faint, &words));
    }
    writeln!(out)?;
    for line in wrap(&words, options.columns() - 4, 0) {
        writeln!(out, "    {}", options.paint(Style::Faint, &line))?;
    }
    Ok(())
}

/// A row before it is laid out, what matters most first.
fn cells(view: &View<'_>, has_common_mend: bool, it: &Vulnerability) -> [String; 5] {
    let mend = if has_common_mend { String::new() } else { mend_words(it) };
    [
        view.severity(it).name().to_owned(),
        escape::line(&it.id),
        format!("{} {}", Urgency::of(it.urgency).name(), it.urgency),
        escape::line(&threat_words(it).join(", ")),
        escape::line(&mend),
    ]
}

/// The columns that stand beside each other, with their widths.
struct Columns(Vec<usize>);

impl Columns {
    fn of(rows: &[[String; 5]], options: &Options) -> Self {
        let mut res = Vec::new();
        let mut left = options.columns() - INDENT;
        for column in 0..5 {
            let widths = rows.iter().filter_map(|it| it.get(column)).map(|it| width(it));
            let widest = widths.max().unwrap_or_default().min(CELL);
            let gap = if column == 0 || widest == 0 { 0 } else { 2 };
            let Some(rest) = left.checked_sub(widest + gap) else { break };
            left = rest;
            res.push(widest);
        }
        Self(res)
    }
}

fn row(
    vulnerability: &Vulnerability,
    severity: Severity,
    cells: &[String; 5],
    columns: &Columns,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut line = String::new();
    for (number, (cell, columns)) in cells.iter().zip(&columns.0).enumerate() {
        let text = head(cell, *columns);
        let gap = " ".repeat(columns.saturating_sub(width(&text)) + 2);
        line.push_str(&paint(number, &text, vulnerability, severity, options));
        line.push_str(&gap);
    }
    writeln!(out, "{:INDENT$}{}", "", line.trim_end())?;
    let rest = cells.iter().skip(columns.0.len()).filter(|it| !it.is_empty());
    let rest: Vec<&str> = rest.map(String::as_str).collect();
    let mut below = vec![rest.join(", ")];
    if options.verbose {
        below.extend(more(vulnerability));
    }
    below.retain(|it| !it.is_empty());
    for text in below {
        for line in wrap(&text, options.columns() - INDENT - 2, 0) {
            writeln!(out, "{:INDENT$}  {}", "", options.paint(Style::Faint, &line))?;
        }
    }
    Ok(())
}

fn paint(
    column: usize,
    text: &str,
    vulnerability: &Vulnerability,
    severity: Severity,
    options: &Options,
) -> String {
    match column {
        0 => options.paint(Style::Severity(severity), text),
        1 => options.link(advisory_link(&vulnerability.id).as_deref(), text),
        2 if Urgency::of(vulnerability.urgency) == Urgency::Now => {
            options.paint(Style::Severity(Severity::High), text)
        }
        4 if vulnerability.fixed_in.is_some() => options.paint(Style::Good, text),
        3 if vulnerability.known_exploited.is_some() => {
            options.paint(Style::Severity(Severity::High), text)
        }
        _ => text.to_owned(),
    }
}

/// What only who asks for all wants to know of a vulnerability.
fn more(vulnerability: &Vulnerability) -> Vec<String> {
    let parts: Vec<String> =
        vulnerability.urgency_parts.iter().map(|it| format!("{} {}", it.0, it.1)).collect();
    let scores: Vec<String> =
        vulnerability.cvss.iter().map(|it| format!("{:.1} {}", it.score, it.vector)).collect();
    let aliases: Vec<&str> = vulnerability.aliases.iter().take(NAMES).map(String::as_str).collect();
    let n_more = vulnerability.aliases.len() - aliases.len();
    let more =
        if n_more > 0 { format!(" and {}", count(n_more, "more name")) } else { String::new() };
    let texts = [
        ("severity by", vulnerability.severity_source.clone()),
        ("urgency:", parts.join(", ")),
        ("CVSS", scores.join(", ")),
        ("also known as", format!("{}{more}", aliases.join(", "))),
    ];
    let there = texts.into_iter().filter(|it| !it.1.is_empty());
    there.map(|it| escape::line(&format!("{} {}", it.0, it.1))).collect()
}

/// So many vulnerabilities are listed unless the reader asks for all.
const ROWS: usize = 20;
/// So many names are listed.
const NAMES: usize = 6;
/// Rows stand so far in.
const INDENT: usize = 4;
/// No column is wider, lest one odd name push all others to the right.
const CELL: usize = 44;
