//! The charts of the page: plain SVG that needs no script and takes its colours from the style.

use std::fmt::Write as _;

use crate::{
    escape::html,
    tally::{Tally, count},
};

/// A ring of the open findings by severity, with its legend.
pub(crate) fn ring(tally: &Tally) -> String {
    let mut res = String::from("<div class=\"donut\">");
    let words = if tally.open == 0 { String::from("no findings") } else { tally.words() };
    let _ = write!(
        res,
        "<svg viewBox=\"0 0 42 42\" role=\"img\" aria-label=\"{}\">\
         <circle class=\"ring\" cx=\"21\" cy=\"21\" r=\"15.9155\" fill=\"none\" \
         stroke-width=\"5\"/>",
        html(&words)
    );
    // The circumference is 100, so lengths are percents.
    let mut done = 0.0;
    for (severity, n_findings) in tally.severities().filter(|it| it.1 > 0) {
        let part = percent(n_findings, tally.open);
        let offset = 125.0 - done;
        let _ = write!(
            res,
            "<circle class=\"part {}\" cx=\"21\" cy=\"21\" r=\"15.9155\" fill=\"none\" \
             stroke-width=\"5\" stroke-dasharray=\"{part:.3} {:.3}\" \
             stroke-dashoffset=\"{offset:.3}\"/>",
            severity.name(),
            100.0 - part
        );
        done += part;
    }
    let unit = if tally.open == 1 { "finding" } else { "findings" };
    let _ = write!(
        res,
        "<text x=\"21\" y=\"22.5\" font-size=\"10\">{}</text>\
         <text class=\"unit\" x=\"21\" y=\"28.5\">{unit}</text></svg><ul class=\"legend\">",
        tally.open
    );
    for (severity, n_findings) in tally.severities() {
        let none = if n_findings == 0 { " none" } else { "" };
        let name = severity.name();
        let _ = write!(res, "<li class=\"{name}{none}\">{name} <b>{n_findings}</b></li>");
    }
    res.push_str("</ul></div>");
    res
}

/// One bar for each group of findings, the longest first; the rest is counted.
pub(crate) fn bars(mut rows: Vec<(String, Tally)>, filter: &str) -> String {
    rows.retain(|it| it.1.open > 0);
    rows.sort_by(|a, b| b.1.open.cmp(&a.1.open).then_with(|| a.0.cmp(&b.0)));
    let longest = rows.first().map_or(1, |it| it.1.open);
    let mut res = String::from("<ul class=\"bars\">");
    for (label, tally) in rows.iter().take(BARS) {
        let label = html(label);
        let _ = write!(
            res,
            "<li><a href=\"#findings\" data-filter=\"{filter}\" data-value=\"{label}\" \
             title=\"{label}: {words}\"><span class=\"label\">{label}</span><b>{n_open}</b>\
             <svg viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" role=\"img\" \
             aria-label=\"{words}\">",
            words = tally.words(),
            n_open = tally.open,
        );
        let mut start = 0.0;
        for (severity, n_findings) in tally.severities().filter(|it| it.1 > 0) {
            let part = percent(n_findings, longest);
            let _ = write!(
                res,
                "<rect class=\"{}\" x=\"{start:.3}\" y=\"0\" width=\"{part:.3}\" height=\"4\"/>",
                severity.name()
            );
            start += part;
        }
        res.push_str("</svg></a></li>");
    }
    res.push_str("</ul>");
    if rows.len() > BARS {
        let _ = write!(res, "<p class=\"aside\">and {} more</p>", rows.len() - BARS);
    } else if rows.is_empty() {
        let _ = write!(res, "<p class=\"aside\">{}</p>", count(0, "finding"));
    }
    res
}

/// The sign of the load line: a circle and a bar through it.
pub(crate) const SIGN: &str = "<svg viewBox=\"0 0 40 40\" aria-hidden=\"true\">\
     <g fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\">\
     <circle cx=\"20\" cy=\"20\" r=\"12.5\"/><path d=\"M1 20h38\"/></g></svg>";

#[expect(clippy::cast_precision_loss, reason = "a count of findings is far below the limit")]
fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

/// So many bars are drawn.
const BARS: usize = 8;
