//! The hand that takes the snapshot of a Docker host, and keeps it in a file.
//!
//! It only looks: the engine is asked with `GET`, files and `/proc` are read, and the few tools
//! that it starts print what the kernel holds. Nothing is ever run inside a container. Whatever
//! could not be had is in the snapshot as unknown, with what would help. Judges nothing.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this hand is where the ban on files, processes and clock is lifted"
)]

mod error;
mod request;
mod collect;
mod engine;
mod local;
mod files;
mod processes;
mod tools;
mod bounded;
mod keep;

pub use crate::{
    collect::collect,
    error::Error,
    keep::{load, save},
    request::{Limits, Request, Step},
};
