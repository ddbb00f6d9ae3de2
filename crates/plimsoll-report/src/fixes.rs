//! What `plimsoll fix` did or would do: a diff for readers, a document for machines.

use std::{collections::BTreeMap, io, sync::Arc};

use plimsoll_finding::Safety;
use plimsoll_text::{Location, Source, Span};
use similar::{Algorithm, ChangeTag, TextDiff};

use crate::{
    escape, json,
    mask::Masks,
    tally::count,
    terminal::{Options, Style, wrap},
    wire::v1,
};

/// What a run of `plimsoll fix` came to.
#[derive(Clone, Debug, Default)]
pub struct Fixes {
    /// Whether the files were written, or only shown.
    pub written: bool,
    /// The mended files, by name.
    pub files: Vec<MendedFile>,
    /// Every fix that was applied.
    pub applied: Vec<Applied>,
    /// Every finding that was left.
    pub left: Vec<Left>,
    /// Secrets in the files, of all findings.
    pub secrets: Vec<Location>,
}

/// A file before and after.
#[derive(Clone, Debug)]
pub struct MendedFile {
    /// The text that was read.
    pub before: Arc<Source>,
    /// The text with all its fixes.
    pub after: String,
}

/// A fix that was applied.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The mended file.
    pub file: String,
    /// The rule whose finding is gone.
    pub rule: String,
    /// How far the fix may be trusted.
    pub safety: Safety,
    /// What the fix does.
    pub title: String,
}

/// A finding that was not mended.
#[derive(Clone, Debug)]
pub struct Left {
    /// The file it is in.
    pub file: String,
    /// The rule that found it.
    pub rule: String,
    /// Why it is left.
    pub why: String,
}

/// Writes the document for machines.
pub fn write_json(fixes: &Fixes, out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::from_locations(&fixes.secrets);
    let applied = fixes.applied.iter().map(|it| v1::AppliedFix {
        file: it.file.clone(),
        rule: it.rule.clone(),
        safety: it.safety.into(),
    });
    let left = fixes.left.iter().map(|it| v1::LeftFinding {
        file: it.file.clone(),
        rule: it.rule.clone(),
        why: masks.text(&it.why),
    });
    let document = v1::FixReport {
        schema: v1::SCHEMA,
        written: fixes.written,
        applied: applied.collect(),
        left: left.collect(),
    };
    json::write_document(&document, out)
}

/// Writes the diffs of the files and what was left, for a reader at a terminal.
pub fn write_human(fixes: &Fixes, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::from_locations(&fixes.secrets);
    for file in &fixes.files {
        let name = escape::line(file.before.name());
        writeln!(out, "{}", options.paint(Style::Bold, &name))?;
        for applied in fixes.applied.iter().filter(|it| it.file == file.before.name()) {
            let safety = applied.safety.name();
            let title = masks.text(&applied.title);
            let text = format!("{title} ({safety}, {})", applied.rule);
            for (number, line) in
                wrap(&escape::line(&text), options.columns() - 4, 0).iter().enumerate()
            {
                let sign = if number == 0 { "  - " } else { "    " };
                writeln!(out, "{sign}{line}")?;
            }
        }
        write_diff(file, &masks, options, out)?;
        writeln!(out)?;
    }
    write_left(fixes, &masks, options, out)?;
    let n_applied = fixes.applied.len();
    let ending = if n_applied == 1 { "" } else { "es" };
    let done = format!("{n_applied} fix{ending} in {}", count(fixes.files.len(), "file"));
    let text = match (n_applied, fixes.written) {
        (0, _) if fixes.left.is_empty() => String::from("nothing to fix"),
        (0, _) => format!("no fixes; {} left", count(fixes.left.len(), "finding")),
        (_, true) => format!("applied {done}"),
        (_, false) => format!("{done}; nothing was written: add `--write` to apply"),
    };
    for line in wrap(&text, options.columns(), 0) {
        writeln!(out, "{}", options.paint(Style::Bold, &line))?;
    }
    Ok(())
}

/// The findings that are left, the same reasons together.
fn write_left(
    fixes: &Fixes,
    masks: &Masks,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if fixes.left.is_empty() {
        return Ok(());
    }
    let mut reasons: BTreeMap<(&str, &str), BTreeMap<&str, usize>> = BTreeMap::new();
    for left in &fixes.left {
        let places = reasons.entry((&left.rule, &left.why)).or_default();
        *places.entry(&left.file).or_default() += 1;
    }
    let head = format!("left: {}", count(fixes.left.len(), "finding"));
    writeln!(out, "{}", options.paint(Style::Bold, &head))?;
    for ((rule, why), in_files) in reasons {
        let places: Vec<String> = in_files
            .iter()
            .map(|it| if *it.1 == 1 { (*it.0).to_owned() } else { format!("{} ({})", it.0, it.1) })
            .collect();
        let text = format!("{rule}: {} [{}]", masks.text(why), places.join(", "));
        for (number, line) in
            wrap(&escape::line(&text), options.columns() - 4, 0).iter().enumerate()
        {
            let sign = if number == 0 { "  - " } else { "    " };
            writeln!(out, "{sign}{line}")?;
        }
    }
    writeln!(out)
}

/// The diff of one file in the common unified form.
fn write_diff(
    file: &MendedFile,
    masks: &Masks,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let before = &file.before;
    let name = escape::line(before.name());
    writeln!(out, "{}", options.paint(Style::Faint, &format!("--- a/{name}\n+++ b/{name}")))?;
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .diff_lines(before.text(), file.after.as_str());
    for group in diff.grouped_ops(AROUND) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let (old, new) = (first.old_range().start, first.new_range().start);
        let n_old = last.old_range().end - old;
        let n_new = last.new_range().end - new;
        let head = format!("@@ -{},{n_old} +{},{n_new} @@", old + 1, new + 1);
        writeln!(out, "{}", options.paint(Style::Frame, &head))?;
        for change in group.iter().flat_map(|it| diff.iter_changes(it)) {
            let text = match change.old_index() {
                // Old text is masked by place, new text by its words.
                Some(index) => masks.slice(before, line_span(before, index)),
                None => masks.edit(before, change.value()),
            };
            let text = escape::line(&text.replace('\t', "    "));
            let line = match change.tag() {
                ChangeTag::Equal => format!(" {text}"),
                ChangeTag::Delete => {
                    let style = Style::Severity(plimsoll_finding::Severity::High);
                    options.paint(style, &format!("-{text}"))
                }
                ChangeTag::Insert => options.paint(Style::Good, &format!("+{text}")),
            };
            writeln!(out, "{line}")?;
            if !change.value().ends_with('\n') {
                writeln!(out, "\\ no line feed at the end of the file")?;
            }
        }
    }
    Ok(())
}

fn line_span(source: &Source, index: usize) -> Span {
    source.line_span(index + 1).unwrap_or_else(|| Span::empty(source.text().len()))
}

/// So many lines are shown around a change.
const AROUND: usize = 2;
