//! What rules judge. A subject bridges a reader's model and the rules; readers know no rules.

pub mod dockerfile;
pub mod compose;
pub mod service;
pub mod project;
pub mod kubernetes;
pub mod daemon;
pub mod nginx;
pub mod seccomp;
pub mod workflow;
pub mod env_file;
pub mod image;
