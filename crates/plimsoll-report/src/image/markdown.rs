//! An image on the summary page of a CI step: how it stands and what to do, above the findings.

use std::{fmt::Write as _, io};

use plimsoll_finding::SubjectKind;
use plimsoll_policy::Verdict;

use crate::{
    escape::markdown as safe,
    image::{
        Image,
        human::{advice_lines, content, identity, threats},
        view::View,
    },
    markdown::write_below,
    mask::Masks,
    run::Run,
    tally::Tally,
};

/// Writes `image` and what `verdict` says of it as Markdown.
pub fn write(
    image: &Image,
    verdict: &Verdict,
    run: &Run,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let view = View::new(image, verdict, &masks);
    write_below(&quickview(&view), verdict, run, out)
}

/// What it is and how it stands.
pub(crate) fn quickview(view: &View<'_>) -> String {
    let counts = view.counts();
    let words = |text: &str| safe(&view.masks.text(text));
    let mut res = format!("# {}\n\n| | |\n|---|---|\n", words(&view.image.name));
    for (label, text) in identity(view, false) {
        let _ = writeln!(res, "| {label} | {} |", words(&text));
    }
    if let Some(base) = &view.image.base {
        let contributes = view.base_words(base);
        let _ = writeln!(
            res,
            "| base image | {}: {contributes}, {} of {} vulnerabilities |",
            words(&base.name),
            counts.in_base,
            counts.vulnerabilities.open
        );
    }
    let _ = writeln!(res, "| content | {} |", words(&content(view)));
    for (label, tally, kind) in [
        ("vulnerabilities", &counts.vulnerabilities, SubjectKind::Package),
        ("secrets", &counts.secrets, SubjectKind::Secret),
        ("configuration", &counts.configuration, SubjectKind::Image),
    ] {
        let _ = writeln!(res, "| {label} | {} |", tally_words(tally, view.nothing_of(kind)));
    }
    let threats = threats(&counts);
    if !threats.is_empty() {
        let _ = writeln!(res, "| urgency | {threats} |");
    }
    let _ = writeln!(res, "| facts | {} |\n", words(&view.advisories_words()));
    let advice = advice_lines(view);
    if !advice.is_empty() {
        res.push_str("**What to do**\n\n");
        for (number, (line, _)) in advice.iter().take(ADVICE).enumerate() {
            let _ = writeln!(res, "{}. {}", number + 1, safe(line));
        }
        res.push('\n');
    }
    res
}

fn tally_words(tally: &Tally, nothing: &str) -> String {
    let open = if tally.open == 0 {
        nothing.to_owned()
    } else {
        format!("**{}**: {}", tally.open, tally.words())
    };
    let disposed = tally.disposed_words();
    if disposed.is_empty() { open } else { format!("{open} ({disposed})") }
}

/// So many changes are listed.
const ADVICE: usize = 10;
