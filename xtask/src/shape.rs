//! How a source file opens, and how long files, functions and lines may be.

use crate::{
    source::{blank_literals, functions},
    tree::Tree,
};

const MAX_FILE_LINES: usize = 1_000;
const MAX_FUNCTION_LINES: usize = 70;
const MAX_LINE_WIDTH: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    FileLines,
    LineWidth,
}

/// A file that may break a limit, and why. One that no longer needs to is a fault.
struct Exemption {
    path: &'static str,
    limit: Limit,
    #[expect(dead_code, reason = "it is there to be read")]
    reason: &'static str,
}

/// What the vocabulary held before this check did; an entry goes when its file is mended.
#[rustfmt::skip]
const EXEMPT: &[Exemption] = &[
    Exemption { path: "crates/plimsoll-finding/src/control.rs", limit: Limit::FileLines, reason: "one table" },
];

/// Every file says first what it is for.
pub(crate) fn check_openings(tree: &Tree) -> Vec<String> {
    let mut res = Vec::new();
    for (path, text) in tree.files(".rs").filter(|it| !is_data(it.0)) {
        let first = text.lines().next().unwrap_or_default();
        let is_rule_opening = is_rule(path) && first.starts_with("use ");
        if !first.starts_with("//!") && !is_rule_opening {
            res.push(format!("{path}:1: open with `//!`: what it is for, what it must not know"));
        }
    }
    res
}

/// No file and no function is longer than a reader can hold.
pub(crate) fn check_sizes(tree: &Tree) -> Vec<String> {
    let mut res = Vec::new();
    for (path, text) in judged(tree) {
        let n_lines = text.lines().count();
        if n_lines > MAX_FILE_LINES && !is_exempt(path, Limit::FileLines) {
            res.push(format!("{path}: {n_lines} lines, at most {MAX_FILE_LINES}: split by idea"));
        }
        for function in functions(text) {
            let n_lines = function.last - function.first + 1;
            if n_lines > MAX_FUNCTION_LINES {
                res.push(format!(
                    "{path}:{}: `{}` has {n_lines} lines, at most {MAX_FUNCTION_LINES}",
                    function.first, function.name
                ));
            }
        }
    }
    res
}

/// No line is wider than two windows side by side allow, save one that a literal makes wide.
pub(crate) fn check_widths(tree: &Tree) -> Vec<String> {
    let mut res = Vec::new();
    for (path, text) in judged(tree).filter(|it| !is_exempt(it.0, Limit::LineWidth)) {
        for line in wide_lines(text) {
            res.push(format!("{path}:{line}: wider than {MAX_LINE_WIDTH} columns: wrap it"));
        }
    }
    res
}

/// No exemption outlives its reason.
pub(crate) fn check_exemptions(tree: &Tree) -> Vec<String> {
    let mut res = Vec::new();
    for exemption in EXEMPT {
        let text = tree.text(exemption.path).unwrap_or_default();
        let is_needed = match exemption.limit {
            Limit::FileLines => text.lines().count() > MAX_FILE_LINES,
            Limit::LineWidth => !wide_lines(text).is_empty(),
        };
        if !is_needed {
            res.push(format!(
                "xtask/src/shape.rs: `{}` needs no exemption from {:?} any more: take it out",
                exemption.path, exemption.limit
            ));
        }
    }
    res
}

fn judged(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.files(".rs").filter(|it| !is_data(it.0) && !is_generated(it.1))
}

/// Files that tests read are no sources of ours; `tests/it/` holds the tests themselves.
fn is_data(path: &str) -> bool {
    path.split_once("tests/").is_some_and(|it| it.1.starts_with("data/"))
}

fn is_generated(text: &str) -> bool {
    text.lines().next().is_some_and(|it| it.contains("@generated"))
}

fn is_rule(path: &str) -> bool {
    let rest = path.strip_prefix("crates/plimsoll-lint/src/rules/");
    rest.is_some_and(|it| it.split('/').count() == 2)
}

fn is_exempt(path: &str, limit: Limit) -> bool {
    EXEMPT.iter().any(|it| it.path == path && it.limit == limit)
}

/// The lines that are too wide even if what a literal takes is not counted, or are comments.
fn wide_lines(text: &str) -> Vec<usize> {
    let mut res = Vec::new();
    let blanked = blank_literals(text);
    for (index, (line, code)) in text.lines().zip(blanked.lines()).enumerate() {
        if line.chars().count() <= MAX_LINE_WIDTH {
            continue;
        }
        // Inside of a literal that goes over lines, nothing of the line is code.
        let is_comment = line.trim_start().starts_with("//") && code.trim().is_empty();
        let has_literal = line.contains('"') || code.trim().is_empty();
        if is_comment || !has_literal {
            res.push(index + 1);
        }
    }
    res
}

#[cfg(test)]
mod tests {
    use super::{check_exemptions, check_openings, check_sizes, check_widths};
    use crate::{assert_tidy, tree::Tree};

    #[test]
    fn every_file_opens_with_what_it_is_for() {
        assert_tidy(&check_openings(&Tree::of_workspace()));
    }

    #[test]
    fn files_and_functions_are_short() {
        assert_tidy(&check_sizes(&Tree::of_workspace()));
    }

    #[test]
    fn lines_are_narrow() {
        assert_tidy(&check_widths(&Tree::of_workspace()));
    }

    #[test]
    fn exemptions_are_needed() {
        assert_tidy(&check_exemptions(&Tree::of_workspace()));
    }

    #[test]
    fn faults_of_shape_are_seen() {
        let wide = "x".repeat(101);
        let body = "    a();\n".repeat(69);
        let cases: &[(&str, String, [usize; 3])] = &[
            ("a.rs", "//! A.\n".to_owned(), [0, 0, 0]),
            ("a.rs", "use a;\n".to_owned(), [1, 0, 0]),
            ("crates/plimsoll-lint/src/rules/x/y.rs", "use a;\n".to_owned(), [0, 0, 0]),
            ("crates/plimsoll-lint/src/rules/x.rs", "use a;\n".to_owned(), [1, 0, 0]),
            ("a/tests/data/x.rs", wide.clone(), [0, 0, 0]),
            ("a.rs", format!("//! A.\n{wide}\n"), [0, 0, 1]),
            ("a.rs", format!("//! A.\n// {wide}\n"), [0, 0, 1]),
            ("a.rs", format!("//! A.\nlet x = \"{wide}\";\n"), [0, 0, 0]),
            ("a.rs", format!("//! A. @generated\n{wide}\n"), [0, 0, 0]),
            ("a.rs", format!("//! A.\n{}", "x\n".repeat(1_000)), [0, 1, 0]),
            ("a.rs", format!("//! A.\nfn a() {{\n{body}}}\n"), [0, 1, 0]),
        ];
        for (path, text, expected) in cases {
            let tree = Tree::of(&[(path, text)]);
            let found = [check_openings(&tree), check_sizes(&tree), check_widths(&tree)];
            assert_eq!(
                found.map(|it| it.len()),
                *expected,
                "{path}: {}",
                &text[..20.min(text.len())]
            );
        }
    }
}
