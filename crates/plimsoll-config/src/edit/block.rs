//! Edits of block mappings and lists: whole lines come and go.

use plimsoll_text::{Edit, Span};

use crate::{
    edit::{
        CommentAbove, Refusal, Value, refuse,
        write::{Style, document_at, key_text},
    },
    tree::{Layout, Node, NodeKind, ScalarStyle, Tree},
};

/// Puts a line for a new entry after the entry at `index`.
pub(super) fn insert_entry(
    tree: &Tree,
    mapping: &Node,
    index: usize,
    entry: (&str, &Value),
    comment: Option<&str>,
) -> Result<Vec<Edit>, Refusal> {
    let NodeKind::Mapping(entries) = &mapping.kind else {
        return refuse("only a mapping takes a new key");
    };
    let Some(before) = entries.get(index) else {
        return refuse("the mapping is empty");
    };
    let style = Style::of(tree);
    check_line_after(tree, &before.value)?;
    let width = column(tree, mapping.span.start);
    let value = style.block_value(entry.1, width, comment);
    let key = key_text(entry.0, ScalarStyle::Plain, tree.format);
    let text = format!("{}{}{key}:{value}", style.line_break, " ".repeat(width));
    Ok(vec![Edit::insert(insertion_point(tree, before.span().end), text)])
}

/// Puts a line for a new item after the last one.
pub(super) fn insert_item(
    tree: &Tree,
    sequence: &Node,
    value: &Value,
    comment: Option<&str>,
) -> Result<Vec<Edit>, Refusal> {
    let NodeKind::Sequence(items) = &sequence.kind else {
        return refuse("only a list takes a new item");
    };
    let (Some(last), Some(dash)) = (items.last(), sequence.dashes.last()) else {
        return refuse("the list is empty");
    };
    check_line_after(tree, last)?;
    let style = Style::of(tree);
    let width = column(tree, sequence.span.start);
    // Blanks after the dash are kept as the list has them.
    let gap = blanks_after(tree, *dash, last);
    let value = style.block_item(value, width, comment);
    let value = value.strip_prefix(' ').map_or(value.clone(), |it| format!("{gap}{it}"));
    let text = format!("{}{}-{value}", style.line_break, " ".repeat(width));
    let end = last.outer_span().end.max(dash + 1);
    Ok(vec![Edit::insert(insertion_point(tree, end), text)])
}

/// Takes one of several elements away.
pub(super) fn delete(
    tree: &Tree,
    elements: &[Span],
    index: usize,
    above: CommentAbove,
) -> Result<Vec<Edit>, Refusal> {
    let Some(span) = elements.get(index).copied() else {
        return refuse("there is no such element");
    };
    if starts_line(tree, span.start) {
        let start = start_with_comments(tree, span.start, above);
        return Ok(vec![Edit::delete(Span::new(start, after_line(tree, span.end)))]);
    }
    let head = Span::new(line_start(tree, span.start), span.start);
    if !tree.source.slice(head).chars().all(|it| it == ' ' || it == '-') {
        return refuse("something else stands on the same line");
    }
    // The first element stands behind a dash: what follows moves up to it.
    let Some(next) = elements.get(index + 1) else {
        return refuse("another key follows none of the rules for first keys");
    };
    let own_line = line_end(tree, span.end);
    if tree.comments.iter().any(|it| it.span.start > own_line && it.span.start < next.start) {
        return Ok(vec![Edit::delete(Span::new(span.start, own_line))]);
    }
    Ok(vec![Edit::delete(Span::new(span.start, next.start))])
}

/// Takes the only element away, which leaves an empty `{}` or `[]`.
pub(super) fn delete_only(
    tree: &Tree,
    node: &Node,
    above: CommentAbove,
) -> Result<Vec<Edit>, Refusal> {
    let empty = if matches!(node.kind, NodeKind::Sequence(_)) { "[]" } else { "{}" };
    if node.anchor.is_some() || node.tag.is_some() {
        return refuse("the last element of a value with an anchor or tag would go");
    }
    if !starts_line(tree, node.span.start) {
        return Ok(vec![Edit::replace(Span::new(node.span.start, node.span.end), empty)]);
    }
    let start = start_with_comments(tree, node.span.start, above);
    let lines = Span::new(start, after_line(tree, node.span.end));
    if let Some(holder) = holder_end(tree, node) {
        return Ok(vec![Edit::insert(holder, format!(" {empty}")), Edit::delete(lines)]);
    }
    let end = line_end(tree, node.span.end);
    Ok(vec![Edit::replace(Span::new(node.span.start, end), empty)])
}

/// Refuses to write a line behind a block of text whose value that line would change.
fn check_line_after(tree: &Tree, value: &Node) -> Result<(), Refusal> {
    let mut last = value;
    loop {
        last = match &last.kind {
            NodeKind::Mapping(entries) if last.layout == Layout::Block => match entries.last() {
                Some(entry) => &entry.value,
                None => return Ok(()),
            },
            NodeKind::Sequence(items) if last.layout == Layout::Block => match items.last() {
                Some(item) => item,
                None => return Ok(()),
            },
            NodeKind::Scalar { value, style: ScalarStyle::Literal | ScalarStyle::Folded } => {
                let open = last.span.end >= tree.source.text().len();
                if open || value.ends_with("\n\n") || value.trim().is_empty() {
                    return refuse("a block of text that keeps its blank lines stands before it");
                }
                return Ok(());
            }
            _ => return Ok(()),
        };
    }
}

/// The number of characters before `offset` on its line.
pub(super) fn column(tree: &Tree, offset: usize) -> usize {
    tree.source.line_column(offset).column - 1
}

/// Whether a comment stands on the line of `offset`, behind it.
pub(super) fn has_trailing_comment(tree: &Tree, offset: usize) -> bool {
    let end = line_end(tree, offset);
    tree.comments.iter().any(|it| it.span.start >= offset && it.span.start < end)
}

/// The end of the line of `offset`, before its line break; blank lines that belong to a block of
/// text are not told apart.
pub(super) fn line_end(tree: &Tree, offset: usize) -> usize {
    tree.source.line_span(tree.source.line(offset)).map_or(offset, |it| it.end.max(offset))
}

/// Where a new line can start with its own line break.
fn insertion_point(tree: &Tree, offset: usize) -> usize {
    line_end(tree, offset)
}

/// The start of the next line.
fn after_line(tree: &Tree, offset: usize) -> usize {
    let end = line_end(tree, offset);
    let rest = tree.source.text().get(end..).unwrap_or_default();
    let width = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    end + width
}

fn line_start(tree: &Tree, offset: usize) -> usize {
    tree.source.line_span(tree.source.line(offset)).map_or(offset, |it| it.start)
}

/// Whether only blanks stand before `offset` on its line.
fn starts_line(tree: &Tree, offset: usize) -> bool {
    let head = Span::new(line_start(tree, offset), offset);
    tree.source.slice(head).trim_start_matches('\u{FEFF}').trim().is_empty()
}

/// The start of the line of `offset`, or of the comment lines right above it.
fn start_with_comments(tree: &Tree, offset: usize, above: CommentAbove) -> usize {
    let width = column(tree, offset);
    let mut line = tree.source.line(offset);
    while above == CommentAbove::Delete && line > 1 {
        let Some(previous) = tree.source.line_span(line - 1) else { break };
        let text = tree.source.slice(previous);
        let indented = text.len() - text.trim_start_matches(' ').len() == width;
        if !indented || !text.trim_start().starts_with('#') {
            break;
        }
        line -= 1;
    }
    tree.source.line_span(line).map_or(offset, |it| it.start)
}

/// The end of the `:` or dash whose value `node` is.
fn holder_end(tree: &Tree, node: &Node) -> Option<usize> {
    let mut around = &document_at(tree, node.span.start)?.root;
    loop {
        if around.is(node) {
            return None;
        }
        let inner = match &around.kind {
            NodeKind::Mapping(entries) => {
                let entry = entries.iter().find(|it| it.value.span.contains(node.span))?;
                if entry.value.is(node) {
                    return entry.colon.map(|it| it + 1);
                }
                &entry.value
            }
            NodeKind::Sequence(items) => {
                let index = items.iter().position(|it| it.span.contains(node.span))?;
                let item = items.get(index)?;
                if item.is(node) {
                    return around.dashes.get(index).map(|it| it + 1);
                }
                item
            }
            _ => return None,
        };
        around = inner;
    }
}

fn blanks_after(tree: &Tree, dash: usize, item: &Node) -> String {
    let between = tree.source.slice(Span::new(dash + 1, item.outer_span().start));
    let blank = !between.is_empty() && between.chars().all(|it| it == ' ');
    if blank && !item.is_mapping() { between.to_owned() } else { " ".to_owned() }
}
