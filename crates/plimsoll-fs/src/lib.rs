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
mod new_file;
mod world;
mod random_access;
mod map;
mod cache;
mod tree;

pub use crate::{
    cache::{Cache, cache_folder},
    context::{BuildContext, ContextLimits, list_build_context},
    error::Error,
    git::{GitIgnored, is_ignored_by_git},
    map::MappedFile,
    new_file::{FileLock, NewFile, data_folder, seconds_now},
    random_access::{FileIdentity, RandomAccessFile},
    read::{BINARY_PROBE, exists, is_folder, read_bytes, read_text},
    tree::{TreeEntry, TreeLimits, TreeMarks, walk_tree},
    walk::{Entry, EntryKind, HIDDEN_FOLDERS, WalkOptions, walk, walk_sorted},
    world::{
        current_dir, environment, format_day, now, read_stdin, timestamp, today, unix_seconds,
    },
    write::{write_atomic, write_new},
};
