//! Everything a verdict is shown as, one file each, and every type that leaves the process.
//!
//! A renderer takes a verdict and a run, and writes bytes to the given writer. It never judges,
//! never filters, and knows no disk, environment, clock or network. No text that a finding names as
//! secret passes it: `mask` stands between the verdict and every output.

mod run;
mod mask;
mod escape;
mod help;
mod tally;
mod parallel;
mod excerpt;
mod diff;
mod place;
mod terminal;
pub mod wire;
pub mod json;
pub mod human;
pub mod sarif;
pub mod junit;
pub mod gitlab;
pub mod github;
pub mod markdown;
pub mod html;
pub mod checklist;
pub mod rules;
pub mod fixes;
pub mod posture;
pub mod database;
pub mod schema;
pub mod import;
pub mod image;
pub mod host;
pub mod sbom;
pub mod vex;

pub use crate::{run::Run, terminal::Options};
