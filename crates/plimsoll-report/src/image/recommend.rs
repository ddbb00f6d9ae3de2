//! Images to build from instead, with what each would mend.

use std::{collections::BTreeMap, io};

use plimsoll_finding::Severity;

use crate::{
    escape,
    image::{
        Advisories,
        json::advisories_twin,
        view::{advisories_words, bytes},
    },
    json::write_document,
    tally::WORST_FIRST,
    terminal::{Options, Style, wrap},
    wire::v1::{SCHEMA, image as wire},
};

/// What could be built from instead.
#[derive(Clone, Debug, Default)]
pub struct Recommendation {
    /// The image that was asked about.
    pub target: String,
    /// The image that it is built from; empty where that is not known.
    pub current: String,
    /// How that is known, in words; may be empty.
    pub evidence: String,
    /// Why nothing can be said, in words; empty where something can.
    pub note: String,
    /// The facts that it was judged by.
    pub advisories: Option<Advisories>,
    /// Better ones, the most needed first.
    pub candidates: Vec<Candidate>,
}

/// An image to build from instead.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its name.
    pub reference: String,
    /// What it is better in.
    pub kind: CandidateKind,
    /// Why, in words.
    pub why: String,
    /// Open vulnerabilities that it mends, by severity; `None` is not known.
    pub fixes: Option<BTreeMap<Severity, usize>>,
    /// The day of its release, as `YYYY-MM-DD`; empty is not known.
    pub released: String,
    /// Its size in bytes; `None` is not known.
    pub size: Option<u64>,
}

/// What an image is better in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CandidateKind {
    /// It still gets fixes.
    Supported,
    /// The same release with later fixes.
    NewerPatch,
    /// A later release that promises to be compatible.
    NewerMinor,
    /// The same version with less in it.
    Slimmer,
}

impl CandidateKind {
    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::NewerPatch => "newer-patch",
            Self::NewerMinor => "newer-minor",
            Self::Slimmer => "slimmer",
        }
    }
}

/// Writes `recommendation` for machines.
pub fn write_json(recommendation: &Recommendation, out: &mut dyn io::Write) -> io::Result<()> {
    let candidate = |it: &Candidate| wire::Candidate {
        reference: it.reference.clone(),
        kind: it.kind.name(),
        why: it.why.clone(),
        fixes: it.fixes.as_ref().map(|it| it.iter().map(|it| (it.0.name(), *it.1)).collect()),
        released: Some(it.released.clone()).filter(|it| !it.is_empty()),
        size: it.size,
    };
    let report = wire::RecommendationReport {
        schema: SCHEMA,
        target: recommendation.target.clone(),
        current: recommendation.current.clone(),
        evidence: recommendation.evidence.clone(),
        note: recommendation.note.clone(),
        candidates: recommendation.candidates.iter().map(candidate).collect(),
        advisories: recommendation.advisories.as_ref().map(advisories_twin),
    };
    write_document(&report, out)
}

/// Writes `recommendation` for a reader at a terminal.
pub fn write_human(
    recommendation: &Recommendation,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut say = |indent: usize, text: &str, style: Style| {
        let lines = wrap(&escape::line(text), options.columns() - indent, 0);
        lines.iter().try_for_each(|it| writeln!(out, "{:indent$}{}", "", options.paint(style, it)))
    };
    let opening = opening(recommendation);
    say(0, &opening, Style::Bold)?;
    if recommendation.candidates.is_empty() {
        say(2, nothing(recommendation), Style::Faint)?;
    }
    for candidate in &recommendation.candidates {
        say(2, &candidate.reference, Style::Good)?;
        say(4, &candidate.why, Style::Frame)?;
        say(4, &facts(candidate), Style::Faint)?;
    }
    say(0, &advisories_words(recommendation.advisories.as_ref()), Style::Faint)
}

/// Writes `recommendation` as Markdown.
pub fn write_markdown(recommendation: &Recommendation, out: &mut dyn io::Write) -> io::Result<()> {
    let safe = escape::markdown;
    writeln!(out, "## {}\n", safe(&opening(recommendation)))?;
    if recommendation.candidates.is_empty() {
        writeln!(out, "{}.\n", safe(nothing(recommendation)))?;
    } else {
        writeln!(out, "| Image | Kind | Why | What it mends |\n|---|---|---|---|")?;
    }
    for it in &recommendation.candidates {
        let (reference, why) = (safe(&it.reference), safe(&it.why));
        writeln!(
            out,
            "| <code>{reference}</code> | {} | {why} | {} |",
            it.kind.name(),
            safe(&facts(it))
        )?;
    }
    writeln!(out, "\n{}.", safe(&advisories_words(recommendation.advisories.as_ref())))
}

fn opening(it: &Recommendation) -> String {
    let evidence = match it.evidence.as_str() {
        "" => String::new(),
        words => format!(" (known by {words})"),
    };
    match it.current.as_str() {
        "" => format!("{}: built from an image that is not known", it.target),
        current => format!("{}: built from {current}{evidence}", it.target),
    }
}

fn nothing(it: &Recommendation) -> &str {
    match it.note.as_str() {
        "" => "no better image is known in its repository",
        note => note,
    }
}

/// What it mends, when it was released, how big it is.
fn facts(candidate: &Candidate) -> String {
    let fixes = fixes_words(candidate.fixes.as_ref());
    let size = candidate.size.map(|it| format!(", {}", bytes(it))).unwrap_or_default();
    let released = match candidate.released.as_str() {
        "" => String::new(),
        day => format!(", released {day}"),
    };
    format!("{fixes}{released}{size}")
}

fn fixes_words(fixes: Option<&BTreeMap<Severity, usize>>) -> String {
    let Some(fixes) = fixes else { return String::from("what it mends is not known") };
    let all = WORST_FIRST.iter().filter_map(|it| Some((fixes.get(it)?, it.name())));
    let words: Vec<String> =
        all.filter(|it| *it.0 > 0).map(|it| format!("{} {}", it.0, it.1)).collect();
    match words.as_slice() {
        [] => String::from("nothing says that it mends a known vulnerability"),
        words => format!("mends at least {} of the vulnerabilities found", words.join(", ")),
    }
}
