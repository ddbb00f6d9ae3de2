//! One page that holds everything and asks nobody: no network, no font, no image from outside. It
//! reads well without its script, which only adds the filters. A strict policy names style and
//! script by their hash, so that nothing foreign runs even if an escape were missing.

pub(crate) mod chart;
mod prose;

use std::{collections::BTreeMap, fmt::Write as _, io};

use plimsoll_finding::{Disposition, Finding, Fix, RuleInfo};
use plimsoll_policy::{Outcome, Verdict};
use plimsoll_text::Location;
use sha2::{Digest as _, Sha256};

use crate::{
    diff::{DiffLine, diff},
    escape::{self, html},
    excerpt::{Row, excerpt},
    help,
    human::by_file,
    mask::Masks,
    place::place_words,
    run::Run,
    tally::{self, Tally, WORST_FIRST, count, gaps, judged_words},
    wire::v1::{self, Twins},
};

/// Writes `verdict` as one HTML page.
pub fn write(verdict: &Verdict, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let mut page = Page::new(run, &masks, out);
    page.head(verdict)?;
    page.overview(verdict)?;
    page.filters(verdict)?;
    page.findings(verdict)?;
    page.rules(verdict)?;
    page.gaps(verdict)?;
    page.foot(SCRIPT)
}

/// A page that is being written.
pub(crate) struct Page<'a> {
    run: &'a Run,
    masks: &'a Masks,
    out: &'a mut dyn io::Write,
}

/// What stands at the top of a page, and what it is dressed in.
pub(crate) struct Opening<'a> {
    /// Its title, as text.
    pub(crate) title: &'a str,
    /// Its heading, as text.
    pub(crate) heading: &'a str,
    /// A line under the heading, as text.
    pub(crate) lead: &'a str,
    /// What it comes to.
    pub(crate) outcome: Outcome,
    /// Styles beside that of every page.
    pub(crate) styles: &'a [&'static str],
    /// The script.
    pub(crate) script: &'static str,
}

impl<'a> Page<'a> {
    /// An empty page.
    pub(crate) fn new(run: &'a Run, masks: &'a Masks, out: &'a mut dyn io::Write) -> Self {
        Self { run, masks, out }
    }

    /// Writes markup that is safe already.
    pub(crate) fn markup(&mut self, markup: &str) -> io::Result<()> {
        writeln!(self.out, "{markup}")
    }

    fn head(&mut self, verdict: &Verdict) -> io::Result<()> {
        let tally = Tally::of(verdict.findings.heads());
        let judged = judged_words(verdict).map(|it| format!("Judged {it}."));
        let judged = judged.unwrap_or_else(|| String::from("Nothing was judged."));
        self.open(&Opening {
            title: &format!("Plimsoll: {}", count(tally.open, "finding")),
            heading: "Plimsoll report",
            lead: &judged,
            outcome: verdict.outcome,
            styles: &[],
            script: SCRIPT,
        })
    }

    /// Everything up to the first section.
    pub(crate) fn open(&mut self, opening: &Opening<'_>) -> io::Result<()> {
        let styles: Vec<&str> = [STYLE].into_iter().chain(opening.styles.iter().copied()).collect();
        let hashes: Vec<String> =
            styles.iter().map(|it| format!("'sha256-{}'", hash(it))).collect();
        let policy = format!(
            "default-src 'none'; style-src {}; script-src 'sha256-{}'; \
             base-uri 'none'; form-action 'none'",
            hashes.join(" "),
            hash(opening.script)
        );
        write!(
            self.out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>{}</title>\n",
            html(opening.title)
        )?;
        for style in styles {
            writeln!(self.out, "<style>{style}</style>")?;
        }
        write!(self.out, "</head>\n<body>\n")?;
        let mut facts = Vec::new();
        for value in [&self.run.command, &self.run.started] {
            if !value.is_empty() {
                facts.push(html(&self.masks.text(value)));
            }
        }
        if !self.run.version.is_empty() {
            facts.push(format!("plimsoll {}", html(&self.run.version)));
        }
        let (class, words) = match opening.outcome {
            Outcome::Clean => ("clean", "passes"),
            Outcome::Findings => ("findings", "fails"),
            Outcome::Incomplete => ("incomplete", "incomplete"),
        };
        writeln!(
            self.out,
            "<header class=\"band\"><div class=\"wide\">{}<div class=\"what\">\
             <h1>{}</h1><p>{}</p><p>{}</p></div>\
             <span class=\"outcome {class}\">{words}</span></div></header>\n<main class=\"wide\">",
            chart::SIGN,
            html(opening.heading),
            html(opening.lead),
            facts.join(" &middot; "),
        )
    }

    fn overview(&mut self, verdict: &Verdict) -> io::Result<()> {
        let tally = Tally::of(verdict.findings.heads());
        let mut asides = Vec::new();
        let disposed = tally.disposed_words();
        if !disposed.is_empty() {
            asides.push(format!("Not counted: {disposed}."));
        }
        let n_gaps = gaps(verdict).count();
        if n_gaps > 0 {
            let words = count(n_gaps, "unit");
            asides.push(format!("<a href=\"#gaps\">Not fully looked at: {words}</a>."));
        }
        if tally.safe + tally.needs_unsafe > 0 {
            let n_fixable = tally.safe + tally.needs_unsafe;
            let safe = tally.safe;
            asides.push(format!("{n_fixable} can be fixed by machine, {safe} of them safely."));
        }
        if let Some(threshold) = verdict.fail_on {
            asides.push(format!("Fails at {} or above.", threshold.name()));
        }
        write!(
            self.out,
            "<section class=\"cards\" aria-label=\"Overview\"><div class=\"card\">\
             <h2>By severity</h2>{}",
            chart::ring(&tally)
        )?;
        if !asides.is_empty() {
            write!(self.out, "<p class=\"aside\">{}</p>", asides.join(" "))?;
        }
        let files = chart::bars(tally::by_file(verdict.findings.chunks()), "file");
        let rules = tally::by_rule(verdict).into_iter().map(|it| (it.0.to_owned(), it.1));
        let rules = chart::bars(rules.collect(), "rule");
        writeln!(
            self.out,
            "</div><div class=\"card\"><h2>By file</h2>{files}</div>\
             <div class=\"card\"><h2>By rule</h2>{rules}</div></section>"
        )
    }

    /// The filters; hidden until the script shows them.
    fn filters(&mut self, verdict: &Verdict) -> io::Result<()> {
        if verdict.findings.is_empty() {
            return writeln!(self.out, "</main>");
        }
        let mut res = String::from("</main>\n");
        res.push_str(&filter_bar());
        let files = tally::by_file(verdict.findings.chunks());
        select(&mut res, "file", "All files", files.iter().map(|it| it.0.as_str()));
        select(&mut res, "rule", "All rules", tally::by_rule(verdict).into_keys());
        let Tally { open, waived, baseline, not_affected, .. } =
            Tally::of(verdict.findings.heads());
        let dispositions = [
            ("open", open),
            ("waived", waived),
            ("baseline", baseline),
            ("not-affected", not_affected),
        ];
        let there = dispositions.into_iter().filter(|it| it.1 > 0).map(|it| it.0);
        select(&mut res, "disposition", "Any state", there);
        res.push_str("<button type=\"button\">Reset</button><output></output></div></form>");
        writeln!(self.out, "{res}")
    }

    fn findings(&mut self, verdict: &Verdict) -> io::Result<()> {
        writeln!(self.out, "<div class=\"wide\" id=\"findings\">")?;
        if verdict.findings.is_empty() {
            let (class, words) = match (judged_words(verdict), verdict.outcome) {
                (Some(_), Outcome::Clean) => ("empty good", "No findings."),
                (Some(_), _) => ("empty", "No findings in what could be read."),
                (None, _) => ("empty", "Nothing was judged: no file of a known kind was found."),
            };
            return writeln!(self.out, "<p class=\"{class}\">{words}</p>");
        }
        let twins = Twins::new(verdict, self.masks);
        for chunk in verdict.findings.chunks() {
            let (findings, named): (Vec<Finding>, Vec<v1::Finding>) = twins.pairs(chunk).unzip();
            let pairs: BTreeMap<*const Finding, &v1::Finding> =
                findings.iter().map(std::ptr::from_ref).zip(&named).collect();
            for ((name, tally), (_, findings)) in
                tally::by_file(std::slice::from_ref(chunk)).into_iter().zip(by_file(&findings))
            {
                self.file(&name, &tally, &findings, &pairs)?;
            }
        }
        writeln!(
            self.out,
            "<p class=\"empty\" id=\"nothing-left\" hidden>No finding fits these filters.</p>"
        )
    }

    fn file(
        &mut self,
        name: &str,
        tally: &Tally,
        findings: &[&Finding],
        twins: &BTreeMap<*const Finding, &v1::Finding>,
    ) -> io::Result<()> {
        let open = tally.words();
        let disposed = tally.disposed_words();
        let comma = if open.is_empty() || disposed.is_empty() { "" } else { ", " };
        writeln!(
            self.out,
            "<section class=\"file\"><h2>{} <small>{open}{comma}{disposed}</small></h2>",
            html(name)
        )?;
        for finding in findings {
            if let Some(twin) = twins.get(&std::ptr::from_ref(*finding)) {
                self.finding(finding, twin)?;
            }
        }
        writeln!(self.out, "</section>")
    }

    /// One finding.
    pub(crate) fn finding(&mut self, finding: &Finding, twin: &v1::Finding) -> io::Result<()> {
        let severity = finding.severity.name();
        let disposition = finding.disposition.name();
        let disposed = if finding.disposition == Disposition::Open { "" } else { " disposed" };
        let rule = html(finding.rule.id);
        let mut res = String::new();
        let _ = write!(
            res,
            "<article class=\"finding {severity}{disposed}\" id=\"f-{}\" \
             data-severity=\"{severity}\" data-rule=\"{rule}\" data-file=\"{}\" \
             data-disposition=\"{disposition}\"><header><span class=\"pill\">{severity}</span>\
             <h3>{}</h3></header><p class=\"meta\"><a href=\"#rule-{rule}\"><code>{rule}</code></a>\
             <span>{}</span>",
            html(&twin.fingerprint),
            html(&finding.target().name),
            code_in(&twin.message),
            html(&self.masks.words(finding, &place_words(&finding.place))),
        );
        if finding.confidence < plimsoll_finding::Confidence::High {
            let _ = write!(res, "<span>{} confidence</span>", finding.confidence.name());
        }
        match &finding.disposition {
            Disposition::Open => {}
            Disposition::Baseline => res.push_str("<span>in the baseline</span>"),
            Disposition::NotAffected { reason, .. } => {
                let reason = html(&self.masks.text(reason));
                let _ = write!(res, "<span>not affected: {reason}</span>");
            }
            Disposition::Waived { reason, until, .. } => {
                let reason = html(&self.masks.text(reason));
                let until = until.as_ref().map(|it| format!(" until {}", html(it)));
                let until = until.unwrap_or_default();
                let _ = write!(res, "<span>waived{until}: {reason}</span>");
            }
        }
        res.push_str("</p>");
        if let Some(location) = finding.place.text() {
            self.code(location, 2, &mut res);
        }
        if let Some(why) = help::why(finding.rule.doc) {
            let _ = write!(res, "<p class=\"why\">{}.</p>", code_in(&why));
        }
        for (related, twin) in finding.related.iter().zip(&twin.related).take(RELATED) {
            let Some(location) = related.place.text() else { continue };
            let place = html(&self.masks.words(finding, &place_words(&related.place)));
            let message = code_in(&twin.message);
            let _ = write!(
                res,
                "<div class=\"related\"><p>{message} <span class=\"meta\">{place}</span></p>"
            );
            self.code(location, 0, &mut res);
            res.push_str("</div>");
        }
        if finding.related.len() > RELATED {
            let words = count(finding.related.len() - RELATED, "more related place");
            let _ = write!(res, "<p class=\"related\">{words}</p>");
        }
        for (fix, twin) in finding.fixes.iter().zip(&twin.fixes) {
            self.fix(fix, twin, &mut res);
        }
        facts(twin, &mut res);
        res.push_str("</article>");
        writeln!(self.out, "{res}")
    }

    fn code(&self, location: &Location, around: usize, out: &mut String) {
        out.push_str("<div class=\"code\">");
        for row in &excerpt(location, self.masks, around).rows {
            let line = match row {
                Row::Line(line) => line,
                Row::Gap(n_lines) => {
                    let words = count(*n_lines, "more line");
                    let _ = write!(out, "<div class=\"l gap\">&hellip; {words}</div>");
                    continue;
                }
            };
            let on = if line.is_marked { " on" } else { "" };
            let number = line.number;
            let _ = write!(out, "<div class=\"l{on}\"><span class=\"n\">{number}</span><span>");
            out.push_str(if line.cut_before { "&hellip;" } else { "" });
            for piece in &line.pieces {
                let text = html(&piece.text);
                let _ = match (piece.is_marked, text.is_empty()) {
                    (true, true) => write!(out, "<mark class=\"point\"></mark>"),
                    (true, false) => write!(out, "<mark>{text}</mark>"),
                    (false, _) => write!(out, "{text}"),
                };
            }
            out.push_str(if line.cut_after { "&hellip;" } else { "" });
            out.push_str("</span></div>\n");
        }
        out.push_str("</div>");
    }

    fn fix(&self, fix: &Fix, twin: &v1::Fix, out: &mut String) {
        let safety = fix.safety.name();
        let _ = write!(
            out,
            "<details><summary>Fix: {} <span class=\"safety {safety}\">{safety}</span></summary>\
             <div class=\"code diff\">",
            code_in(&twin.title)
        );
        for line in diff(&fix.source, &fix.edits, self.masks) {
            let (sign, text) = line.parts();
            let class = match line {
                DiffLine::At(_) => "at",
                DiffLine::Same(_) => "same",
                DiffLine::Old(_) => "old",
                DiffLine::New(_) => "new",
            };
            let text = html(&escape::line(&text.replace('\t', "    ")));
            let _ = write!(out, "<div class=\"l {class}\"><span class=\"n\">{sign}</span>");
            let _ = writeln!(out, "<span>{text}</span></div>");
        }
        out.push_str("</div></details>");
    }

    /// The help of every rule that found something, once.
    pub(crate) fn rules(&mut self, verdict: &Verdict) -> io::Result<()> {
        let rules: BTreeMap<&str, &RuleInfo> =
            verdict.findings.heads().map(|it| (it.rule.id, it.rule)).collect();
        if rules.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "<section class=\"block\"><h2>What the rules say</h2>")?;
        for rule in rules.values() {
            let id = html(rule.id);
            let mut text = prose::prose(help::body(rule.doc));
            if let Some(link) = self.run.help_link(rule.id) {
                let link = html(&link);
                let _ = write!(
                    text,
                    "<p><a href=\"{link}\" rel=\"noreferrer noopener\">{link}</a></p>"
                );
            }
            writeln!(
                self.out,
                "<details id=\"rule-{id}\"><summary><code>{id}</code> {}</summary>\
                 <div class=\"prose\">{text}</div></details>",
                code_in(rule.title())
            )?;
        }
        writeln!(self.out, "</section>")
    }

    /// What was not fully looked at.
    pub(crate) fn gaps(&mut self, verdict: &Verdict) -> io::Result<()> {
        let gaps: Vec<_> = gaps(verdict).collect();
        if gaps.is_empty() {
            return Ok(());
        }
        writeln!(
            self.out,
            "<section class=\"block\" id=\"gaps\"><h2>Not fully looked at</h2>\
             <div class=\"scroll\"><table><tr><th>State</th><th>Unit</th><th>Why</th></tr>"
        )?;
        for gap in gaps {
            writeln!(
                self.out,
                "<tr><td class=\"state\">{}</td><td><code>{}</code></td><td>{}</td></tr>",
                gap.state.name(),
                html(&gap.unit),
                code_in(&self.masks.text(&gap.why)),
            )?;
        }
        writeln!(self.out, "</table></div></section>")
    }

    /// What stands at the end, and the script.
    pub(crate) fn foot(&mut self, script: &str) -> io::Result<()> {
        writeln!(
            self.out,
            "<footer>This page is complete in itself: it loads nothing and sends nothing. \
             Secrets are masked.</footer></div>\n<script>{script}</script>\n</body>\n</html>"
        )
    }
}

/// The start of the filters: search and severities.
pub(crate) fn filter_bar() -> String {
    let mut res = String::from(
        "<form class=\"filters\" id=\"filters\" hidden><div class=\"wide\">\
         <input type=\"search\" placeholder=\"Search\" aria-label=\"Search\">\
         <div class=\"chips\" role=\"group\" aria-label=\"Severity\">",
    );
    for severity in WORST_FIRST {
        let name = severity.name();
        let _ = write!(
            res,
            "<label class=\"{name}\"><input type=\"checkbox\" value=\"{name}\" checked>\
             <span>{name}</span></label>"
        );
    }
    res.push_str("</div>");
    res
}

/// A choice among `values`.
pub(crate) fn select<'a>(
    out: &mut String,
    name: &str,
    all: &str,
    values: impl Iterator<Item = &'a str>,
) {
    let _ = write!(
        out,
        "<select name=\"{name}\" aria-label=\"{all}\"><option value=\"\">{all}</option>"
    );
    for value in values {
        let value = html(value);
        let _ = write!(out, "<option value=\"{value}\">{value}</option>");
    }
    out.push_str("</select>");
}

/// Evidence, controls and other names, to fold out.
fn facts(twin: &v1::Finding, out: &mut String) {
    if twin.evidence.is_empty() && twin.controls.is_empty() && twin.aliases.is_empty() {
        return;
    }
    out.push_str("<details><summary>Evidence and references</summary><ul>");
    for fact in &twin.evidence {
        let _ = write!(out, "<li>{}</li>", code_in(fact));
    }
    for (label, names) in
        [("Controls", twin.controls.join(", ")), ("Also known as", twin.aliases.join(", "))]
    {
        if !names.is_empty() {
            let _ = write!(out, "<li>{label}: {}</li>", html(&names));
        }
    }
    out.push_str("</ul></details>");
}

/// Text with what stands between backticks as code.
fn code_in(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return html(text);
    }
    let mut res = String::new();
    for (number, part) in parts.iter().enumerate() {
        let part = html(part);
        let _ = if number % 2 == 1 {
            write!(res, "<code>{part}</code>")
        } else {
            write!(res, "{part}")
        };
    }
    res
}

/// The hash of an inline style or script, as a content security policy wants it.
fn hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = Sha256::digest(text.as_bytes());
    let mut res = String::with_capacity(44);
    for chunk in digest.chunks(3) {
        let mut bits = 0_u32;
        for place in 0..3 {
            bits = bits << 8 | u32::from(chunk.get(place).copied().unwrap_or_default());
        }
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) & 63;
            let is_there = place <= chunk.len();
            let digit = usize::try_from(digit).ok().and_then(|it| DIGITS.get(it));
            res.push(digit.filter(|_| is_there).map_or('=', |it| char::from(*it)));
        }
    }
    res
}

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");
/// At most so many related places are shown with a finding.
const RELATED: usize = 20;

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn the_hash_is_the_one_that_browsers_compute() {
        assert_eq!(hash(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
