//! Picks known things out of JSON of which nothing else is believed.
//!
//! Knows nothing of what the things mean.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The object of a document; the error says why it is none.
pub(crate) fn object(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(it)) => Ok(it),
        Ok(_) => Err("it is no JSON object".to_owned()),
        // The words of the parser name a place and what was expected, never a value.
        Err(error) => Err(format!("it is no JSON: {error}")),
    }
}

pub(crate) fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    object.get(key)?.as_str().filter(|it| !it.is_empty()).map(str::to_owned)
}

/// A list of texts. One text alone is a list of one, as old images have it.
pub(crate) fn texts(object: &Map<String, Value>, key: &str) -> Vec<String> {
    match object.get(key) {
        Some(Value::Array(list)) => {
            list.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
        }
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

pub(crate) fn child<'a>(
    object: &'a Map<String, Value>,
    key: &str,
) -> Option<&'a Map<String, Value>> {
    object.get(key)?.as_object()
}

/// The objects of a list, or nothing if it is none.
pub(crate) fn children<'a>(
    object: &'a Map<String, Value>,
    key: &str,
) -> impl Iterator<Item = &'a Map<String, Value>> + use<'a> {
    let list = object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_object)
}

/// Texts by their names.
pub(crate) fn text_map(object: &Map<String, Value>, key: &str) -> BTreeMap<String, String> {
    let Some(map) = child(object, key) else { return BTreeMap::new() };
    map.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// The names in an object that is used as a set.
pub(crate) fn keys(object: &Map<String, Value>, key: &str) -> Vec<String> {
    let mut res: Vec<String> = match object.get(key) {
        Some(Value::Object(map)) => map.keys().cloned().collect(),
        _ => texts(object, key),
    };
    res.sort_unstable();
    res
}
