//! Secrets that a compose file writes down as values of variables. Knows no rule.

use std::ops::Range;

use plimsoll_config::edit::Value;
use plimsoll_finding::Confidence;
use plimsoll_posture::Variable;
use plimsoll_text::{Edit, Location, Span};

use crate::{
    secret_name::{is_placeholder, is_secret_name, literal_secret},
    secret_value::{ADDRESS, find_secrets},
    service_place::scalar_around,
    subject::service::ServiceSubject,
    variable_secret::connection_password,
};

/// A secret that is written down.
#[derive(Clone, Debug)]
pub(crate) struct WrittenSecret {
    /// Where the secret itself stands.
    pub(crate) place: Location,
    /// How sure it is that it is one.
    pub(crate) confidence: Confidence,
    /// Whether a reference can stand in the place of the whole value.
    pub(crate) is_whole: bool,
}

impl WrittenSecret {
    /// Edits that make the value of `variable` a reference to the environment of whoever starts
    /// the service.
    pub(crate) fn reference(
        &self,
        subject: &ServiceSubject,
        variable: &Variable,
    ) -> Option<Vec<Edit>> {
        let name = &variable.name.value;
        let is_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let is_plain = name.chars().all(is_name) && !name.starts_with(|it: char| it.is_numeric());
        let scalar = scalar_around(subject, variable.value.as_ref()?.location()?)?;
        let written = scalar.as_str()?;
        let head = if written.starts_with(&format!("{name}=")) {
            format!("{name}=")
        } else {
            String::new()
        };
        let place = Location::new(&self.place.source, scalar.span);
        let text = format!("{head}${{{name}:?is not set}}");
        if is_plain { subject.replace(&place, &Value::text(text)) } else { None }
    }
}

/// The secret that the value of `variable` is, by the name of the variable or by its own form.
pub(crate) fn written_secret(variable: &Variable) -> Option<WrittenSecret> {
    let (value, offset) = written_value(variable)?;
    if is_secret_name(&variable.name.value)
        && let Some(range) = literal_secret(value)
    {
        let guessed = is_placeholder(value) || value.contains('$');
        let confidence = if guessed { Confidence::Medium } else { Confidence::High };
        return found(variable, offset, range, confidence, true);
    }
    let shaped = find_secrets(value).into_iter().find(|it| it.kind != ADDRESS)?;
    found(variable, offset, shaped.range, Confidence::High, false)
}

/// The password inside of an address or a connection string that `variable` holds.
pub(crate) fn written_address_password(variable: &Variable) -> Option<WrittenSecret> {
    let (value, offset) = written_value(variable)?;
    if is_secret_name(&variable.name.value) && literal_secret(value).is_some() {
        return None;
    }
    let address = find_secrets(value).into_iter().find(|it| it.kind == ADDRESS);
    let range = address.map(|it| it.range).or_else(|| connection_password(value))?;
    found(variable, offset, range, Confidence::High, true)
}

fn found(
    variable: &Variable,
    offset: usize,
    range: Range<usize>,
    confidence: Confidence,
    is_whole: bool,
) -> Option<WrittenSecret> {
    let location = variable.value.as_ref()?.location()?;
    let start = location.span.start + offset;
    let span = Span::new(start + range.start, start + range.end);
    let place = Location::new(&location.source, span);
    Some(WrittenSecret { place, confidence, is_whole })
}

/// The value as written and where it starts in its place; the list form has its name before it.
fn written_value(variable: &Variable) -> Option<(&str, usize)> {
    let text = variable.value.as_ref()?.location()?.text();
    let quote = text.len() - text.trim_start_matches(['"', '\'']).len();
    let inner = text.get(quote..)?;
    let name = &variable.name.value;
    let head = inner.strip_prefix(name.as_str()).and_then(|it| it.strip_prefix('='));
    match head {
        Some(value) => Some((value.trim_end_matches(['"', '\'']), text.len() - value.len())),
        None => Some((text, 0)),
    }
}
