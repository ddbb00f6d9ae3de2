//! An assessment as comma-separated values (RFC 4180): one line for each check of each control.

use std::io;

use crate::{
    comply::{AssessedControl, Assessment},
    escape,
};

/// Writes a head line, and a line for each check of each control.
pub fn write(assessment: &Assessment, out: &mut dyn io::Write) -> io::Result<()> {
    row(
        out,
        &["framework", "control", "title", "status", "why", "check", "check status", "evidence"],
    )?;
    for control in &assessment.controls {
        if control.checks.is_empty() {
            row(out, &fields(assessment, control, ["", "", ""]))?;
        }
        for check in &control.checks {
            let facts: Vec<String> =
                check.evidence.iter().flat_map(super::CheckEvidence::lines).collect();
            let evidence = if facts.is_empty() { check.why.clone() } else { facts.join("; ") };
            let own = [check.control.key, check.status.name(), &evidence];
            row(out, &fields(assessment, control, own))?;
        }
    }
    Ok(())
}

fn fields<'a>(
    assessment: &'a Assessment,
    control: &'a AssessedControl,
    [check, status, evidence]: [&'a str; 3],
) -> [&'a str; 8] {
    [
        assessment.framework.id,
        control.id,
        control.title,
        control.status.name(),
        &control.why,
        check,
        status,
        evidence,
    ]
}

fn row(out: &mut dyn io::Write, fields: &[&str]) -> io::Result<()> {
    let fields: Vec<String> = fields.iter().map(|it| quoted(it)).collect();
    write!(out, "{}\r\n", fields.join(","))
}

/// A spreadsheet takes a text that begins like a formula for one, so such a text gets a quote
/// before it.
fn quoted(text: &str) -> String {
    let text = escape::line(text);
    let guard = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_text_ends_its_field_or_is_taken_for_a_formula() {
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(quoted("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
    }
}
