//! One harness for every rule: the docs are true, the fixes hold.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod blocks;
mod daemon;
mod dockerfile;
mod nginx;
mod seccomp;
