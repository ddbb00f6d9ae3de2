//! Where in its file a service says something, and edits of lists there. Knows no rule.

use plimsoll_config::{
    edit::{self, CommentAbove},
    tree::{Entry, Node},
};
use plimsoll_text::{Edit, Location, Span};

use crate::subject::service::ServiceSubject;

/// The key at the end of `path` in the service's own mapping (`["deploy", "resources"]`).
pub(crate) fn key_place(subject: &ServiceSubject, path: &[&str]) -> Option<Location> {
    let (last, before) = path.split_last()?;
    let entry = subject.node()?.find(before)?.get_entry(last)?;
    located(subject, entry.key.span)
}

/// The value at the end of `path` in the service's own mapping.
pub(crate) fn value_place(subject: &ServiceSubject, path: &[&str]) -> Option<Location> {
    located(subject, subject.node()?.find(path)?.resolved().span)
}

/// The key of the service's mapping whose value holds `location`; `location` itself where another
/// file says it, or no file.
pub(crate) fn key_around(subject: &ServiceSubject, key: &str, location: &Location) -> Location {
    let around = || {
        let entry = entry_around(subject, key, location)?;
        located(subject, entry.key.span)
    };
    around().unwrap_or_else(|| location.clone())
}

/// The value at the end of `path` inside of the long form at `location`, such as the `source` of a
/// mount; `location` itself for short forms.
pub(crate) fn part_place(
    subject: &ServiceSubject,
    key: &str,
    location: &Location,
    path: &[&str],
) -> Location {
    let part = || {
        let entry = entry_around(subject, key, location)?;
        let item = entry.value.items().iter().find(|it| it.resolved().span == location.span)?;
        let value = item.find(path).filter(|it| !it.is_null())?;
        located(subject, value.resolved().span)
    };
    part().unwrap_or_else(|| location.clone())
}

/// Edits that take the item at `location` out of the list `key`; the key goes with the last item.
pub(crate) fn remove_item(
    subject: &ServiceSubject,
    key: &str,
    location: &Location,
) -> Option<Vec<Edit>> {
    let tree = &subject.service().node.as_ref()?.tree;
    let entry = entry_around(subject, key, location)?;
    let items = entry.value.items();
    let index = items.iter().position(|it| it.span == location.span)?;
    let edits = if items.len() == 1 {
        edit::delete_entry(tree, subject.node()?, key, CommentAbove::Keep)
    } else {
        edit::delete_item(tree, entry.value.resolved(), index, CommentAbove::Keep)
    };
    edits.ok()
}

/// Edits that take the key `key` out of the service's mapping.
pub(crate) fn remove_key(subject: &ServiceSubject, key: &str) -> Option<Vec<Edit>> {
    let tree = &subject.service().node.as_ref()?.tree;
    edit::delete_entry(tree, subject.node()?, key, CommentAbove::Keep).ok()
}

/// One set of edits out of several; what is inserted at the same place is inserted in this order.
pub(crate) fn joined(parts: impl IntoIterator<Item = Vec<Edit>>) -> Vec<Edit> {
    let mut res: Vec<Edit> = Vec::new();
    for edit in parts.into_iter().flatten() {
        let same = res.iter_mut().find(|it| it.span.is_empty() && it.span == edit.span);
        match same {
            Some(earlier) => earlier.text.push_str(&edit.text),
            None => res.push(edit),
        }
    }
    res
}

/// The scalar of the service's own file that holds `location`.
pub(crate) fn scalar_around<'a>(
    subject: &'a ServiceSubject,
    location: &Location,
) -> Option<&'a Node> {
    let tree = &subject.service().node.as_ref()?.tree;
    if location.source.name() != tree.source.name() {
        return None;
    }
    scalar_in(subject.node()?, location.span)
}

fn scalar_in(node: &Node, span: Span) -> Option<&Node> {
    if node.is_scalar() {
        return Some(node).filter(|it| it.span.contains(span));
    }
    let values = node.own_entries().iter().map(|it| &it.value);
    values.chain(node.items()).find_map(|it| {
        let inside = it.span.contains(span);
        if inside { scalar_in(it, span) } else { None }
    })
}

fn entry_around<'a>(
    subject: &'a ServiceSubject,
    key: &str,
    location: &Location,
) -> Option<&'a Entry> {
    let tree = &subject.service().node.as_ref()?.tree;
    if location.source.name() != tree.source.name() {
        return None;
    }
    let entry = subject.node()?.get_entry(key)?;
    entry.value.resolved().span.contains(location.span).then_some(entry)
}

fn located(subject: &ServiceSubject, span: Span) -> Option<Location> {
    let tree = &subject.service().node.as_ref()?.tree;
    Some(Location::new(&tree.source, span))
}
