//! Chores that keep the house as ARCHITECTURE.md says: floors, shapes, generated lists.
//!
//! `cargo test -p xtask` runs each check as its own test; `cargo run -p xtask` runs all of them at
//! once. Never shipped. Knows the tree of files only, and nothing of what the code does.
#![expect(
    clippy::disallowed_methods,
    reason = "a chore reads the tree it tidies and mends generated files"
)]
#![expect(clippy::print_stderr, reason = "a chore tells the developer what is untidy")]

mod tree;
mod source;
mod floors;
mod shape;
mod rule_lists;
mod rule_ids;
mod prose;

use std::process::ExitCode;

use crate::tree::Tree;

fn main() -> ExitCode {
    let tree = Tree::of_workspace();
    let checks = [
        floors::check,
        shape::check_openings,
        shape::check_sizes,
        shape::check_widths,
        shape::check_exemptions,
        rule_lists::check,
        rule_ids::check,
        prose::check,
    ];
    let faults: Vec<String> = checks.iter().flat_map(|check| check(&tree)).collect();
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Fails a test with all `faults`, one a line.
#[cfg(test)]
fn assert_tidy(faults: &[String]) {
    assert!(faults.is_empty(), "\n\n{}\n\n", faults.join("\n"));
}
