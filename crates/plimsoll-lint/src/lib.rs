//! Judges files: a rule is one file under `rules/`, and sees its subject and its sink only.
//!
//! Knows no disk, no settings file and no output.

mod rule;
pub mod subject;
mod shell_text;
mod shell_feature;
mod label;
mod installed;
mod base;
mod started;
mod signal;
mod copied;
mod spelling;
pub mod rules;
mod rule_book;

pub use crate::{rule::Judged, rule_book::RuleBook};
