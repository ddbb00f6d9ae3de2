//! What the program says of itself: rules, schemas, completions, manual.

use std::io::{self, BufWriter, Write};

use clap::CommandFactory as _;
use plimsoll_engine::{all_rules, settings_schema};
use plimsoll_report::{rules, schema};

use crate::{
    Failure,
    arguments::{Arguments, RulesArguments, RulesFormat, SchemaKind},
    terminal::options,
};

/// Lists every rule.
pub(crate) fn rules(all: &Arguments, arguments: &RulesArguments) -> Result<u8, Failure> {
    let infos = all_rules();
    let mut out = BufWriter::new(io::stdout().lock());
    match arguments.format {
        RulesFormat::Human => rules::write_human(&infos, &options(all, false, false), &mut out)?,
        RulesFormat::Json => rules::write_json(&infos, &mut out)?,
        RulesFormat::Markdown => rules::write_markdown(&infos, &mut out)?,
    }
    out.flush()?;
    Ok(0)
}

/// Prints the help of every rule that `name` means.
pub(crate) fn explain(all: &Arguments, name: &str) -> Result<u8, Failure> {
    let infos = all_rules();
    let found: Vec<_> = infos.iter().filter(|it| it.is_called(name)).collect();
    if found.is_empty() {
        let nearest = plimsoll_engine::nearest_rule(name);
        let name = name.to_owned();
        return Err(plimsoll_engine::Error::UnknownRule { name, nearest }.into());
    }
    let mut out = BufWriter::new(io::stdout().lock());
    for (idx, rule) in found.iter().enumerate() {
        if idx > 0 {
            writeln!(out)?;
        }
        rules::write_help(rule, &options(all, false, false), &mut out)?;
    }
    out.flush()?;
    Ok(0)
}

/// Prints a JSON schema.
pub(crate) fn schema(kind: SchemaKind) -> Result<u8, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let document = match kind {
        SchemaKind::Settings => {
            let schema = settings_schema(&all_rules());
            serde_json::to_writer_pretty(&mut out, &schema).map_err(io::Error::from)?;
            writeln!(out)?;
            None
        }
        SchemaKind::Report => Some(schema::Document::Report),
        SchemaKind::Rules => Some(schema::Document::Rules),
        SchemaKind::Fix => Some(schema::Document::Fix),
        SchemaKind::Posture => Some(schema::Document::Posture),
        SchemaKind::Host => Some(schema::Document::Host),
        SchemaKind::Image => Some(schema::Document::Image),
        SchemaKind::ImageComparison => Some(schema::Document::ImageComparison),
        SchemaKind::ImageRecommendation => Some(schema::Document::ImageRecommendation),
        SchemaKind::Secrets => Some(schema::Document::Secrets),
        SchemaKind::Database => Some(schema::Document::Database),
    };
    if let Some(document) = document {
        schema::write(document, &mut out)?;
    }
    out.flush()?;
    Ok(0)
}

/// Prints a shell's completion script.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<u8, Failure> {
    let mut command = Arguments::command();
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, "plimsoll", &mut text);
    io::stdout().lock().write_all(&text)?;
    Ok(0)
}

/// Prints the manual page.
pub(crate) fn manual() -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut text)?;
    io::stdout().lock().write_all(&text)?;
    Ok(0)
}
