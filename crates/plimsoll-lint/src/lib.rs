//! Judges files: a rule is one file under `rules/`, and sees its subject and its sink only.
//!
//! Knows no disk, no settings file and no output.

mod rule;
mod tcp_address;
pub mod subject;
pub mod rules;
mod rule_book;

pub use crate::{rule::Judged, rule_book::RuleBook};
