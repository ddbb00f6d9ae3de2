//! The hand that touches files, the environment, standard input and the clock.
//!
//! The only crate that reads or writes a disk, so that all others can be tested with texts. Knows
//! no file format and no rule. Nothing is ever written through a link, and every reading has a
//! limit.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this hand is where the ban on files, environment and clock is lifted"
)]

mod error;
mod read;
mod walk;
mod context;
mod git;
mod write;
mod world;

pub use crate::{
    context::{BuildContext, ContextLimits, list_build_context},
    error::Error,
    git::{GitIgnored, is_ignored_by_git},
    read::{BINARY_PROBE, exists, is_folder, read_bytes, read_text},
    walk::{Entry, EntryKind, HIDDEN_FOLDERS, WalkOptions, walk, walk_sorted},
    world::{current_dir, environment, format_day, now, read_stdin, timestamp, today},
    write::{write_atomic, write_new},
};
