//! New values as text, in the style of the file they go into.

use std::fmt::Write as _;

use plimsoll_text::Source;

use crate::{
    tree::{
        Document, Format, Layout, Node, NodeKind, ScalarStyle, ScalarType, Tree, resolve_plain,
    },
    yaml::parse_yaml,
};

/// A new value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text; quoted where it would otherwise be read as something else.
    Str(String),
    /// A number, truth or null, written as it is.
    Literal(String),
    /// A list; in block surroundings one line for each item.
    Seq(Vec<Value>),
    /// A list in brackets, wherever it stands.
    FlowSeq(Vec<Value>),
    /// A mapping, in this order.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Str(text.into())
    }

    /// A truth.
    pub fn truth(truth: bool) -> Self {
        Value::Literal(truth.to_string())
    }

    /// A whole number.
    pub fn number(number: i64) -> Self {
        Value::Literal(number.to_string())
    }

    /// A list of texts.
    pub fn texts<const N: usize>(texts: [&str; N]) -> Self {
        Value::Seq(texts.into_iter().map(Value::text).collect())
    }

    /// A mapping.
    pub fn map<const N: usize>(entries: [(&str, Value); N]) -> Self {
        Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    fn is_empty(&self) -> bool {
        match self {
            Value::Seq(items) | Value::FlowSeq(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            Value::Str(_) | Value::Literal(_) => false,
        }
    }
}

/// How the file at hand is written.
pub(super) struct Style {
    pub(super) format: Format,
    /// How far a mapping stands in from the one around it.
    step: usize,
    /// How far a list stands in from its key.
    sequence_step: usize,
    /// One level of indentation of JSON.
    unit: String,
    pub(super) line_break: &'static str,
}

impl Style {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut steps = Steps::default();
        for document in &tree.documents {
            steps.look(tree, &document.root, 0);
        }
        let step = steps.mapping.unwrap_or(2);
        Self {
            format: tree.format,
            step,
            sequence_step: steps.sequence.unwrap_or(step),
            unit: if tree.format == Format::Json { json_unit(tree) } else { String::new() },
            line_break: line_break(tree),
        }
    }

    /// What follows a key's `:` in block surroundings, the blank before it included.
    pub(super) fn block_value(
        &self,
        value: &Value,
        column: usize,
        comment: Option<&str>,
    ) -> String {
        let mut res = String::new();
        self.write_after_key(&mut res, value, column, comment);
        res
    }

    /// What follows a dash at `column`, the blank before it included.
    pub(super) fn block_item(&self, value: &Value, column: usize, comment: Option<&str>) -> String {
        let mut res = String::new();
        self.write_after_dash(&mut res, value, column, comment);
        res
    }

    fn write_after_key(
        &self,
        res: &mut String,
        value: &Value,
        column: usize,
        comment: Option<&str>,
    ) {
        match value {
            Value::Map(entries) if !value.is_empty() => {
                push_comment(res, comment);
                for (key, value) in entries {
                    res.push_str(self.line_break);
                    self.write_entry(res, key, value, column + self.step);
                }
            }
            Value::Seq(items) if !value.is_empty() => {
                push_comment(res, comment);
                let column = column + self.sequence_step;
                for item in items {
                    res.push_str(self.line_break);
                    push_blanks(res, column);
                    res.push('-');
                    self.write_after_dash(res, item, column, None);
                }
            }
            _ => {
                res.push(' ');
                res.push_str(&self.one_line(value));
                push_comment(res, comment);
            }
        }
    }

    fn one_line(&self, value: &Value) -> String {
        if matches!(value, Value::Str(_) | Value::Literal(_)) {
            return scalar_text(value, ScalarStyle::Plain, self.format, false);
        }
        self.flow_value(value, None)
    }

    fn write_entry(&self, res: &mut String, key: &str, value: &Value, column: usize) {
        push_blanks(res, column);
        res.push_str(&key_text(key, ScalarStyle::Plain, self.format));
        res.push(':');
        self.write_after_key(res, value, column, None);
    }

    fn write_after_dash(
        &self,
        res: &mut String,
        value: &Value,
        column: usize,
        comment: Option<&str>,
    ) {
        let Value::Map(entries) = value else {
            res.push(' ');
            res.push_str(&self.one_line(value));
            push_comment(res, comment);
            return;
        };
        if entries.is_empty() {
            res.push_str(" {}");
        }
        for (idx, (key, value)) in entries.iter().enumerate() {
            if idx == 0 {
                let _ = write!(res, " {}:", key_text(key, ScalarStyle::Plain, self.format));
                self.write_after_key(res, value, column + 2, comment);
            } else {
                res.push_str(self.line_break);
                self.write_entry(res, key, value, column + 2);
            }
        }
    }

    /// The value in brackets; over several lines if `level` gives the indentation around it.
    pub(super) fn flow_value(&self, value: &Value, level: Option<usize>) -> String {
        match value {
            Value::Str(_) | Value::Literal(_) => {
                scalar_text(value, ScalarStyle::Plain, self.format, true)
            }
            Value::Seq(items) | Value::FlowSeq(items) => {
                let level = level.filter(|_| matches!(value, Value::Seq(_)));
                let inner = level.map(|it| it + 1);
                let items: Vec<_> = items.iter().map(|it| self.flow_value(it, inner)).collect();
                self.brackets('[', ']', &items, level)
            }
            Value::Map(entries) => {
                let inner = level.map(|it| it + 1);
                let entry = |it: &(String, Value)| {
                    let key = key_text(&it.0, ScalarStyle::Plain, self.format);
                    format!("{key}: {}", self.flow_value(&it.1, inner))
                };
                self.brackets('{', '}', &entries.iter().map(entry).collect::<Vec<_>>(), level)
            }
        }
    }

    fn brackets(&self, open: char, close: char, items: &[String], level: Option<usize>) -> String {
        match level {
            Some(level) if !items.is_empty() => {
                let outer = format!("{}{}", self.line_break, self.unit.repeat(level));
                let inner = format!("{outer}{}", self.unit);
                format!("{open}{inner}{}{outer}{close}", items.join(&format!(",{inner}")))
            }
            _ => format!("{open}{}{close}", items.join(", ")),
        }
    }

    /// The inside of brackets that stand `level` levels in and hold one element.
    pub(super) fn around(&self, element: &str, level: usize) -> String {
        let outer = format!("{}{}", self.line_break, self.unit.repeat(level));
        format!("{outer}{}{element}{outer}", self.unit)
    }

    /// How many levels the line of `offset` is indented; `None` if the file has no levels.
    pub(super) fn level_at(&self, tree: &Tree, offset: usize) -> Option<usize> {
        if self.format == Format::Yaml || !tree.source.text().trim_end().contains('\n') {
            return None;
        }
        let line = tree.source.line_span(tree.source.line(offset))?;
        let text = tree.source.slice(line);
        let width = text.len() - text.trim_start().len();
        Some(width / self.unit.len().max(1))
    }
}

/// The text of a key.
pub(super) fn key_text(key: &str, style: ScalarStyle, format: Format) -> String {
    scalar_text(&Value::text(key), style, format, true)
}

/// The text of a scalar, in `style` where that can say it.
pub(super) fn scalar_text(
    value: &Value,
    style: ScalarStyle,
    format: Format,
    in_flow: bool,
) -> String {
    let text = match value {
        Value::Str(text) => text,
        Value::Literal(text) => return text.clone(),
        Value::Seq(_) | Value::FlowSeq(_) | Value::Map(_) => return String::new(),
    };
    let one_line = !text.contains(char::is_control);
    match style {
        _ if format == Format::Json => double_quoted(text),
        ScalarStyle::SingleQuoted if one_line => format!("'{}'", text.replace('\'', "''")),
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => double_quoted(text),
        _ if plain_says(text, in_flow) => text.clone(),
        _ => double_quoted(text),
    }
}

/// Whether `text` without quotes is read as this very text, by old readers too.
fn plain_says(text: &str, in_flow: bool) -> bool {
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "yes" | "on" | "n" | "no" | "off" | "<<" | "="
    );
    // `22:22` is a number to readers of YAML 1.1, and a date is a date.
    let numeric = text.starts_with(|it: char| it.is_ascii_digit() || "+-.".contains(it))
        && text.chars().all(|it| it.is_ascii_digit() || ":._-+TZ ".contains(it))
        && text.contains([':', '-']);
    if word || numeric || text.len() > 1000 || resolve_plain(text) != ScalarType::String {
        return false;
    }
    if text.contains(char::is_control) || (in_flow && text.contains([',', '[', ']', '{', '}'])) {
        return false;
    }
    // The reader that ships is the judge of it.
    let probe = if in_flow { format!("[{text}]") } else { format!("k: {text}") };
    let tree = parse_yaml(&Source::new("", probe));
    let Some(root) = tree.root().filter(|_| tree.is_clean() && tree.comments.is_empty()) else {
        return false;
    };
    let node = if in_flow { root.items().first() } else { root.get("k") };
    let single = root.items().len() <= 1;
    single && node.is_some_and(|it| {
        matches!(&it.kind, NodeKind::Scalar { value, style: ScalarStyle::Plain } if value == text)
            && it.tag.is_none()
            && it.anchor.is_none()
    })
}

fn double_quoted(text: &str) -> String {
    let mut res = String::with_capacity(text.len() + 2);
    res.push('"');
    for character in text.chars() {
        match character {
            '"' => res.push_str("\\\""),
            '\\' => res.push_str("\\\\"),
            '\n' => res.push_str("\\n"),
            '\t' => res.push_str("\\t"),
            '\r' => res.push_str("\\r"),
            it if it.is_control() || matches!(it, '\u{2028}' | '\u{2029}' | '\u{FEFF}') => {
                let _ = write!(res, "\\u{:04x}", u32::from(it));
            }
            it => res.push(it),
        }
    }
    res.push('"');
    res
}

pub(super) fn push_comment(res: &mut String, comment: Option<&str>) {
    if let Some(comment) = comment {
        let _ = write!(res, " # {comment}");
    }
}

fn push_blanks(res: &mut String, n_blanks: usize) {
    res.extend(std::iter::repeat_n(' ', n_blanks));
}

/// The first indentations found in a YAML file.
#[derive(Default)]
struct Steps {
    mapping: Option<usize>,
    sequence: Option<usize>,
}

impl Steps {
    /// Compares the columns of block collections with those of the mappings around them.
    fn look(&mut self, tree: &Tree, node: &Node, column: usize) {
        if node.layout == Layout::Flow || (self.mapping.is_some() && self.sequence.is_some()) {
            return;
        }
        match &node.kind {
            NodeKind::Mapping(entries) => {
                for entry in entries {
                    self.look_at_value(tree, &entry.value, column);
                }
            }
            NodeKind::Sequence(items) => {
                for item in items {
                    let column = super::block::column(tree, item.outer_span().start);
                    self.look(tree, item, column);
                }
            }
            _ => {}
        }
    }

    fn look_at_value(&mut self, tree: &Tree, value: &Node, column: usize) {
        if value.layout == Layout::Flow {
            return;
        }
        let inner = super::block::column(tree, value.span.start);
        match &value.kind {
            NodeKind::Mapping(_) if inner > column => {
                self.mapping.get_or_insert(inner - column);
            }
            NodeKind::Sequence(_) if inner >= column => {
                self.sequence.get_or_insert(inner - column);
            }
            _ => return,
        }
        self.look(tree, value, inner);
    }
}

/// How the first line ends; to look at all of them for each edit would be slow in long texts.
fn line_break(tree: &Tree) -> &'static str {
    let first = tree.source.text().split_inclusive('\n').next().unwrap_or_default();
    if first.ends_with("\r\n") { "\r\n" } else { "\n" }
}

/// The indentation of the first indented line of a JSON text.
fn json_unit(tree: &Tree) -> String {
    let indented = tree.source.text().lines().find_map(|line| {
        let width = line.len() - line.trim_start().len();
        line.get(..width).filter(|it| !it.is_empty() && width < line.len())
    });
    indented.unwrap_or("  ").to_owned()
}

/// The document that holds `offset`.
pub(super) fn document_at(tree: &Tree, offset: usize) -> Option<&Document> {
    tree.documents.iter().rev().find(|it| it.span.start <= offset)
}
