//! The words every part of the program speaks: rule, finding, place, fix, coverage, control.
//!
//! Nothing here reads, writes, waits or serializes, and nothing here knows a file format.

mod passport;
mod control;
mod target;
mod finding;
mod outcome;
mod secret;
mod fix;
mod sink;
mod marks;
mod rule;
mod coverage;
mod rule_settings;

pub use crate::{
    control::{CONTROLS, Control, control},
    coverage::{Coverage, CoverageState},
    finding::{
        Disposition, Finding, HostPlace, ImagePlace, Origin, Place, Related, fingerprint, hex,
    },
    fix::{Fix, Safety},
    marks::{Marks, Wanted},
    outcome::{Outcome, OutcomeStatus},
    passport::{Audience, Confidence, FixKind, RuleInfo, Severity, SubjectKind},
    rule::{Check, Rule, Subject, judge, judge_rule},
    rule_settings::{LabelKind, RuleSettings},
    secret::Masked,
    sink::{Draft, Sink},
    target::{Target, TargetKind},
};
