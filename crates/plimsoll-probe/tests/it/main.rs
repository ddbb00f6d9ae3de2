//! Snapshots of engines that answer, hang, lie and die, and of this very machine's files.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "the tests play the engine's part and lay down a host's files"
)]

mod engine;
mod faults;
mod file;
mod host;
mod live;
mod remote;
