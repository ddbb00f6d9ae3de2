//! What is different between compose files and what runs, for people and machines.

use std::io;

use plimsoll_text::Location;
use serde_json::json;

use crate::{
    escape,
    json::write_document,
    tally::count,
    terminal::{Options, Style, wrap},
    wire::v1::{Place, SCHEMA},
};

/// What comparing came to.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    /// The differences, by service and container.
    pub differences: Vec<Difference>,
    /// Containers that were compared.
    pub n_compared: usize,
    /// What could not be compared, each in one sentence.
    pub gaps: Vec<String>,
}

/// One setting that is not as the files say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The container; empty where there is none.
    pub container: String,
    /// The service.
    pub service: String,
    /// The setting as compose calls it; `container` for the container as a whole.
    pub setting: String,
    /// What the files say; `None` where they say nothing.
    pub declared: Option<String>,
    /// What runs; `None` where nothing does.
    pub running: Option<String>,
    /// Where the files say it.
    pub place: Option<Location>,
}

impl Drift {
    /// 1 where anything differs, 3 where nothing could be compared, else 0.
    pub fn exit_code(&self) -> u8 {
        match (self.differences.is_empty(), self.n_compared) {
            (false, _) => 1,
            (true, 0) => 3,
            (true, _) => 0,
        }
    }
}

/// Writes the document for machines.
pub fn write_json(drift: &Drift, out: &mut dyn io::Write) -> io::Result<()> {
    let differences: Vec<_> = drift
        .differences
        .iter()
        .map(|it| {
            json!({
                "container": (!it.container.is_empty()).then_some(&it.container),
                "service": it.service,
                "setting": it.setting,
                "declared": it.declared,
                "running": it.running,
                "place": it.place.as_ref().map(Place::from),
            })
        })
        .collect();
    let document = json!({
        "schema": SCHEMA,
        "differences": differences,
        "compared": drift.n_compared,
        "gaps": drift.gaps,
    });
    write_document(&document, out)
}

/// Writes the differences for a reader at a terminal.
pub fn write_human(drift: &Drift, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut last = None;
    for it in &drift.differences {
        let head = if it.container.is_empty() { &it.service } else { &it.container };
        if last != Some(head) {
            let name = format!("{} (service {})", escape::line(head), escape::line(&it.service));
            writeln!(out, "{}", options.paint(Style::Bold, &name))?;
            last = Some(head);
        }
        let word = |it: &Option<String>| it.clone().unwrap_or_else(|| "nothing".to_owned());
        let place = it.place.as_ref().map(|it| {
            let start = it.start();
            format!(" ({}:{}:{})", it.source.name(), start.line, start.column)
        });
        let (declared, running) = (word(&it.declared), word(&it.running));
        let line = format!(
            "{}: the files say {declared}{}, and there is {running}",
            it.setting,
            place.unwrap_or_default()
        );
        for (number, line) in
            wrap(&escape::line(&line), options.columns() - 4, 0).iter().enumerate()
        {
            writeln!(out, "{}{line}", if number == 0 { "  " } else { "    " })?;
        }
    }
    for gap in &drift.gaps {
        for line in wrap(&escape::line(&format!("not compared: {gap}")), options.columns(), 0) {
            writeln!(out, "{}", options.paint(Style::Faint, &line))?;
        }
    }
    let line = format!(
        "{} in {}",
        count(drift.differences.len(), "difference"),
        count(drift.n_compared, "container")
    );
    writeln!(out, "{line}")
}
