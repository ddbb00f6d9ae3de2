//! Where a manifest says a secret in the open, as a value or in a text inside of one.

use plimsoll_config::tree::Node;
use plimsoll_text::{Source, Span};

use crate::{
    secret_name::{is_secret_name, literal_secret},
    secret_value::find_secrets,
};

/// A secret that a manifest says in the open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenSecret {
    /// What it is called.
    pub(crate) name: String,
    /// The line or key that says it.
    pub(crate) place: Span,
    /// The secret itself.
    pub(crate) value: Span,
}

/// Whether the value of a setting called `name` is a secret written down.
pub(crate) fn is_open_secret(name: &str, value: &str) -> bool {
    let by_name = is_secret_name(name) && literal_secret(value.trim()).is_some();
    by_name || !find_secrets(value).is_empty()
}

/// The secrets that the value of `key` says in the open: as a whole, or in the lines of a text that
/// itself sets names to values.
pub(crate) fn open_secrets(source: &Source, key: &Node, value: &Node) -> Vec<OpenSecret> {
    let (Some(name), Some(text)) = (key.as_str(), value.as_str()) else { return Vec::new() };
    if is_open_secret(name, text) {
        let name = name.to_owned();
        return vec![OpenSecret { name, place: key.span, value: value.span }];
    }
    let mut res = Vec::new();
    let mut at = value.span.start;
    for line in source.slice(value.span).split_inclusive('\n') {
        let start = at;
        at += line.len();
        if let Some((name, inner)) = setting_in(line) {
            let indent = line.len() - line.trim_start().len();
            let place = Span::new(start + indent, start + line.trim_end().len());
            let value = Span::new(start + inner.start, start + inner.end);
            res.push(OpenSecret { name: name.to_owned(), place, value });
        }
    }
    res
}

/// Name and value of a line that sets a secret: `NAME=value`, `name: value`, `"name": "value"`.
fn setting_in(line: &str) -> Option<(&str, Span)> {
    let split = line.find(['=', ':'])?;
    let name = line.get(..split)?.trim().trim_matches(['"', '\'', '-', ' ']);
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    let rest = line.get(split + 1..)?;
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.');
    if !name.chars().all(is_name) || rest.starts_with("//") || !is_secret_name(name) {
        return None;
    }
    let value = rest.trim().trim_end_matches([',', ';']);
    let inner = literal_secret(value)?;
    let start = split + 1 + (rest.len() - rest.trim_start().len());
    Some((name, Span::new(start + inner.start, start + inner.end)))
}

#[cfg(test)]
mod tests {
    use super::setting_in;

    #[test]
    fn lines_that_set_a_secret_are_told_from_others() {
        let table = [
            ("REDIS_PASSWORD=hunter2\n", Some("hunter2")),
            ("  export API_KEY='abc'\n", Some("abc")),
            ("\"password\": \"a:b\",\n", Some("a:b")),
            ("- token: é1\r\n", Some("é1")),
            ("REDIS_PASSWORD=\n", None),
            ("password=${PASSWORD}\n", None),
            ("password_file=/run/secrets/redis\n", None),
            ("token://x\n", None),
            ("level: debug\n", None),
            ("the password: is long\n", None),
        ];
        for (line, expected) in table {
            let found = setting_in(line).and_then(|it| line.get(it.1.range()));
            assert_eq!(found, expected, "{line}");
        }
    }
}
