//! The list of rules, for machines, terminals and web pages.

use std::io;

use plimsoll_finding::{FixKind, RuleInfo};

use crate::{
    escape, json,
    terminal::{Options, Style, head, width, wrap},
    wire::v1,
};

/// Writes the passports of `rules` as a JSON array.
pub fn write_json(rules: &[&RuleInfo], out: &mut dyn io::Write) -> io::Result<()> {
    let twins: Vec<v1::Rule> = rules.iter().map(|it| v1::Rule::from(*it)).collect();
    json::write_document(&twins, out)
}

/// Writes `rules` as a table for a terminal; on a narrow one each rule takes two lines.
pub fn write_human(
    rules: &[&RuleInfo],
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let longest = rules.iter().map(|it| width(it.id)).max().unwrap_or_default();
    let is_wide = options.columns() >= longest + WIDE_REST;
    for rule in rules {
        let id = escape::line(rule.id);
        let severity = rule.severity.name();
        let painted = options.paint(Style::Severity(rule.severity), &format!("{severity:<8}"));
        let title = escape::line(rule.title());
        if is_wide {
            let gap = " ".repeat(longest - width(rule.id).min(longest));
            let id = options.paint(Style::Bold, &id);
            let rest = format!("{:<10}  {:<7}", rule.subject.name(), rule.audience.name());
            let fix = format!("{:<10}", fix_words(rule));
            let room = options.columns().saturating_sub(longest + 45).max(12);
            let title = head(&title, room);
            writeln!(out, "{id}{gap}  {painted}  {rest}  {fix}  {title}")?;
        } else {
            writeln!(out, "{}", options.paint(Style::Bold, &id))?;
            writeln!(out, "  {painted}  {}, {}", rule.subject.name(), rule.audience.name())?;
            for line in wrap(&title, options.columns().saturating_sub(2), 0) {
                writeln!(out, "  {line}")?;
            }
        }
    }
    writeln!(out, "{}", crate::tally::count(rules.len(), "rule"))
}

/// Writes the help of `rule` for a terminal.
pub fn write_help(rule: &RuleInfo, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let severity = options.paint(Style::Severity(rule.severity), rule.severity.name());
    writeln!(out, "{} ({severity})", options.paint(Style::Bold, &escape::line(rule.id)))?;
    let facts = format!(
        "{} rule, audience {}, confidence {}, {}",
        rule.subject.name(),
        rule.audience.name(),
        rule.confidence.name(),
        fix_sentence(rule)
    );
    write_wrapped(&facts, "", options, out)?;
    writeln!(out)?;
    write_doc(rule.doc, options, out)?;
    let controls = rule.control_ids();
    for (title, names) in
        [("Known elsewhere as", rule.aliases.join(", ")), ("Evidence towards", controls.join(", "))]
    {
        if !names.is_empty() {
            writeln!(out, "\n{}", options.paint(Style::Bold, title))?;
            write_wrapped(&names, "  ", options, out)?;
        }
    }
    Ok(())
}

/// Headings stand out, code is set in, prose fills the lines there are.
fn write_doc(doc: &str, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut is_code = false;
    let mut prose = String::new();
    for line in doc.lines().map(|it| it.strip_prefix(' ').unwrap_or(it)) {
        let is_fence = line.starts_with("```");
        let heading = line.strip_prefix("## ").filter(|_| !is_code);
        let is_new = is_fence || heading.is_some() || line.is_empty() || line.starts_with("- ");
        if is_code && !is_fence {
            let gap = if line.is_empty() { "" } else { "    " };
            writeln!(out, "{gap}{}", options.paint(Style::Frame, &escape::line(line)))?;
            continue;
        }
        if is_new && !prose.is_empty() {
            write_wrapped(&prose, "", options, out)?;
            prose.clear();
        }
        if is_fence {
            is_code = !is_code;
        } else if let Some(heading) = heading {
            writeln!(out, "{}", options.paint(Style::Bold, &escape::line(heading)))?;
        } else if line.is_empty() {
            writeln!(out)?;
        } else {
            let gap = if prose.is_empty() { "" } else { " " };
            prose.push_str(gap);
            prose.push_str(line.trim_start());
        }
    }
    if prose.is_empty() { Ok(()) } else { write_wrapped(&prose, "", options, out) }
}

fn write_wrapped(
    text: &str,
    gap: &str,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    for line in wrap(&escape::line(text), options.columns().saturating_sub(width(gap)), 0) {
        writeln!(out, "{gap}{line}")?;
    }
    Ok(())
}

fn fix_sentence(rule: &RuleInfo) -> &'static str {
    match rule.fix {
        FixKind::None => "nothing that `plimsoll fix` can mend",
        FixKind::Safe => "mended by `plimsoll fix`",
        FixKind::Unsafe => "mended by `plimsoll fix --unsafe`",
    }
}

/// Writes `rules` as a Markdown table.
pub fn write_markdown(rules: &[&RuleInfo], out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "| Rule | Title | Severity | Subject | Audience | Fix | Also known as |")?;
    writeln!(out, "|---|---|---|---|---|---|---|")?;
    for rule in rules {
        let aliases: Vec<String> = rule.aliases.iter().map(|it| escape::markdown(it)).collect();
        writeln!(
            out,
            "| <code>{}</code> | {} | {} | {} | {} | {} | {} |",
            escape::markdown(rule.id),
            escape::markdown(rule.title()),
            rule.severity.name(),
            rule.subject.name(),
            rule.audience.name(),
            rule.fix.name(),
            aliases.join(", "),
        )?;
    }
    Ok(())
}

fn fix_words(rule: &RuleInfo) -> String {
    match rule.fix {
        FixKind::None => String::new(),
        fix => format!("{} fix", fix.name()),
    }
}

/// The columns that a table needs beside the ids.
const WIDE_REST: usize = 60;
