//! Pieces of JSON that are read one after the other, so that a large bill is never a tree at once.
//!
//! It must not know what the pieces mean.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

/// No more elements of one list than this are kept.
pub(super) const MAX_ELEMENTS: usize = 2_000_000;

/// A longer element is not read.
const MAX_ELEMENT_BYTES: usize = 64 << 20;

/// The elements of a list, unread. What is missing or `null` is an empty one.
#[derive(Default)]
pub(super) struct List<'a> {
    /// The elements.
    elements: Vec<&'a RawValue>,
    /// How many more there are.
    pub(super) n_left_out: usize,
}

impl<'a> List<'a> {
    /// The elements one by one; `None` for what cannot be read.
    pub(super) fn values(&self) -> impl Iterator<Item = Option<Value>> + use<'_, 'a> {
        self.elements.iter().map(|it| value(it))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for List<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor)
    }
}

/// The piece as a tree, unless it is too long or too deep.
pub(super) fn value(raw: &RawValue) -> Option<Value> {
    let text = raw.get();
    if text.len() > MAX_ELEMENT_BYTES {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// The text at `key`, if it is one and says something.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().map(str::trim).filter(|it| !it.is_empty())
}

/// The text at the end of `keys`.
pub(super) fn text_at<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a str> {
    let (last, keys) = keys.split_last()?;
    let inner = keys.iter().try_fold(value, |it, key| it.get(key))?;
    text(inner, last)
}

/// The elements of the list at `key`.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = List<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(List::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut res = List::default();
        while res.elements.len() < MAX_ELEMENTS {
            match sequence.next_element::<&RawValue>()? {
                Some(element) => res.elements.push(element),
                None => return Ok(res),
            }
        }
        while sequence.next_element::<IgnoredAny>()?.is_some() {
            res.n_left_out += 1;
        }
        Ok(res)
    }
}
