//! Edits of mappings and lists in brackets: commas come and go with their elements.

use plimsoll_text::{Edit, Span};

use crate::{
    edit::{
        Refusal, Value, refuse,
        write::{Style, key_text},
    },
    tree::{Entry, Format, Node, NodeKind, ScalarStyle, Tree},
};

/// Puts a new entry after the entry at `index`.
pub(super) fn insert_entry(
    tree: &Tree,
    mapping: &Node,
    index: usize,
    key: &str,
    value: &Value,
) -> Result<Vec<Edit>, Refusal> {
    let NodeKind::Mapping(entries) = &mapping.kind else {
        return refuse("only a mapping takes a new key");
    };
    let style = Style::of(tree);
    let key = key_text(key, ScalarStyle::Plain, tree.format);
    let elements: Vec<Span> = entries.iter().map(Entry::span).collect();
    let write = |level| format!("{key}: {}", style.flow_value(value, level));
    Ok(insert(tree, mapping, &elements, index, &style, &write))
}

/// Puts a new item after the last one.
pub(super) fn insert_item(
    tree: &Tree,
    sequence: &Node,
    value: &Value,
) -> Result<Vec<Edit>, Refusal> {
    let NodeKind::Sequence(items) = &sequence.kind else {
        return refuse("only a list takes a new item");
    };
    let style = Style::of(tree);
    let elements: Vec<Span> = items.iter().map(|it| it.outer_span()).collect();
    let last = elements.len().saturating_sub(1);
    Ok(insert(tree, sequence, &elements, last, &style, &|level| style.flow_value(value, level)))
}

fn insert(
    tree: &Tree,
    node: &Node,
    elements: &[Span],
    index: usize,
    style: &Style,
    write: &dyn Fn(Option<usize>) -> String,
) -> Vec<Edit> {
    let Some(before) = elements.get(index) else {
        return into_empty(tree, node, style, write);
    };
    let line = tree.source.line_span(tree.source.line(before.end));
    let line_end = line.map_or(before.end, |it| it.end.max(before.end));
    let tail = Span::new(before.end, line_end);
    let comment = tree.comments.iter().find(|it| tail.contains(it.span));
    let between = Span::new(before.end, comment.map_or(line_end, |it| it.span.start));
    let between = tree.source.slice(between).trim();
    let alone = own_indent(tree, before.start).filter(|_| matches!(between, "" | ","));
    let Some(indent) = alone else {
        return vec![Edit::insert(before.end, format!(", {}", write(None)))];
    };
    let text = write(style.level_at(tree, before.start));
    let new_line = format!("{}{indent}{text}", style.line_break);
    // With a comment behind the old element, the comma goes before it and the line after it.
    match (comment, between) {
        // A comma that stands there already comes to stand behind the new element.
        (None, _) => vec![Edit::insert(before.end, format!(",{new_line}"))],
        (Some(_), "") => vec![Edit::insert(before.end, ","), Edit::insert(line_end, new_line)],
        (Some(_), _) => vec![Edit::insert(line_end, format!("{new_line},"))],
    }
}

fn into_empty(
    tree: &Tree,
    node: &Node,
    style: &Style,
    write: &dyn Fn(Option<usize>) -> String,
) -> Vec<Edit> {
    let is_root = tree.root().is_some_and(|it| it.is(node));
    let level = style
        .level_at(tree, node.span.start)
        .or_else(|| (is_root && tree.format == Format::Json).then_some(0));
    let inside = Span::new(node.span.start + 1, node.span.end.saturating_sub(1));
    let comments = tree.comments.iter().any(|it| inside.contains(it.span));
    match level {
        Some(level) if !comments => {
            let text = style.around(&write(Some(level + 1)), level);
            vec![Edit::replace(inside, text)]
        }
        _ if comments => vec![Edit::insert(node.span.start + 1, write(None))],
        _ => vec![Edit::replace(inside, write(None))],
    }
}

/// Takes the element at `index` away with one comma.
pub(super) fn delete(tree: &Tree, elements: &[Span], index: usize) -> Result<Vec<Edit>, Refusal> {
    let Some(span) = elements.get(index).copied() else {
        return refuse("there is no such element");
    };
    let commented = |area: Span| tree.comments.iter().any(|it| area.overlaps(it.span));
    if let Some(next) = elements.get(index + 1) {
        let area = Span::new(span.start, next.start);
        if commented(area) {
            return refuse("a comment stands between it and the next element");
        }
        return Ok(vec![Edit::delete(area)]);
    }
    if let Some(previous) = index.checked_sub(1).and_then(|it| elements.get(it)) {
        let area = Span::new(previous.end, span.end);
        if commented(area) {
            return refuse("a comment stands between it and the element before it");
        }
        return Ok(vec![Edit::delete(area)]);
    }
    // The only element may have a comma behind it.
    let rest = tree.source.text().get(span.end..).unwrap_or_default();
    let comma = rest.trim_start().starts_with(',');
    let width = if comma { rest.find(',').map_or(0, |it| it + 1) } else { 0 };
    Ok(vec![Edit::delete(Span::new(span.start, span.end + width))])
}

/// The blanks before `offset` if nothing else stands before it on its line.
fn own_indent(tree: &Tree, offset: usize) -> Option<String> {
    let line = tree.source.line_span(tree.source.line(offset))?;
    let head = tree.source.slice(Span::new(line.start, offset));
    head.chars().all(|it| it == ' ' || it == '\t').then(|| head.to_owned())
}
