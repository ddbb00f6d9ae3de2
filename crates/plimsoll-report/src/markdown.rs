//! Markdown for the summary page of a CI step: counts, one table row for each finding, excerpts
//! that fold out. Hosts refuse a page of more than a mebibyte, so late rows turn into counts, and
//! the page says so.

use std::{collections::BTreeMap, fmt::Write as _, io};

use plimsoll_finding::{Disposition, Finding};
use plimsoll_policy::{Outcome, Verdict};

use crate::{
    escape,
    excerpt::{Row, excerpt},
    help,
    human::safety_hint,
    mask::Masks,
    place::place_words,
    run::Run,
    tally::{Tally, count, failing, gaps, judged_words},
};

/// Writes `verdict` as Markdown.
pub fn write(verdict: &Verdict, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    write_below("", verdict, run, out)
}

/// Writes `verdict` below a text that is Markdown already.
pub(crate) fn write_below(
    opening: &str,
    verdict: &Verdict,
    run: &Run,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let mut page = Page { text: opening.to_owned(), run, masks: &masks };
    page.head(verdict);
    let tally = Tally::of(verdict.findings.heads());
    if tally.open > 0 {
        page.table("Findings", verdict.open());
        page.details(verdict.open(), tally.open);
    }
    if tally.disposed() > 0 {
        let words = tally.disposed_words();
        let _ = writeln!(page.text, "<details><summary>Not counted: {words}</summary>\n");
        let disposed = verdict.findings.iter().filter(|it| it.disposition != Disposition::Open);
        page.table("", disposed);
        page.text.push_str("</details>\n\n");
    }
    page.gaps(verdict);
    out.write_all(page.text.as_bytes())
}

struct Page<'a> {
    text: String,
    run: &'a Run,
    masks: &'a Masks,
}

impl Page<'_> {
    fn head(&mut self, verdict: &Verdict) {
        let tally = Tally::of(verdict.findings.heads());
        let n_failing = failing(verdict);
        let title = match (verdict.outcome, tally.open) {
            (Outcome::Incomplete, _) => String::from("incomplete"),
            (Outcome::Clean, 0) => String::from("no findings"),
            (Outcome::Clean, n_open) => format!("passes with {}", count(n_open, "finding")),
            (Outcome::Findings, _) => format!("{} to act on", count(n_failing, "finding")),
        };
        let _ = writeln!(self.text, "## Plimsoll: {title}\n");
        if tally.open > 0 {
            self.text.push_str("| Severity | Findings |\n|---|--:|\n");
            for (severity, n_findings) in tally.severities() {
                let _ = writeln!(self.text, "| {} | {n_findings} |", severity.name());
            }
            self.text.push('\n');
        }
        match judged_words(verdict) {
            Some(judged) => {
                let _ = writeln!(self.text, "Judged {judged}.\n");
            }
            None => {
                self.text.push_str("Nothing was judged: no file of a known kind was found.\n\n");
            }
        }
        if tally.safe > 0 {
            let _ = writeln!(
                self.text,
                "{} can be fixed with <code>plimsoll fix</code>.\n",
                count(tally.safe, "finding")
            );
        }
    }

    fn table(&mut self, title: &str, findings: impl Iterator<Item = Finding>) {
        if !title.is_empty() {
            let _ = writeln!(self.text, "### {title}\n");
        }
        self.text.push_str("| Severity | Rule | Place | What |\n|---|---|---|---|\n");
        let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in findings {
            if self.text.len() > TABLE_BYTES {
                *left_out.entry(finding.rule.id).or_default() += 1;
                continue;
            }
            let mut message = escape::markdown(&self.masks.words(&finding, &finding.message));
            match &finding.disposition {
                Disposition::Open => {}
                Disposition::Baseline => message.push_str(" (in the baseline)"),
                Disposition::NotAffected { reason, .. } => {
                    let reason = escape::markdown(&self.masks.text(reason));
                    let _ = write!(message, " (not affected: {reason})");
                }
                Disposition::Waived { reason, until, .. } => {
                    let reason = escape::markdown(&self.masks.text(reason));
                    let until = until.as_ref().map(|it| format!(" until {}", escape::markdown(it)));
                    let _ = write!(message, " (waived{}: {reason})", until.unwrap_or_default());
                }
            }
            let severity = finding.severity.name();
            let (rule, place) = (self.rule(&finding), self.place(&finding));
            let _ = writeln!(self.text, "| {severity} | {rule} | {place} | {message} |");
        }
        self.text.push('\n');
        if !left_out.is_empty() {
            let n_findings: usize = left_out.values().sum();
            let rules: Vec<String> = left_out
                .iter()
                .map(|it| format!("<code>{}</code> {}", escape::markdown(it.0), it.1))
                .collect();
            let _ = writeln!(
                self.text,
                "The page is full; {} not listed here: {}.\n",
                count(n_findings, "more finding"),
                rules.join(", ")
            );
        }
    }

    fn rule(&self, finding: &Finding) -> String {
        let id = format!("<code>{}</code>", escape::markdown(finding.rule.id));
        match self.run.help_link(finding.rule.id) {
            Some(link) => format!("<a href=\"{}\">{id}</a>", escape::html(&link)),
            None => id,
        }
    }

    fn place(&self, finding: &Finding) -> String {
        let place = match finding.place.text() {
            Some(location) => {
                let path = self.run.repository_path(location.source.name());
                format!("{path}:{}", location.start().line)
            }
            None => self.masks.words(finding, &place_words(&finding.place)),
        };
        format!("<code>{}</code>", escape::markdown(&place))
    }

    /// The excerpts of the first findings, each to fold out.
    fn details(&mut self, findings: impl Iterator<Item = Finding>, n_findings: usize) {
        let mut n_shown = 0;
        for finding in findings.take(DETAILS) {
            if self.text.len() > DETAIL_BYTES {
                break;
            }
            self.detail(&finding);
            n_shown += 1;
        }
        if n_shown < n_findings {
            let n_more = n_findings - n_shown;
            let _ = writeln!(
                self.text,
                "Source excerpts are shown for the first {n_shown}; the table lists {n_more} \
                 more.\n"
            );
        }
    }

    fn detail(&mut self, finding: &Finding) {
        let Some(location) = finding.place.text() else { return };
        let message = escape::markdown(&self.masks.words(finding, &finding.message));
        let (severity, place) = (finding.severity.name(), self.place(finding));
        let _ = writeln!(self.text, "<details><summary>{severity}: {message} {place}</summary>\n");
        if let Some(why) = help::why(finding.rule.doc) {
            let _ = writeln!(self.text, "{}.\n", escape::markdown(&why));
        }
        let mut code = String::new();
        for row in &excerpt(location, self.masks, 1).rows {
            match row {
                Row::Gap(n_lines) => {
                    let _ = writeln!(code, "  ... {}", count(*n_lines, "more line"));
                }
                Row::Line(line) => {
                    let sign = if line.is_marked { '>' } else { ' ' };
                    let text: String = line.pieces.iter().map(|it| it.text.as_str()).collect();
                    let cut = |is_cut| if is_cut { "…" } else { "" };
                    let text = escape::lines(&text);
                    let (before, after) = (cut(line.cut_before), cut(line.cut_after));
                    let number = line.number;
                    let _ = writeln!(code, "{sign} {number:>4} {before}{text}{after}");
                }
            }
        }
        let fence = fence(&code);
        let _ = writeln!(self.text, "{fence}text\n{code}{fence}\n");
        for fact in &finding.evidence {
            let fact = escape::markdown(&self.masks.words(finding, fact));
            let _ = writeln!(self.text, "- {fact}");
        }
        for fix in &finding.fixes {
            let title = escape::markdown(&self.masks.words(finding, &fix.title));
            let _ = writeln!(self.text, "- fix: {title} ({})", safety_hint(fix.safety));
        }
        self.text.push_str("\n</details>\n\n");
    }

    fn gaps(&mut self, verdict: &Verdict) {
        let gaps: Vec<_> = gaps(verdict).collect();
        if gaps.is_empty() {
            return;
        }
        let words = count(gaps.len(), "unit");
        let _ = writeln!(
            self.text,
            "<details><summary>Not fully looked at: {words}</summary>\n\n\
             | State | Unit | Why |\n|---|---|---|"
        );
        for (number, gap) in gaps.iter().enumerate() {
            if self.text.len() > PAGE_BYTES {
                let _ = writeln!(self.text, "| | and {} more | |", gaps.len() - number);
                break;
            }
            let _ = writeln!(
                self.text,
                "| {} | <code>{}</code> | {} |",
                gap.state.name(),
                escape::markdown(&gap.unit),
                escape::markdown(&self.masks.text(&gap.why)),
            );
        }
        self.text.push_str("\n</details>\n");
    }
}

/// A fence that nothing in `code` can close.
fn fence(code: &str) -> String {
    let longest = code.split(|it| it != '`').map(str::len).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}

/// Excerpts are shown for at most so many findings.
const DETAILS: usize = 50;
/// No table row starts after so many bytes.
const TABLE_BYTES: usize = 600 * 1024;
/// No excerpt starts after so many bytes.
const DETAIL_BYTES: usize = 800 * 1024;
/// No gap is listed after so many bytes.
const PAGE_BYTES: usize = 900 * 1024;
