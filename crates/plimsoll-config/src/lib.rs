//! Configuration files as lossless trees, edits that keep their format, and typed views over them.
//!
//! Says what a file holds and where it says so; knows nothing of what is good or bad, and never
//! opens a file: texts are handed in.

pub mod tree;
pub mod yaml;
pub mod json;
pub mod edit;
pub mod kubernetes;
pub mod dockerignore;
pub mod env_file;
pub mod nginx_tree;
pub mod nginx;
pub mod openssl;
mod openssl_table;
pub mod workflow;
pub mod compose;
pub mod nearest;
pub mod daemon_keys;
pub mod daemon_json;
pub mod seccomp;
pub mod syscall_names;
