//! Judges files: a rule is one file under `rules/`, and sees its subject and its sink only.
//!
//! Knows no disk, no settings file and no output.

mod rule;
pub mod subject;
mod run_step;
mod package_manager;
mod package_pin;
mod package_cleanup;
mod package_index;
mod package_report;
mod curl;
pub mod rules;
mod rule_book;

pub use crate::{rule::Judged, rule_book::RuleBook};
