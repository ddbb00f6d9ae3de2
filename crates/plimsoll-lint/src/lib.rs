//! Judges files: a rule is one file under `rules/`, and sees its subject and its sink only.
//!
//! Knows no disk, no settings file and no output.

mod rule;
mod instruction_edit;
mod file_path;
mod working_directory;
mod cd_command;
mod overridden;
mod casing;
mod exec_form;
mod port;
mod copied_archive;
pub mod subject;
pub mod rules;
mod rule_book;

pub use crate::{rule::Judged, rule_book::RuleBook};
