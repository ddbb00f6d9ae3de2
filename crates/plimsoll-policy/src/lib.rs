//! Settings, waivers, baseline and thresholds: turns findings into a verdict.
//!
//! Knows nothing of how findings were made or how they are shown. Texts come in, values go out; the disk
//! and the clock belong to the engine.

mod date;
mod path_patterns;
mod kics_ids;
mod names;
mod error;
mod rules;
mod fields;
mod waiver;
mod settings;
mod settings_file;
mod verdict;
#[cfg(test)]
mod sample_rules;

pub use crate::{
    date::Date,
    error::PolicyError,
    fields::{FIELDS, Field, Shape, Table, settings_sample, settings_schema},
    names::{Tool, find_rules},
    path_patterns::PathPatterns,
    rules::POLICY_RULES,
    settings::{
        FailOn, Force, Limits, PathSettings, PathTerms, RuleOverride, RuleOverrides, Selection,
        Selector, Settings, UnknownName, WaiverTerms, select_rules,
    },
    verdict::{Outcome, Verdict},
    waiver::{RuleId, Scope, WaivedName, Waiver, Waivers},
};
