//! What leaves the process for machines. A published version only grows.

pub mod v1;
