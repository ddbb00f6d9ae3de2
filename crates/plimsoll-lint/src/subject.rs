//! What rules judge. A subject bridges a reader's model and the rules; readers know no rules.

pub mod dockerfile;
