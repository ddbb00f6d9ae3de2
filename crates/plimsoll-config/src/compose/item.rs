//! A value of a compose model: what it is after aliases and variables, and where it stands.
//!
//! The tree of a file is turned into items once; merging, extending and normalising work on them,
//! so that every value keeps the place that set it. It must not know what a service is.

use std::{collections::HashMap, fmt, sync::Arc};

use plimsoll_text::{Location, Source};

use crate::{
    compose::interpolate::Interpolator,
    tree::{Node, NodeKind, ScalarType},
};

/// A value with its place.
#[derive(Clone)]
pub struct Item {
    /// What it is.
    pub data: Data,
    /// Where it stands; the text there is what is written, before variables are filled in.
    pub location: Location,
    /// Whether a variable was filled in.
    pub interpolated: bool,
    /// How it asks to be merged.
    pub tag: Option<MergeTag>,
}

/// What a value is.
#[derive(Clone)]
pub enum Data {
    /// Nothing.
    Null,
    /// A truth.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Item>),
    /// Keys with values, in order.
    Map(Vec<Field>),
}

/// A key with its value.
#[derive(Clone)]
pub struct Field {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_location: Location,
    /// The value.
    pub value: Item,
}

/// What `!reset` and `!override` ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeTag {
    /// Take away what earlier files say.
    Reset,
    /// Take this instead of what earlier files say.
    Override,
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secrets; the place says enough.
        f.debug_struct("Item").field("location", &self.location).finish_non_exhaustive()
    }
}

impl Item {
    /// A value at `location`.
    pub fn new(data: Data, location: &Location) -> Self {
        Self { data, location: location.clone(), interpolated: false, tag: None }
    }

    /// A text at the place of another value.
    pub(crate) fn text_like(&self, text: impl Into<String>) -> Self {
        Self { data: Data::Text(text.into()), tag: None, ..self.clone_place() }
    }

    /// Another value at the place of this one.
    pub(crate) fn with(&self, data: Data) -> Self {
        Self { data, ..self.clone_place() }
    }

    fn clone_place(&self) -> Self {
        Self {
            data: Data::Null,
            location: self.location.clone(),
            interpolated: self.interpolated,
            tag: self.tag,
        }
    }

    /// The entries of a mapping; empty if this is none.
    pub fn fields(&self) -> &[Field] {
        match &self.data {
            Data::Map(fields) => fields,
            _ => &[],
        }
    }

    /// The items of a list; empty if this is none.
    pub fn items(&self) -> &[Item] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// The entry of `key`.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields().iter().rfind(|it| it.key == key)
    }

    /// The value of `key`, unless it says nothing.
    pub fn get(&self, key: &str) -> Option<&Item> {
        self.field(key).map(|it| &it.value).filter(|it| !matches!(it.data, Data::Null))
    }

    /// The text of a text.
    pub fn as_text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Any scalar as text, as compose prints it where text is wanted; `None` for null.
    pub fn scalar_text(&self) -> Option<String> {
        match &self.data {
            Data::Text(text) => Some(text.clone()),
            Data::Bool(truth) => Some(truth.to_string()),
            Data::Int(number) => Some(number.to_string()),
            Data::Float(number) => Some(float_text(*number)),
            Data::Null | Data::List(_) | Data::Map(_) => None,
        }
    }

    /// A truth, from the words that compose takes for one too.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.data {
            Data::Bool(truth) => Some(*truth),
            Data::Text(text) => match text.to_lowercase().as_str() {
                "true" | "y" | "yes" | "on" => Some(true),
                "false" | "n" | "no" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// A whole number, from text too.
    pub fn as_int(&self) -> Option<i64> {
        match &self.data {
            Data::Int(number) => Some(*number),
            Data::Text(text) => text.trim().parse().ok(),
            #[expect(clippy::cast_possible_truncation, reason = "whole and in range by the guard")]
            Data::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Some(*number as i64)
            }
            _ => None,
        }
    }

    /// A number, from text too.
    pub fn as_float(&self) -> Option<f64> {
        match &self.data {
            Data::Float(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
            Data::Int(number) => Some(*number as f64),
            Data::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Sets `key`, keeping its place among the entries if it is there.
    pub(crate) fn set(&mut self, key: &str, value: Item) {
        let location = value.location.clone();
        if let Data::Map(fields) = &mut self.data {
            match fields.iter_mut().rfind(|it| it.key == key) {
                Some(field) => field.value = value,
                None => {
                    fields.push(Field { key: key.to_owned(), key_location: location, value });
                }
            }
        }
    }

    /// Takes `key` out.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Field> {
        let Data::Map(fields) = &mut self.data else { return None };
        let index = fields.iter().rposition(|it| it.key == key)?;
        Some(fields.remove(index))
    }
}

impl Field {
    /// An entry whose key stands where its value does.
    pub(crate) fn at_value(key: impl Into<String>, value: Item) -> Self {
        Self { key: key.into(), key_location: value.location.clone(), value }
    }
}

/// The places of keys, so that merging long mappings stays linear.
pub(crate) fn key_places(fields: &[Field]) -> HashMap<String, usize> {
    fields.iter().enumerate().map(|(idx, it)| (it.key.clone(), idx)).collect()
}

/// A number as Go prints it by default.
fn float_text(number: f64) -> String {
    let exponent = if number == 0.0 { 0.0 } else { number.abs().log10().floor() };
    if (-4.0..21.0).contains(&exponent) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(rest) => ('-', rest),
                None => ('+', exponent),
            };
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}

/// Turns the node of a tree into an item, aliases followed, merge keys done, variables filled in.
pub(crate) fn read_node(
    source: &Arc<Source>,
    node: &Node,
    interpolator: &mut Interpolator<'_>,
) -> Item {
    let tag = match node.tag_text().or_else(|| node.resolved().tag_text()) {
        Some("!reset") => Some(MergeTag::Reset),
        Some("!override") => Some(MergeTag::Override),
        _ => None,
    };
    let resolved = node.resolved();
    let location = Location::new(source, resolved.span);
    let mut interpolated = false;
    let data = match &resolved.kind {
        NodeKind::Null | NodeKind::Alias { .. } => Data::Null,
        NodeKind::Sequence(items) => {
            Data::List(items.iter().map(|it| read_node(source, it, interpolator)).collect())
        }
        NodeKind::Mapping(_) => {
            let field = |it: &crate::tree::Entry| {
                Some(Field {
                    key: it.key.as_str()?.to_owned(),
                    key_location: Location::new(source, it.key.resolved().span),
                    value: read_node(source, &it.value, interpolator),
                })
            };
            Data::Map(node.entries().into_iter().filter_map(field).collect())
        }
        NodeKind::Scalar { value, .. } => match resolved.scalar_type() {
            Some(ScalarType::Null) | None => Data::Null,
            Some(ScalarType::Bool) => resolved.as_bool().map_or(Data::Null, Data::Bool),
            Some(ScalarType::Int) => resolved.as_i64().map_or(Data::Null, Data::Int),
            Some(ScalarType::Float) => resolved.as_f64().map_or(Data::Null, Data::Float),
            Some(ScalarType::String) => {
                let (text, filled) = interpolator.fill(value, &location);
                interpolated = filled;
                Data::Text(text)
            }
        },
    };
    Item { data, location, interpolated, tag }
}
