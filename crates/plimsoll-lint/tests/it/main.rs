//! One harness for every rule: the docs are true, the fixes hold.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod blocks;
mod bundle;
mod dockerfile;
mod env_file;
mod workflow;
mod kubernetes;
mod compose;
mod service;
mod project;
mod daemon;
mod nginx;
mod seccomp;
mod image;
