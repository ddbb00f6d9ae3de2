//! The order of entries and list items of a YAML file: who is out of it, and edits that sort them.
//! Knows no rule.

use plimsoll_config::tree::{Entry, Node, Tree};
use plimsoll_text::{Edit, Span};

/// An entry or list item with its place in the wanted order.
#[derive(Clone, Debug)]
pub(crate) struct Ranked<K> {
    /// All of it: key and value, or the item with its dash.
    pub(crate) span: Span,
    /// Where a finding about it points.
    pub(crate) place: Span,
    /// Its place in the order; `None` for those that may stand anywhere.
    pub(crate) rank: Option<K>,
}

impl<K> Ranked<K> {
    /// An entry of a mapping.
    pub(crate) fn entry(entry: &Entry, rank: Option<K>) -> Self {
        Self { span: entry.span(), place: entry.key.span, rank }
    }

    /// An item of a list; its dash is found in the text.
    pub(crate) fn item(tree: &Tree, item: &Node, rank: Option<K>) -> Self {
        let line = line_of(tree, item.span.start);
        let dash = tree.source.slice(line).find('-').map_or(line.start, |it| line.start + it);
        let span = item.span.cover(Span::empty(dash.min(item.span.start)));
        Self { span, place: item.span, rank }
    }
}

/// The first element that should stand before an earlier one.
pub(crate) fn first_unordered<K: Ord>(elements: &[Ranked<K>]) -> Option<&Ranked<K>> {
    let mut highest: Option<&K> = None;
    for element in elements {
        let Some(rank) = &element.rank else { continue };
        if highest.is_some_and(|it| it > rank) {
            return Some(element);
        }
        highest = Some(rank);
    }
    None
}

/// Edits that bring the elements into order; those without a rank stay where they are. `None` where
/// comments stand between elements, where anchors could end up behind their aliases, and where
/// elements share lines.
pub(crate) fn sorted_edits<K: Ord>(tree: &Tree, elements: &[Ranked<K>]) -> Option<Vec<Edit>> {
    let regions: Vec<Span> =
        elements.iter().map(|it| whole_lines(tree, it.span)).collect::<Option<_>>()?;
    let all = regions.first()?.cover(*regions.last()?);
    let apart = regions.windows(2).all(|it| matches!(it, [a, b] if a.end < b.start));
    if !apart || REFUSED.iter().any(|it| tree.source.slice(all).contains(it)) {
        return None;
    }
    let above = tree.source.line(all.start).checked_sub(1);
    let above = above.and_then(|it| tree.source.line_span(it)).unwrap_or(Span::empty(all.start));
    let reach = above.cover(all);
    let between = tree.comments.iter().any(|it| {
        let inside = |region: &Span| region.contains(it.span);
        it.own_line && reach.contains(it.span) && !regions.iter().any(inside)
    });
    if between {
        return None;
    }
    let slots: Vec<usize> =
        elements.iter().enumerate().filter(|it| it.1.rank.is_some()).map(|it| it.0).collect();
    let mut sorted = slots.clone();
    sorted.sort_by(|a, b| {
        let rank = |it: &usize| elements.get(*it).and_then(|it| it.rank.as_ref());
        rank(a).cmp(&rank(b))
    });
    let moves = slots.iter().zip(&sorted).filter(|it| it.0 != it.1);
    let edits = moves.filter_map(|(to, from)| {
        let text = tree.source.slice(*regions.get(*from)?);
        Some(Edit::replace(*regions.get(*to)?, text))
    });
    Some(edits.collect())
}

/// The lines that hold `span` and nothing else, without the last line break.
fn whole_lines(tree: &Tree, span: Span) -> Option<Span> {
    let start = line_of(tree, span.start).start;
    let head = tree.source.slice(Span::new(start, span.start));
    let text = tree.source.slice(span).trim_end();
    let end = line_of(tree, span.start + text.len()).end;
    let tail = tree.source.slice(Span::new(span.start + text.len(), end));
    let tail = tail.trim();
    let alone = head.trim().is_empty() && (tail.is_empty() || tail.starts_with('#'));
    let kept = tree.source.slice(Span::new(start, end)).trim_end_matches(['\n', '\r']).len();
    alone.then(|| Span::new(start, start + kept))
}

fn line_of(tree: &Tree, offset: usize) -> Span {
    tree.source.line_span(tree.source.line(offset)).unwrap_or(Span::empty(offset))
}

/// What may make the order of lines matter: anchors, aliases, and blocks that keep blank lines.
static REFUSED: &[&str] =
    &[" &", " *", "[*", "[&", "{*", "{&", ",*", ",&", "<<", "|+", ">+", "|1", "|2", "|4"];
