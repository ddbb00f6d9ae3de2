//! Rule ids are for ever: a committed list that only grows.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::Tree;

const LIST: &str = "catalogue/rule-ids.txt";
const RETIRED: &str = "# retired";
const RULES: &str = "crates/plimsoll-lint/src/rules/";

/// Each id is used once, listed, and never again used after its rule is gone. New ids are added to
/// the list and told once.
pub(crate) fn check(tree: &Tree) -> Vec<String> {
    let mut res = Vec::new();
    let mut used: BTreeMap<&str, &str> = BTreeMap::new();
    for (path, text) in tree.files(".rs").filter(|it| it.0.starts_with(RULES)) {
        for id in ids_in(text) {
            if let Some(other) = used.insert(id, path) {
                res.push(format!("{path}: id `{id}` is that of {other} already"));
            }
            if !is_kebab(id) {
                res.push(format!("{path}: id `{id}` is not in kebab-case"));
            }
        }
    }
    let text = tree.text(LIST).unwrap_or_default();
    let (active, retired) = text.split_once(RETIRED).unwrap_or((text, ""));
    let (active, retired) = (listed(active), listed(retired));
    for (id, path) in used.iter().filter(|it| retired.contains(it.0)) {
        res.push(format!("{path}: id `{id}` was another rule's once: take a new one"));
    }
    for id in active.iter().filter(|it| !used.contains_key(*it)) {
        res.push(format!("{LIST}: no rule has id `{id}` any more: move it under `{RETIRED}`"));
    }
    let new: Vec<&str> =
        used.keys().filter(|it| !active.contains(*it) && !retired.contains(*it)).copied().collect();
    if !new.is_empty() {
        let told = match tree.mend(LIST, &grown(text, &active, &new)) {
            Ok(()) => format!("{LIST}: new ids were added, commit it: {}", new.join(", ")),
            Err(it) => it,
        };
        res.push(told);
    }
    res
}

/// The ids that `rule!` gives in a text: a string and a brace alone on a line.
fn ids_in(text: &str) -> impl Iterator<Item = &str> {
    let in_rule = text.split_once("rule! {").map(|it| it.1).unwrap_or_default();
    let lines = in_rule.lines().map(str::trim);
    // The passport opens with `"id" for Subject {`.
    lines.filter_map(|it| {
        it.strip_prefix('"')?.strip_suffix('{')?.split_once("\" for ").map(|it| it.0)
    })
}

fn is_kebab(id: &str) -> bool {
    let is_word = |it: &str| {
        !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
    };
    id.split('-').all(is_word)
}

fn listed(text: &str) -> BTreeSet<&str> {
    text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#')).collect()
}

/// The list with the `new` ids among the active ones; all comments and retired ids stay.
fn grown(text: &str, active: &BTreeSet<&str>, new: &[&str]) -> String {
    let (head, tail) = text.split_once(RETIRED).unwrap_or((text, "\n"));
    let comments: Vec<&str> = head.lines().filter(|it| it.starts_with('#')).collect();
    let ids: BTreeSet<&str> = active.iter().chain(new).copied().collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    format!("{}\n\n{}\n\n{RETIRED}{tail}", comments.join("\n"), ids.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::{LIST, RULES, check, grown, listed};
    use crate::{assert_tidy, tree::Tree};

    #[test]
    fn ids_are_listed_and_never_used_again() {
        assert_tidy(&check(&Tree::of_workspace()));
    }

    #[test]
    fn faults_of_ids_are_seen() {
        let rule = |id: &str| {
            format!("use x;\n\nrule! {{\n    /// Doc.\n    \"{id}\" for Subject {{\n    }}\n}}\n")
        };
        let cases = [
            ("a-b", "a-b\n# retired\n", 0),
            ("a-b", "# retired\n", 1),
            ("a-b", "a-b\nc-d\n# retired\n", 1),
            ("a-b", "# retired\na-b\n", 1),
            ("A_b", "A_b\n# retired\n", 1),
            ("a-b", "a-b\n# retired\nc-d\n", 0),
        ];
        let path = format!("{RULES}compose/x.rs");
        for (id, list, n_faults) in cases {
            let faults = check(&Tree::of(&[(&path, &rule(id)), (LIST, list)]));
            assert_eq!(faults.len(), n_faults, "{id} in {list:?}: {faults:?}");
        }
        let twin = format!("{RULES}compose/y.rs");
        let both = [(&*path, &*rule("a")), (&twin, &rule("a")), (LIST, "a\n# retired\n")];
        assert_eq!(check(&Tree::of(&both)).len(), 1);
        assert!(check(&Tree::of(&[])).is_empty());
    }

    #[test]
    fn a_list_grows_in_order_and_keeps_the_rest() {
        let text = "# head\n\nb\n\n# retired\nz\n";
        let active = listed("b");
        assert_eq!(grown(text, &active, &["c", "a"]), "# head\n\na\nb\nc\n\n# retired\nz\n");
    }
}
