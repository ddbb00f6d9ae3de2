//! The document of an assessment by a standard.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Target, Tool, host::Status};

/// How a standard stands: evidence towards each of its controls.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ComplyReport {
    /// Always `plimsoll/v1`.
    pub schema: &'static str,
    /// The program that wrote this.
    pub tool: Tool,
    /// When and how it ran.
    pub run: ComplyRun,
    /// The standard, by the name that the command line knows it by.
    pub framework: &'static str,
    /// The standard's name for a reader.
    pub framework_name: &'static str,
    /// What was looked at.
    pub subjects: Vec<String>,
    /// What could not be looked at.
    pub gaps: Vec<String>,
    /// How many controls stand how, by the word for it.
    pub counts: BTreeMap<&'static str, usize>,
    /// Every control that can matter to containers.
    pub controls: Vec<Control>,
    /// The same counts at earlier times, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierCounts>,
}

/// When and how it ran.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ComplyRun {
    /// When it began, as RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    /// The command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// A control of the standard.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Control {
    /// Its number.
    pub id: &'static str,
    /// What it asks for, in our words.
    pub title: &'static str,
    /// How it stands.
    pub status: ControlStatus,
    /// Why it stands so.
    pub why: String,
    /// Every fact, in words.
    pub evidence: Vec<String>,
    /// The checks that give evidence towards it.
    pub checks: Vec<Check>,
}

/// How a control stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ControlStatus {
    /// Evidence speaks for it, and none against it.
    Satisfied,
    /// Evidence speaks against it.
    NotSatisfied,
    /// There is nothing here that it could be about.
    NotApplicable,
    /// Not enough is known.
    NotAssessed,
}

/// A check, and what it came to over everything that was looked at.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Check {
    /// Its own name.
    pub check: &'static str,
    /// What it demands.
    pub title: &'static str,
    /// What it came to.
    pub status: ControlStatus,
    /// Why.
    pub why: String,
    /// By target.
    pub targets: Vec<CheckTarget>,
}

/// What a check came to for one target.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckTarget {
    /// What was looked at.
    pub target: Target,
    /// What it came to.
    pub status: Status,
    /// Why, and the facts it rests on.
    pub facts: Vec<String>,
}

/// How many controls stood how at an earlier time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EarlierCounts {
    /// When, as RFC 3339; empty where nobody knows.
    pub started: String,
    /// How many controls stood how.
    pub counts: BTreeMap<String, usize>,
}
