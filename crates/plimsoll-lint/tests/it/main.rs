//! One harness for every rule: the docs are true, the fixes hold.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod blocks;
mod dockerfile;
mod env_file;
mod workflow;
