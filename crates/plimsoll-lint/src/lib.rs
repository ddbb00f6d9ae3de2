//! Judges files: a rule is one file under `rules/`, and sees its subject and its sink only.
//!
//! Knows no disk, no settings file and no output.

mod rule;
mod tcp_address;
mod instruction_edit;
mod file_path;
mod working_directory;
mod cd_command;
mod overridden;
mod casing;
mod exec_form;
mod port;
mod copied_archive;
mod notable;
pub mod subject;
mod every_command;
mod instruction_marks;
mod word_edit;
mod base_image;
mod final_image;
mod account;
mod end_of_life;
mod secret_name;
mod secret_value;
mod variable_secret;
mod secret_file;
mod image_accounts;
mod image_text;
mod image_secret;
mod image_cache;
mod image_setuid;
mod image_release;
mod service_image_name;
mod service_network;
mod service_context;
mod tls_verification;
mod pipeline;
mod run_step;
mod package_manager;
mod package_pin;
mod package_cleanup;
mod package_index;
mod package_report;
mod curl;
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
mod service_place;
mod service_gap;
mod host_path;
mod capability_risk;
mod entry_order;
mod port_text;
mod compose_profile;
mod compose_volume;
mod service_image;
mod service_secret;
mod rule_book;
mod manifest;
mod manifest_secret;

pub use crate::{
    rule::Judged,
    rule_book::RuleBook,
    variable_secret::{mask_value, secret_parts},
};
