//! Paths that prose names are there.

use crate::tree::Tree;

/// Folders whose files prose may name; a path elsewhere may be the reader's own.
#[rustfmt::skip]
const FOLDERS: &[&str] = &[
    "crates/", "xtask/", "docs/", "examples/", "catalogue/", "bench/", "fuzz/", ".ci/", ".github/",
];

/// Every path in backticks in the root's Markdown files, in `docs/` and in `examples/` exists.
pub(crate) fn check(tree: &Tree) -> Vec<String> {
    let mut res = Vec::new();
    for (file, text) in tree.files(".md").filter(|it| is_prose(it.0)) {
        for (index, line) in text.lines().enumerate() {
            for path in paths_in(line).filter(|it| !tree.exists(it)) {
                res.push(format!("{file}:{}: `{path}` does not exist", index + 1));
            }
        }
    }
    res
}

fn is_prose(file: &str) -> bool {
    !file.contains('/') || file.starts_with("docs/") || file.starts_with("examples/")
}

/// The words in backticks that are paths of ours, without `:LINE` and `#anchor`.
fn paths_in(line: &str) -> impl Iterator<Item = &str> {
    let quoted = line.split('`').skip(1).step_by(2);
    quoted.filter_map(|quoted| {
        let folder = FOLDERS.iter().find(|it| quoted.starts_with(*it))?;
        let is_pattern = quoted.contains(['<', '*', '{', '$', '…', ' ']) || quoted.contains("...");
        // A folder alone may be one that is yet to come.
        if is_pattern || quoted.len() == folder.len() {
            return None;
        }
        quoted.split([':', '#']).next()
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::{assert_tidy, tree::Tree};

    #[test]
    fn paths_named_in_prose_exist() {
        assert_tidy(&check(&Tree::of_workspace()));
    }

    #[test]
    fn a_path_that_is_not_there_is_seen() {
        let cases = [
            ("README.md", "see `crates/x/a.rs` and `crates/x`", 0),
            ("README.md", "see `crates/x/a.rs:12`, `crates/x/`", 0),
            ("README.md", "see `crates/x/b.rs` and `docs/y.md`", 2),
            ("docs/a.md", "see `crates/y`", 1),
            ("crates/x/notes.md", "see `crates/y`", 0),
            ("README.md", "`crates/<name>/x`, `crates/*/x`, `cargo run x`, `/etc/x`, `crates/`", 0),
        ];
        for (file, text, n_faults) in cases {
            let faults = check(&Tree::of(&[("crates/x/a.rs", ""), (file, text)]));
            assert_eq!(faults.len(), n_faults, "{text}: {faults:?}");
        }
    }
}
