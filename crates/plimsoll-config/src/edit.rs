//! Edits of a tree's text that keep everything else byte for byte.
//!
//! Each function answers with edits or says why it will not: an edit inside a node that an alias
//! uses elsewhere, of a value that a merge key brings, or over a comment would change more than was
//! asked. It must not know why an edit is wanted.

mod block;
mod flow;
mod write;

use plimsoll_text::{Edit, Span};

use crate::{
    edit::write::{Style, key_text, scalar_text},
    tree::{Entry, Format, Layout, Node, NodeKind, ScalarStyle, Tree},
    yaml::short,
};

pub use crate::edit::write::Value;

/// Why an edit was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reason, to be shown to the user.
    pub why: String,
}

/// How a new entry or item is put in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Insert<'a> {
    /// The key after whose entry a new one goes; at the end if there is no such key.
    pub after: Option<&'a str>,
    /// A comment for the line, without its `#`; left out where the layout has no place for it.
    pub comment: Option<&'a str>,
}

/// What goes with a deleted entry or item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentAbove {
    /// Comment lines above it stay.
    Keep,
    /// The comment lines right above it, at its indentation, go too.
    Delete,
}

/// Puts `value` in the place of the scalar `node`, with the quoting it had where that can be.
pub fn replace_scalar(tree: &Tree, node: &Node, value: &Value) -> Result<Vec<Edit>, Refusal> {
    check_span(tree, node, "value")?;
    let NodeKind::Scalar { style, .. } = &node.kind else {
        return refuse("only a written scalar can be replaced in its place");
    };
    if !matches!(value, Value::Str(_) | Value::Literal(_)) {
        return refuse("a list or mapping cannot stand in the place of a scalar");
    }
    if node.tag.is_some() {
        return refuse("the value has a tag that says what type it is");
    }
    if tree.comments.iter().any(|it| node.span.overlaps(it.span)) {
        return refuse("a comment stands inside of the value");
    }
    let text = scalar_text(value, *style, tree.format, in_flow(tree, node.span));
    Ok(vec![Edit::replace(node.span, text)])
}

/// Sets `key` of `mapping` to `value`: replaces what it says or inserts a new entry.
pub fn set_key(
    tree: &Tree,
    mapping: &Node,
    key: &str,
    value: &Value,
    insert: Insert<'_>,
) -> Result<Vec<Edit>, Refusal> {
    let Some(entry) = mapping.own_entry(key) else {
        return insert_key(tree, mapping, key, value, insert);
    };
    let scalar = matches!(value, Value::Str(_) | Value::Literal(_));
    if scalar && matches!(entry.value.kind, NodeKind::Scalar { .. }) {
        return replace_scalar(tree, &entry.value, value);
    }
    replace_value(tree, mapping, entry, value, insert.comment)
}

/// Inserts a new `key` into `mapping`.
pub fn insert_key(
    tree: &Tree,
    mapping: &Node,
    key: &str,
    value: &Value,
    insert: Insert<'_>,
) -> Result<Vec<Edit>, Refusal> {
    check_span(tree, mapping, "mapping")?;
    check_comment(insert.comment)?;
    let NodeKind::Mapping(entries) = &mapping.kind else {
        return refuse("only a mapping takes a new key");
    };
    if mapping.own_entry(key).is_some() {
        return refuse(&format!("the key `{}` is there already", short(key)));
    }
    if mapping.get_entry(key).is_some() {
        return refuse(&format!("a merge key brings in `{}` from another mapping", short(key)));
    }
    let after =
        insert.after.and_then(|it| entries.iter().rposition(|e| e.key.as_str() == Some(it)));
    let at = after.unwrap_or(entries.len().saturating_sub(1));
    match mapping.layout {
        Layout::Block => block::insert_entry(tree, mapping, at, (key, value), insert.comment),
        Layout::Flow => flow::insert_entry(tree, mapping, at, key, value),
    }
}

/// Puts a new item at the end of `sequence`.
pub fn push_item(
    tree: &Tree,
    sequence: &Node,
    value: &Value,
    comment: Option<&str>,
) -> Result<Vec<Edit>, Refusal> {
    check_span(tree, sequence, "list")?;
    check_comment(comment)?;
    if !matches!(sequence.kind, NodeKind::Sequence(_)) {
        return refuse("only a list takes a new item");
    }
    match sequence.layout {
        Layout::Block => block::insert_item(tree, sequence, value, comment),
        Layout::Flow => flow::insert_item(tree, sequence, value),
    }
}

/// Takes the entry of `key` away with its lines and the comment on them.
pub fn delete_entry(
    tree: &Tree,
    mapping: &Node,
    key: &str,
    above: CommentAbove,
) -> Result<Vec<Edit>, Refusal> {
    check_span(tree, mapping, "mapping")?;
    let NodeKind::Mapping(entries) = &mapping.kind else {
        return refuse("only a mapping has keys to delete");
    };
    let mut found = entries.iter().enumerate().filter(|it| it.1.key.as_str() == Some(key));
    let Some((index, entry)) = found.next() else {
        return refuse(&format!("the mapping does not say `{}` itself", short(key)));
    };
    if found.next().is_some() {
        return refuse(&format!("the key `{}` stands twice", short(key)));
    }
    check_inside(tree, entry.span(), true)?;
    let elements: Vec<Span> = entries.iter().map(Entry::span).collect();
    delete_element(tree, mapping, &elements, index, above)
}

/// Takes the item at `index` away with its lines and the comment on them.
pub fn delete_item(
    tree: &Tree,
    sequence: &Node,
    index: usize,
    above: CommentAbove,
) -> Result<Vec<Edit>, Refusal> {
    check_span(tree, sequence, "list")?;
    let NodeKind::Sequence(items) = &sequence.kind else {
        return refuse("only a list has items to delete");
    };
    let Some(item) = items.get(index) else {
        return refuse("the list has no such item");
    };
    check_inside(tree, item.outer_span(), true)?;
    let elements: Vec<Span> = match sequence.layout {
        Layout::Flow => items.iter().map(|it| it.outer_span()).collect(),
        Layout::Block => {
            let with_dash =
                |it: (&Node, &usize)| it.0.outer_span().cover(Span::new(*it.1, it.1 + 1));
            items.iter().zip(&sequence.dashes).map(with_dash).collect()
        }
    };
    delete_element(tree, sequence, &elements, index, above)
}

/// Gives the entry of `old` the name `new`.
pub fn rename_key(tree: &Tree, mapping: &Node, old: &str, new: &str) -> Result<Vec<Edit>, Refusal> {
    check_span(tree, mapping, "mapping")?;
    let Some(entry) = mapping.own_entry(old) else {
        return refuse(&format!("the mapping does not say `{}` itself", short(old)));
    };
    if mapping.get_entry(new).is_some() {
        return refuse(&format!("the key `{}` is there already", short(new)));
    }
    let NodeKind::Scalar { style, .. } = &entry.key.kind else {
        return refuse("the key is an alias");
    };
    if entry.key.tag.is_some() || matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
        return refuse("the key is not written as a plain word");
    }
    let text = key_text(new, *style, tree.format);
    Ok(vec![Edit::replace(entry.key.span, text)])
}

/// Puts a whole new value after a key that has one already.
fn replace_value(
    tree: &Tree,
    mapping: &Node,
    entry: &Entry,
    value: &Value,
    comment: Option<&str>,
) -> Result<Vec<Edit>, Refusal> {
    check_span(tree, mapping, "mapping")?;
    check_comment(comment)?;
    let Some(colon) = entry.colon else {
        return refuse("the key has no `:` after it");
    };
    if matches!(entry.value.kind, NodeKind::Alias { .. }) {
        return refuse("the value is an alias, which may stand for the same elsewhere");
    }
    if entry.value.anchor.is_some() || entry.value.tag.is_some() {
        return refuse("the value has an anchor or a tag");
    }
    check_inside(tree, entry.value.outer_span(), false)?;
    let old = Span::new(colon + 1, entry.span().end);
    if tree.comments.iter().any(|it| old.overlaps(it.span)) {
        return refuse("a comment stands inside of the value");
    }
    let style = Style::of(tree);
    match mapping.layout {
        Layout::Flow => {
            let text = style.flow_value(value, style.level_at(tree, entry.key.span.start));
            Ok(vec![Edit::replace(old, format!(" {text}"))])
        }
        Layout::Block => {
            let width = block::column(tree, mapping.span.start);
            let trailing = block::has_trailing_comment(tree, colon);
            let text = style.block_value(value, width, comment.filter(|_| !trailing));
            // A comment behind the key stays on the key's line.
            if trailing && old.is_empty() && text.contains('\n') {
                return Ok(vec![Edit::insert(block::line_end(tree, colon), text)]);
            }
            Ok(vec![Edit::replace(old, text)])
        }
    }
}

fn delete_element(
    tree: &Tree,
    node: &Node,
    elements: &[Span],
    index: usize,
    above: CommentAbove,
) -> Result<Vec<Edit>, Refusal> {
    match node.layout {
        Layout::Flow => flow::delete(tree, elements, index),
        Layout::Block if elements.len() == 1 => block::delete_only(tree, node, above),
        Layout::Block => block::delete(tree, elements, index, above),
    }
}

/// Refuses nodes whose text says something in another place too.
fn check_span(tree: &Tree, node: &Node, what: &str) -> Result<(), Refusal> {
    if matches!(node.kind, NodeKind::Alias { .. }) {
        return refuse(&format!("the {what} is an alias, the text stands elsewhere"));
    }
    if tree.is_shared(node.outer_span()) {
        return refuse(&format!("the {what} is used in several places through an anchor"));
    }
    if tree.documents.iter().any(|it| it.truncated) {
        return refuse("the file has an error in its structure, repair that first");
    }
    Ok(())
}

/// Refuses to take text away that defines an anchor for aliases elsewhere, or hides comments.
fn check_inside(tree: &Tree, span: Span, comments_may_go: bool) -> Result<(), Refusal> {
    if tree.aliased.iter().any(|it| span.contains(*it)) {
        return refuse("it holds an anchor that is used elsewhere");
    }
    let inner = |it: &&crate::tree::Comment| span.overlaps(it.span) && it.own_line;
    if comments_may_go && tree.comments.iter().any(|it| inner(&it)) {
        return refuse("comments stand inside of it");
    }
    Ok(())
}

fn check_comment(comment: Option<&str>) -> Result<(), Refusal> {
    if comment.is_some_and(|it| it.contains(char::is_control)) {
        return refuse("a comment is one line of text");
    }
    Ok(())
}

/// Whether `span` lies inside of brackets.
fn in_flow(tree: &Tree, span: Span) -> bool {
    if tree.format == Format::Json {
        return true;
    }
    let mut node = tree.documents.iter().map(|it| &it.root).find(|it| it.span.contains(span));
    while let Some(inner) = node {
        if inner.layout == Layout::Flow {
            return true;
        }
        node = match &inner.kind {
            NodeKind::Mapping(entries) => {
                entries.iter().flat_map(|it| [&it.key, &it.value]).find(|it| it.span.contains(span))
            }
            NodeKind::Sequence(items) => items.iter().find(|it| it.span.contains(span)),
            _ => None,
        };
    }
    false
}

fn refuse<T>(why: &str) -> Result<T, Refusal> {
    Err(Refusal { why: why.to_owned() })
}

#[cfg(test)]
mod tests;
