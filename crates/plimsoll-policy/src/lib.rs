//! Settings, waivers, baseline and thresholds: turns findings into a verdict.
//!
//! Knows nothing of how findings were made or how they are shown. Texts come in, values go out; the
//! disk and the clock belong to the engine.

mod date;
mod path_patterns;
mod kics_ids;
mod names;
mod error;
mod rules;
mod fields;
mod waiver;
mod comments;
mod others;
mod settings;
mod settings_file;
mod ignore_files;
mod baseline;
mod findings;
mod verdict;
mod decide;
#[cfg(test)]
mod sample_rules;

pub use crate::{
    baseline::{Baseline, BaselineEntry},
    comments::{CommentFormat, CommentScope, comment_scopes, read_comments},
    date::Date,
    decide::{DecidedFile, Decider, Finish, JudgedFile, Policy, Reach, Tally},
    error::PolicyError,
    fields::{FIELDS, Field, Shape, Table, settings_sample, settings_schema},
    findings::{Chunk, Findings, Head, Packer, Standing},
    ignore_files::{
        HadolintFile, HadolintOverride, IgnoreEntry, IgnoreFile, adopt_hadolint, parse_trivyignore,
        read_ignore_file,
    },
    names::{Tool, find_rules},
    others::{Annotation, read_annotations},
    path_patterns::PathPatterns,
    rules::POLICY_RULES,
    settings::{
        DatabaseSettings, FailOn, Force, Limits, PathSettings, PathTerms, RuleOverride,
        RuleOverrides, Selection, Selector, Settings, UnknownName, WaiverTerms, select_rules,
    },
    verdict::{Outcome, Verdict},
    waiver::{RuleId, Scope, WaivedName, Waiver, Waivers},
};
