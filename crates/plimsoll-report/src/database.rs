//! What is known of an advisory database, for people and for machines. Knows no store.

use std::{collections::BTreeMap, io};

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    escape, json,
    terminal::{Options, Style, width},
    wire::v1::SCHEMA,
};

/// What is known of an advisory database.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct DatabaseStatus {
    /// The file; none for what the program carries.
    pub path: Option<String>,
    /// The user's store that was passed over since its facts are older.
    pub older: Option<String>,
    /// Version of the format.
    pub format: u32,
    /// Bytes.
    pub size: u64,
    /// The day it was built.
    pub built: Option<String>,
    /// The day up to which all main sources reach.
    pub as_of: Option<String>,
    /// Days since then.
    pub age_days: Option<u32>,
    /// Days after which a scan without findings is not called clean.
    pub max_age_days: u32,
    /// Whether it is older than that, or of unknown age.
    pub is_stale: bool,
    /// How many vulnerabilities it knows.
    pub vulnerabilities: u32,
    /// The day of the EPSS scores; none where they are not in.
    pub epss: Option<String>,
    /// The day of the catalogue of known exploited vulnerabilities; none where it is not in.
    pub known_exploited: Option<String>,
    /// Where its facts come from.
    pub sources: Vec<SourceStatus>,
    /// For what it has facts.
    pub partitions: Vec<PartitionStatus>,
}

/// The document of `db status`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct DatabaseReport<'a> {
    /// Always `plimsoll/v1`.
    schema: &'static str,
    /// What is known of the database.
    database: &'a DatabaseStatus,
}

/// What is known of one source.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct SourceStatus {
    /// Its name.
    pub name: String,
    /// The day of its newest fact.
    pub as_of: Option<String>,
    /// Days since then.
    pub age_days: Option<u32>,
    /// How many records it has.
    pub records: u32,
    /// The licence of its records.
    pub licence: String,
    /// Who made them.
    pub attribution: String,
    /// Where they were fetched; empty where they were not.
    pub url: String,
    /// Whether its silence means age.
    pub is_main: bool,
}

/// For which release of which ecosystem there are facts.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct PartitionStatus {
    /// The ecosystem.
    pub ecosystem: String,
    /// The release; empty where there is only one.
    pub release: String,
    /// How many statements there are.
    pub rows: u32,
}

/// Writes the document for machines.
pub fn write_json(status: &DatabaseStatus, out: &mut dyn io::Write) -> io::Result<()> {
    json::write_document(&DatabaseReport { schema: SCHEMA, database: status }, out)
}

/// Writes it for people.
pub fn write_human(
    status: &DatabaseStatus,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let place = match &status.path {
        Some(path) => escape::line(path),
        None => "embedded in the program".to_owned(),
    };
    writeln!(out, "{}", options.paint(Style::Bold, &place))?;
    if let Some(older) = &status.older {
        writeln!(out, "  your store has older facts and is not used: {}", escape::line(older))?;
    }
    let unknown = || "not known".to_owned();
    let (built, size) = (status.built.clone().unwrap_or_else(unknown), status.size);
    writeln!(out, "  format {}, {}, built {built}", status.format, bytes(size))?;
    let day = |it: &Option<String>| it.clone().unwrap_or_else(|| "not in it".to_owned());
    writeln!(
        out,
        "  {} vulnerabilities; known exploited: {}; EPSS: {}",
        status.vulnerabilities,
        day(&status.known_exploited),
        day(&status.epss)
    )?;
    let age = status.age_days.map_or_else(unknown, |it| format!("{it} days"));
    let as_of = status.as_of.clone().unwrap_or_else(unknown);
    writeln!(out, "  facts up to {as_of}, age {age} (allowed: {} days)", status.max_age_days)?;
    if status.is_stale {
        let help = "too old to call a scan clean; renew it with `plimsoll db update`";
        writeln!(out, "  {}", options.paint(Style::Bold, help))?;
    }
    write_sources(&status.sources, options, out)?;
    write_partitions(&status.partitions, options, out)
}

fn write_sources(
    sources: &[SourceStatus],
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if sources.is_empty() {
        return writeln!(out, "\nno sources: it knows nothing");
    }
    writeln!(out, "\n{}", options.paint(Style::Bold, "sources"))?;
    let columns = sources.iter().map(|it| width(&escape::line(&it.name))).max().unwrap_or_default();
    for source in sources {
        let name = escape::line(&source.name);
        let gap = " ".repeat(columns.saturating_sub(width(&name)));
        let as_of = source.as_of.as_deref().unwrap_or("not known ");
        let age = source.age_days.map(|it| format!("{it} days")).unwrap_or_default();
        let licence = options.paint(Style::Faint, &escape::line(&source.licence));
        writeln!(
            out,
            "  {name}{gap}  {as_of}  {age:>10}  {:>8} records  {licence}",
            source.records
        )?;
    }
    Ok(())
}

fn write_partitions(
    partitions: &[PartitionStatus],
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut by_ecosystem: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for it in partitions {
        let release =
            if it.release.is_empty() { String::new() } else { format!("{}: ", it.release) };
        by_ecosystem.entry(&it.ecosystem).or_default().push(format!("{release}{}", it.rows));
    }
    if by_ecosystem.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", options.paint(Style::Bold, "statements"))?;
    for (ecosystem, releases) in by_ecosystem {
        writeln!(out, "  {}: {}", escape::line(ecosystem), escape::line(&releases.join(", ")))?;
    }
    Ok(())
}

/// A number of bytes for people.
#[expect(clippy::cast_precision_loss, reason = "one digit after the point is shown")]
pub fn bytes(n: u64) -> String {
    match n {
        0..1_024 => format!("{n} bytes"),
        1_024..1_048_576 => format!("{:.1} KiB", n as f64 / 1_024.0),
        _ => format!("{:.1} MiB", n as f64 / 1_048_576.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{DatabaseStatus, PartitionStatus, SourceStatus, write_human, write_json};
    use crate::terminal::Options;

    #[test]
    fn people_and_machines_learn_the_age() {
        let status = DatabaseStatus {
            format: 1,
            size: 2_048,
            as_of: Some("2026-01-01".to_owned()),
            age_days: Some(40),
            max_age_days: 30,
            is_stale: true,
            sources: vec![SourceStatus {
                name: "osv-de\u{1b}bian".to_owned(),
                as_of: Some("2026-01-01".to_owned()),
                age_days: Some(40),
                records: 3,
                licence: "MIT".to_owned(),
                ..SourceStatus::default()
            }],
            partitions: vec![
                PartitionStatus { ecosystem: "Debian".into(), release: "12".into(), rows: 7 },
                PartitionStatus { ecosystem: "npm".into(), release: String::new(), rows: 9 },
            ],
            ..DatabaseStatus::default()
        };
        let mut text = Vec::new();
        write_human(&status, &Options::default(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        for expected in [
            "embedded in the program",
            "2.0 KiB",
            "age 40 days",
            "too old",
            "Debian: 12: 7",
            "npm: 9",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
        assert!(!text.contains('\u{1b}'));
        let mut json = Vec::new();
        write_json(&status, &mut json).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(json["schema"], "plimsoll/v1");
        assert_eq!(json["database"]["sources"][0]["records"], 3);
        assert_eq!(json["database"]["is_stale"], true);
    }
}
