//! Records in YAML as the same values that records in JSON give, so that one struct reads both.
//!
//! Scalars stay texts as written: a version `1.10` is no number.

use plimsoll_config::{
    tree::{Node, NodeKind},
    yaml::parse_yaml,
};
use plimsoll_text::Source;
use serde_json::{Map, Value};

use crate::error::FeedError;

/// Reads the first document of a text.
pub(crate) fn yaml_value(name: &str, bytes: &[u8]) -> Result<Value, FeedError> {
    let text = std::str::from_utf8(bytes).map_err(|it| FeedError::new(name, it))?;
    let source = Source::new(name, text);
    let tree = parse_yaml(&source);
    if tree.is_broken() {
        let why = tree.errors.first().map_or("it is no YAML", |it| it.message.as_str());
        return Err(FeedError::new(name, why));
    }
    let Some(root) = tree.root() else {
        return Err(FeedError::new(name, "it is empty"));
    };
    let mut nodes_left = MAX_NODES;
    value(root, MAX_DEPTH, &mut nodes_left)
        .ok_or_else(|| FeedError::new(name, "it is nested too deeply or has too many parts"))
}

/// Texts of a list of texts; of one text, that one.
pub(crate) fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The text of a field, or nothing.
pub(crate) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn value(node: &Node, depth: usize, nodes_left: &mut usize) -> Option<Value> {
    *nodes_left = nodes_left.checked_sub(1)?;
    let depth = depth.checked_sub(1)?;
    let node = node.resolved();
    Some(match &node.kind {
        NodeKind::Sequence(items) => {
            let items: Option<Vec<_>> =
                items.iter().map(|it| value(it, depth, nodes_left)).collect();
            Value::Array(items?)
        }
        NodeKind::Mapping(_) => {
            let mut res = Map::new();
            for entry in node.entries() {
                if let Some(key) = entry.key.as_str() {
                    res.insert(key.to_owned(), value(&entry.value, depth, nodes_left)?);
                }
            }
            Value::Object(res)
        }
        NodeKind::Null | NodeKind::Alias { .. } => Value::Null,
        NodeKind::Scalar { .. } => match node.as_str() {
            Some(text) if !node.is_null() => Value::String(text.to_owned()),
            _ => Value::Null,
        },
    })
}

/// Deeper than any record.
const MAX_DEPTH: usize = 64;

/// More than any record has.
const MAX_NODES: usize = 2_000_000;

#[cfg(test)]
mod tests {
    use super::yaml_value;

    #[test]
    fn scalars_stay_as_written() {
        let value = yaml_value("a", b"version: 1.10\nlist: [a, ~, 'null']\neol: false\n").unwrap();
        assert_eq!(
            value.to_string(),
            r#"{"eol":"false","list":["a",null,"null"],"version":"1.10"}"#
        );
        assert!(yaml_value("a", b"a: [1").is_err());
        assert!(yaml_value("a", b"\xff").is_err());
    }
}
