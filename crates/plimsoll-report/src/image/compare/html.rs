//! Two images beside each other, as one page that holds everything and asks nobody.

use std::{fmt::Write as _, io};

use crate::{
    escape::{self, html},
    html::{Opening, Page},
    image::{
        compare::{
            Comparison, LAYERS, LayerChange, Side, conclusion, layer_facts, outcome_words, parts,
            side_words, sign_word,
        },
        html::{STYLE as IMAGE_STYLE, capital, percent},
    },
    mask::Masks,
    run::Run,
};

/// Writes `comparison` as one HTML page.
pub fn write(comparison: &Comparison, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    // The texts of a comparison are masked already.
    let masks = Masks::from_locations(std::iter::empty());
    let mut page = Page::new(run, &masks, out);
    let (old, new) = (&comparison.old.name, &comparison.new.name);
    page.open(&Opening {
        title: &format!("Plimsoll: {} and {}", escape::line(old), escape::line(new)),
        heading: &format!("{old} and {new}"),
        lead: &format!("{}. {}.", capital(&outcome_words(comparison)), capital(&comparison.facts)),
        outcome: comparison.outcome(),
        styles: &[IMAGE_STYLE, STYLE],
        script: "",
    })?;
    page.markup(&sides(comparison))?;
    page.markup(&layers(comparison))?;
    page.markup("</main><div class=\"wide\">")?;
    for (title, lines, _) in parts(comparison) {
        // The layers stand above as a picture.
        if lines.is_empty() || title.starts_with(LAYERS) {
            continue;
        }
        let mut part = format!(
            "<section class=\"block\"><details open><summary><h2>{}</h2></summary>\
             <ul class=\"changes\">",
            html(&capital(&title))
        );
        for (sign, text) in lines.iter().take(LINES) {
            let (class, word) = (sign_class(*sign), sign_word(*sign));
            let word = word.trim_end_matches([':', ' ']);
            let _ = write!(part, "<li class=\"{class}\"><b>{word}</b>{}</li>", html(text));
        }
        if lines.len() > LINES {
            let _ = write!(part, "<li>and {} more</li>", lines.len() - LINES);
        }
        part.push_str("</ul></details></section>");
        page.markup(&part)?;
    }
    page.foot("")
}

fn sides(comparison: &Comparison) -> String {
    let mut res = String::from("<section class=\"cards\" aria-label=\"Overview\">");
    let card = |res: &mut String, title: &str, side: &Side| {
        let _ = write!(
            res,
            "<div class=\"card\"><h2>{title}</h2><dl class=\"facts\"><div><dt>name</dt>\
             <dd>{}</dd></div><div><dt>digest</dt><dd>{}</dd></div><div><dt>content</dt>\
             <dd>{}</dd></div></dl></div>",
            html(&side.name),
            html(if side.digest.is_empty() { "none" } else { &side.digest }),
            html(&side_words(side)),
        );
    };
    card(&mut res, "Before", &comparison.old);
    card(&mut res, "After", &comparison.new);
    let words: Vec<String> =
        conclusion(comparison).split("; ").map(|it| html(&capital(it))).collect();
    let words = words.join("<br>");
    let _ = write!(
        res,
        "<div class=\"card\"><h2>Difference</h2><p class=\"aside\">{words}</p></div></section>"
    );
    res
}

/// The layers of both as bars of one scale: those that both have, those that went, those that came.
fn layers(comparison: &Comparison) -> String {
    if comparison.layers.is_empty() {
        return String::new();
    }
    let largest = comparison.layers.iter().map(|it| it.size).max().unwrap_or_default();
    let mut res = String::from(
        "<section class=\"block\" id=\"layers\"><h2>Layers</h2><p class=\"aside key\">Lowest \
         first. <span class=\"kept\">in both</span> <span class=\"gone\">only before</span> \
         <span class=\"came\">only after</span></p><ol class=\"layers\">",
    );
    for layer in &comparison.layers {
        let class = layer_class(layer);
        let instruction = html(&layer.instruction);
        let facts = layer_facts(layer);
        let (size, facts) = facts.split_once(", ").unwrap_or((&facts, ""));
        let _ = write!(
            res,
            "<li class=\"{class}\"><div class=\"row\"><span class=\"nth\">{}</span>\
             <span class=\"size\">{size}</span><svg viewBox=\"0 0 100 4\" \
             preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"{class}\" \
             width=\"{:.3}\" height=\"4\"/></svg><span class=\"what\">{}{facts}</span></div>\
             <code>{instruction}</code></li>",
            layer.number,
            percent(layer.size, largest),
            layer_words(layer),
        );
    }
    res.push_str("</ol></section>");
    res
}

fn layer_class(layer: &LayerChange) -> &'static str {
    match (layer.in_old, layer.in_new) {
        (true, true) => "kept",
        (true, false) => "gone",
        (false, _) => "came",
    }
}

fn layer_words(layer: &LayerChange) -> &'static str {
    match (layer.in_old, layer.in_new) {
        (true, true) => "",
        (true, false) => "<b>only before</b> ",
        (false, _) => "<b>only after</b> ",
    }
}

fn sign_class(sign: char) -> &'static str {
    match sign {
        '+' => "came",
        '-' => "gone",
        '~' => "changed",
        _ => "gap",
    }
}

const STYLE: &str = include_str!("compare.css");
/// So many lines of a part are listed.
const LINES: usize = 5_000;
