//! Whether two trees say the same, and where they do not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::tree::{Entry, Node, NodeKind, Path, Step, Tree};

/// Whether both say the same: order of keys, quoting, layout and comments aside; types count.
pub fn same_value(a: &Node, b: &Node) -> bool {
    let (a, b) = (a.resolved(), b.resolved());
    if a.is(b) {
        return true;
    }
    if a.tag_text() != b.tag_text() {
        return false;
    }
    match (&a.kind, &b.kind) {
        (NodeKind::Mapping(ours), NodeKind::Mapping(theirs)) => same_entries(ours, theirs),
        (NodeKind::Sequence(ours), NodeKind::Sequence(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|it| same_value(it.0, it.1))
        }
        (NodeKind::Alias { name: ours, .. }, NodeKind::Alias { name: theirs, .. }) => {
            ours == theirs
        }
        _ => {
            a.scalar_type() == b.scalar_type()
                && a.scalar_type().is_some()
                && a.as_str() == b.as_str()
        }
    }
}

/// The paths at which `after` says something else than `before`: the shortest that tell it all.
/// An added or removed key or item is named by its own path.
pub fn diff_paths(before: &Node, after: &Node) -> Vec<Path> {
    let mut res = BTreeSet::new();
    collect_differences(before, after, &mut Vec::new(), &mut res);
    res.into_iter().collect()
}

/// The texts of all comments, in order.
pub fn comment_texts(tree: &Tree) -> Vec<&str> {
    tree.comments.iter().map(|it| tree.source.slice(it.span)).collect()
}

/// Whether both texts hold the same comments in the same order.
pub fn same_comments(a: &Tree, b: &Tree) -> bool {
    comment_texts(a) == comment_texts(b)
}

fn same_entries(ours: &[Entry], theirs: &[Entry]) -> bool {
    if ours.len() != theirs.len() {
        return false;
    }
    let by_key = keyed(theirs);
    let plain = ours.iter().all(|it| it.key.as_str().is_some()) && by_key.len() == theirs.len();
    if !plain {
        // Keys that are no scalars, or double ones, are compared in their order.
        let same = |it: (&Entry, &Entry)| {
            same_value(&it.0.key, &it.1.key) && same_value(&it.0.value, &it.1.value)
        };
        return ours.iter().zip(theirs).all(same);
    }
    ours.iter().all(|entry| {
        let key = entry.key.as_str().unwrap_or_default();
        by_key.get(key).is_some_and(|other| {
            same_value(&entry.key, &other.key) && same_value(&entry.value, &other.value)
        })
    })
}

fn keyed(entries: &[Entry]) -> HashMap<&str, &Entry> {
    entries.iter().filter_map(|it| Some((it.key.as_str()?, it))).collect()
}

fn collect_differences(before: &Node, after: &Node, path: &mut Path, res: &mut BTreeSet<Path>) {
    let (before, after) = (before.resolved(), after.resolved());
    if before.is(after) {
        return;
    }
    match (&before.kind, &after.kind) {
        (NodeKind::Mapping(old), NodeKind::Mapping(new))
            if before.tag_text() == after.tag_text() && simple(old) && simple(new) =>
        {
            differing_entries(old, new, path, res);
        }
        (NodeKind::Sequence(old), NodeKind::Sequence(new))
            if before.tag_text() == after.tag_text() =>
        {
            differing_items(old, new, path, res);
        }
        _ => {
            if !same_value(before, after) {
                res.insert(path.clone());
            }
        }
    }
}

/// Whether every key is a scalar and stands once, so that keys tell entries apart.
fn simple(entries: &[Entry]) -> bool {
    keyed(entries).len() == entries.len()
}

fn differing_entries(old: &[Entry], new: &[Entry], path: &mut Path, res: &mut BTreeSet<Path>) {
    let ours: BTreeMap<&str, &Entry> =
        old.iter().filter_map(|it| Some((it.key.as_str()?, it))).collect();
    let theirs: BTreeMap<&str, &Entry> =
        new.iter().filter_map(|it| Some((it.key.as_str()?, it))).collect();
    let keys: BTreeSet<&str> = ours.keys().chain(theirs.keys()).copied().collect();
    for key in keys {
        path.push(Step::Key(key.to_owned()));
        match (ours.get(key), theirs.get(key)) {
            (Some(a), Some(b)) => collect_differences(&a.value, &b.value, path, res),
            _ => {
                res.insert(path.clone());
            }
        }
        path.pop();
    }
}

fn differing_items(old: &[Node], new: &[Node], path: &mut Path, res: &mut BTreeSet<Path>) {
    let same = |it: &(&Node, &Node)| same_value(it.0, it.1);
    let head = old.iter().zip(new).take_while(same).count();
    let room = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(room).take_while(same).count();
    let old_end = old.len() - tail;
    let new_end = new.len() - tail;
    for index in head..old_end.max(new_end) {
        path.push(Step::Index(index));
        match (
            old.get(index).filter(|_| index < old_end),
            new.get(index).filter(|_| index < new_end),
        ) {
            (Some(a), Some(b)) => collect_differences(a, b, path, res),
            _ => {
                res.insert(path.clone());
            }
        }
        path.pop();
    }
}
