//! Each service as it will effectively run, for readers and machines. Takes plain data; who
//! resolves it is none of its business.

use std::{collections::BTreeMap, io};

use plimsoll_text::LineColumn;
use serde_json::Value;

use crate::{
    escape, json,
    mask::Masks,
    terminal::{Options, Style, width, wrap},
    wire::v1,
};

/// The effective services of a project.
#[derive(Clone, Debug, Default)]
pub struct Posture {
    /// The services, in the order of the project.
    pub services: Vec<Service>,
    /// The merged compose project, in the shape of `docker compose config --format json`.
    pub project: Value,
    /// Texts that must not be shown.
    pub secrets: Vec<String>,
}

/// One service.
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its settings, by name.
    pub settings: BTreeMap<String, Setting>,
}

/// The effective value of a setting.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The value in force.
    pub value: Value,
    /// What decided it; nothing where it is a default of the engine.
    pub decided_by: Option<Decision>,
}

/// A place that decided a setting.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The file.
    pub file: String,
    /// Where in it; nothing where the file as a whole decides.
    pub start: Option<LineColumn>,
}

/// Writes the document for machines.
pub fn write_json(posture: &Posture, out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::from_texts(&posture.secrets);
    let services = posture.services.iter().map(|service| v1::PostureService {
        name: service.name.clone(),
        settings: service
            .settings
            .iter()
            .map(|(name, setting)| (name.clone(), twin(setting, &masks)))
            .collect(),
    });
    let document = v1::PostureReport {
        schema: v1::SCHEMA,
        services: services.collect(),
        project: masked(&posture.project, &masks),
    };
    json::write_document(&document, out)
}

/// Writes each service with its settings, their values, and what decided them.
pub fn write_human(
    posture: &Posture,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::from_texts(&posture.secrets);
    if posture.services.is_empty() {
        return writeln!(out, "no services");
    }
    for (number, service) in posture.services.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", options.paint(Style::Bold, &escape::line(&service.name)))?;
        let names = service.settings.keys().map(|it| width(&escape::line(it)));
        let columns = names.max().unwrap_or_default().min(options.columns() / 3);
        for (name, setting) in &service.settings {
            write_setting(name, columns, setting, &masks, options, out)?;
        }
    }
    Ok(())
}

fn write_setting(
    name: &str,
    columns: usize,
    setting: &Setting,
    masks: &Masks,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let name = escape::line(name);
    let gap = " ".repeat(columns.saturating_sub(width(&name)));
    let value = match masked(&setting.value, masks) {
        Value::String(text) if !text.is_empty() => text,
        value => value.to_string(),
    };
    let place = match &setting.decided_by {
        None => String::from("engine default"),
        Some(Decision { file, start: None }) => escape::line(file),
        Some(Decision { file, start: Some(start) }) => {
            format!("{}:{}:{}", escape::line(file), start.line, start.column)
        }
    };
    let room = options.columns().saturating_sub(columns + 4);
    let lines = wrap(&escape::line(&value), room, 0);
    let fits =
        lines.len() == 1 && lines.first().is_some_and(|it| width(it) + width(&place) + 4 <= room);
    for (number, line) in lines.iter().enumerate() {
        let head = if number == 0 { format!("{name}{gap}") } else { " ".repeat(columns) };
        if fits {
            let place = options.paint(Style::Faint, &format!("({place})"));
            writeln!(out, "  {head}  {line}  {place}")?;
        } else {
            writeln!(out, "  {head}  {line}")?;
        }
    }
    if !fits {
        let place = options.paint(Style::Faint, &format!("({place})"));
        writeln!(out, "  {:columns$}  {place}", "")?;
    }
    Ok(())
}

fn twin(setting: &Setting, masks: &Masks) -> v1::PostureSetting {
    v1::PostureSetting {
        value: masked(&setting.value, masks),
        decided_by: setting.decided_by.as_ref().map(|it| v1::DecidedBy {
            file: it.file.clone(),
            start: it.start.map(v1::Position::from),
        }),
    }
}

/// `value` with secrets masked in every text and key. A value is a tree that was parsed under a
/// limit of depth.
fn masked(value: &Value, masks: &Masks) -> Value {
    match value {
        Value::String(text) => Value::String(masks.text(text)),
        Value::Array(items) => Value::Array(items.iter().map(|it| masked(it, masks)).collect()),
        Value::Object(entries) => Value::Object(
            entries.iter().map(|(key, it)| (masks.text(key), masked(it, masks))).collect(),
        ),
        Value::Number(number) => {
            let text = number.to_string();
            let shown = masks.text(&text);
            if shown == text { value.clone() } else { Value::String(shown) }
        }
        Value::Null | Value::Bool(_) => value.clone(),
    }
}
