//! Settings, waivers, baseline and thresholds: turns findings into a verdict.
//!
//! Knows nothing of how findings were made or how they are shown.

mod verdict;

pub use crate::verdict::{Outcome, Verdict};
