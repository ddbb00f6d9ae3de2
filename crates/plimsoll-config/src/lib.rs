//! Readers of configuration: each turns a text into a typed view with spans, errors beside it.
//!
//! Knows nothing of what is good or bad, and nothing of disks.

pub mod dockerignore;
pub mod env_file;
pub mod nginx_tree;
pub mod nginx;
pub mod openssl;
mod openssl_table;
