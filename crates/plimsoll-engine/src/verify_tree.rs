//! The proof that an edit of a YAML or JSON file changed what it meant to change and nothing else.

use plimsoll_config::tree::{Node, Path, Step, Tree, comment_texts, diff_paths};
use plimsoll_text::Edit;

use crate::offsets::Offsets;

/// Checks `after` against `before`, of which it was made by `edits`. The error says, in a phrase,
/// what else would have changed.
pub(crate) fn verify_tree(before: &Tree, after: &Tree, edits: &[Edit]) -> Result<(), String> {
    let offsets = Offsets::new(edits);
    if after.errors.len() > before.errors.len() || before.is_broken() {
        return Err("the file would no longer parse as it does".to_owned());
    }
    if before.documents.len() != after.documents.len() {
        return Err("the documents of the file would change".to_owned());
    }
    for (old, new) in before.documents.iter().zip(&after.documents) {
        for path in diff_paths(&old.root, &new.root) {
            if !is_meant(&old.root, &new.root, &path, &offsets) {
                return Err(format!("`{}` would change as well", shown(&path)));
            }
        }
    }
    same_comments(before, after)
}

/// Whether what changed at `path` was edited there: the value before was touched, or the value
/// after stands in new text. An item that only moved up or down in its list is told by the list.
fn is_meant(old: &Node, new: &Node, path: &Path, offsets: &Offsets) -> bool {
    let touched = |node: &Node| offsets.touches(node.outer_span());
    let inserted = |node: &Node| {
        let span = node.outer_span();
        offsets.after().iter().any(|it| it.start <= span.end && span.start <= it.end)
    };
    if old.at(path).is_some_and(touched) || new.at(path).is_some_and(inserted) {
        return true;
    }
    let is_item = matches!(path.last(), Some(Step::Index(_)));
    let above = path.get(..path.len().saturating_sub(1)).unwrap_or_default();
    is_item && old.at(above).is_some_and(touched)
}

/// Every comment of `before` is still there, in order, unless it stood on a line that was taken
/// away.
fn same_comments(before: &Tree, after: &Tree) -> Result<(), String> {
    let texts = comment_texts(after);
    let mut left = texts.iter();
    for comment in &before.comments {
        let text = before.source.slice(comment.span);
        if !left.any(|it| *it == text) {
            let line = before.source.line(comment.span.start);
            return Err(format!("the comment in line {line} would change or be lost"));
        }
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    let steps = path.iter().map(|it| match it {
        Step::Key(key) => key.chars().take(60).collect(),
        Step::Index(index) => index.to_string(),
    });
    steps.collect::<Vec<String>>().join(".")
}

#[cfg(test)]
mod tests {
    use plimsoll_config::yaml::parse_yaml;
    use plimsoll_text::{Edit, Source, Span, apply_edits};

    use super::verify_tree;

    fn verdict(text: &str, edits: &[Edit]) -> Result<(), String> {
        let after = apply_edits(text, edits).unwrap();
        let before = parse_yaml(&Source::new("a.yaml", text));
        verify_tree(&before, &parse_yaml(&Source::new("a.yaml", after)), edits)
    }

    #[test]
    fn an_edit_that_changes_more_than_its_place_is_told() {
        let text = "a: 1 # one\nb:\n  - x\n  - y\nc: 3\n";
        assert_eq!(verdict(text, &[Edit::replace(Span::new(3, 4), "2")]), Ok(()));
        assert_eq!(verdict(text, &[Edit::insert(text.len(), "d: 4\n")]), Ok(()));
        assert_eq!(verdict(text, &[Edit::delete(Span::new(14, 20))]), Ok(()));
        assert!(verdict(text, &[Edit::replace(Span::new(5, 10), "")]).is_err(), "comment lost");
        assert!(verdict(text, &[Edit::replace(Span::new(3, 4), "[")]).is_err(), "broken");
    }
}
