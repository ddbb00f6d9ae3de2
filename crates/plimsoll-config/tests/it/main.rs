//! The crate seen from outside, over whole files.

mod compose_projects;
