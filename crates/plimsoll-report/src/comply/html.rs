//! An assessment as one page that holds everything, and prints well: a bar of how the controls
//! stand, then each control with its evidence folded in.

use std::{fmt::Write as _, io};

use crate::{
    comply::{AssessedControl, Assessment, CAVEAT, ControlStatus, changed, human::when},
    escape::{self, html},
    html::{Opening, Page},
    mask::Masks,
    run::Run,
};

/// Writes `assessment` as one HTML page.
pub fn write(assessment: &Assessment, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::from_texts(&[]);
    let mut page = Page::new(run, &masks, out);
    page.open(&Opening {
        title: &format!("Plimsoll: {}", assessment.framework.name),
        heading: assessment.framework.name,
        lead: CAVEAT,
        outcome: assessment.outcome(),
        styles: &[STYLE],
        script: "",
    })?;
    page.markup(&overview(assessment))?;
    page.markup(&times(assessment))?;
    for status in ControlStatus::ALL {
        let all: Vec<&AssessedControl> =
            assessment.controls.iter().filter(|it| it.status == status).collect();
        if all.is_empty() {
            continue;
        }
        page.markup(&format!("<section><h2>{} ({})</h2>", capital(status), all.len()))?;
        for control in all {
            page.markup(&section(control))?;
        }
        page.markup("</section>")?;
    }
    if !assessment.gaps.is_empty() {
        page.markup("<section><h2>Could not be looked at</h2><ul>")?;
        for gap in &assessment.gaps {
            page.markup(&format!("<li>{}</li>", text(gap)))?;
        }
        page.markup("</ul></section>")?;
    }
    page.foot("")
}

fn overview(assessment: &Assessment) -> String {
    let mut res = String::from("<section><h2>How the controls stand</h2>");
    let counts: Vec<(ControlStatus, usize)> =
        ControlStatus::ALL.iter().map(|it| (*it, assessment.count(*it))).collect();
    let words: Vec<String> = counts.iter().map(|it| format!("{} {}", it.1, it.0.words())).collect();
    let _ = write!(
        res,
        "<svg class=\"stack\" role=\"img\" aria-label=\"{}\" width=\"100%\" height=\"26\" \
         viewBox=\"0 0 1000 26\" preserveAspectRatio=\"none\">",
        html(&words.join(", "))
    );
    let whole = assessment.controls.len().max(1);
    let mut n_before = 0;
    for (status, number) in &counts {
        let at = |number: usize| number * 1000 / whole;
        let (start, end) = (at(n_before), at(n_before + number));
        let _ = write!(
            res,
            "<rect x=\"{start}\" y=\"0\" width=\"{}\" height=\"26\" fill=\"{}\"/>",
            end - start,
            color(*status)
        );
        n_before += number;
    }
    res.push_str("</svg><p>");
    for (status, number) in &counts {
        let _ = write!(
            res,
            "<span><span class=\"key {}\"></span>{number} {}</span> &nbsp; ",
            status.name(),
            status.words()
        );
    }
    res.push_str("</p><ul>");
    for subject in &assessment.subjects {
        let _ = write!(res, "<li>{}</li>", text(subject));
    }
    res.push_str("</ul></section>");
    res
}

/// Earlier assessments, and what is other than the last time.
fn times(assessment: &Assessment) -> String {
    if assessment.earlier.is_empty() {
        return String::new();
    }
    let mut res =
        String::from("<section><h2>Over time</h2><table class=\"times\"><tr><th>when</th>");
    for status in ControlStatus::ALL {
        let _ = write!(res, "<th>{}</th>", status.words());
    }
    res.push_str("</tr>");
    for earlier in &assessment.earlier {
        let _ = write!(res, "<tr><td>{}</td>", text(when(&earlier.started)));
        for status in ControlStatus::ALL {
            let number = earlier.statuses.values().filter(|it| *it == status.name()).count();
            let _ = write!(res, "<td>{number}</td>");
        }
        res.push_str("</tr>");
    }
    res.push_str("<tr><td>now</td>");
    for status in ControlStatus::ALL {
        let _ = write!(res, "<td>{}</td>", assessment.count(status));
    }
    res.push_str("</tr></table><details><summary>What changed since the last</summary><ul>");
    for (control, before) in changed(assessment) {
        let (id, now) = (html(control.id), control.status.words());
        let before = before.replace('-', " ");
        let _ = write!(res, "<li>{id} is {now}, was {}</li>", text(&before));
    }
    res.push_str("</ul></details></section>");
    res
}

fn section(control: &AssessedControl) -> String {
    let mut res = format!(
        "<article class=\"control\"><h3>{} {}<span class=\"state {}\">{}</span></h3><p>{}</p>",
        html(control.id),
        html(control.title),
        control.status.name(),
        control.status.words(),
        text(&control.why)
    );
    for check in &control.checks {
        let _ = write!(
            res,
            "<details{}><summary>{}: {}</summary><p>{}</p><ul>",
            if check.status == ControlStatus::NotSatisfied { " open" } else { "" },
            html(check.control.title),
            check.status.words(),
            text(&check.why)
        );
        for evidence in &check.evidence {
            let (kind, status) = (evidence.target.kind.name(), evidence.status.name());
            for line in evidence.lines() {
                let _ = write!(res, "<li>{kind}, {status}: {}</li>", text(&line));
            }
        }
        res.push_str("</ul></details>");
    }
    res.push_str("</article>");
    res
}

fn text(text: &str) -> String {
    html(&escape::line(text))
}

fn capital(status: ControlStatus) -> String {
    crate::image::html::capital(status.words())
}

fn color(status: ControlStatus) -> &'static str {
    match status {
        ControlStatus::Satisfied => "#2f7d4f",
        ControlStatus::NotSatisfied => "#b3261e",
        ControlStatus::NotApplicable => "#c9ced6",
        ControlStatus::NotAssessed => "#8a8f98",
    }
}

const STYLE: &str = include_str!("page.css");
