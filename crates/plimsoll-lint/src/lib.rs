//! Judges files: a rule is one file under `rules/`, and sees its subject and its sink only.
//!
//! Knows no disk, no settings file and no output.

mod rule;
pub mod subject;
mod every_command;
mod word_edit;
mod base_image;
mod final_image;
mod account;
mod end_of_life;
mod secret_name;
mod secret_value;
mod tls_verification;
mod pipeline;
pub mod rules;
mod rule_book;

pub use crate::{rule::Judged, rule_book::RuleBook};
