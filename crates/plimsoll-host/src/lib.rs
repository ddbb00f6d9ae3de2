//! What was collected of a Docker host, and typed views over it.
//!
//! The snapshot holds raw material: answers of the engine, files with their owners and modes,
//! processes, and what read-only tools printed. Checks see only this, so a host can be judged
//! where it stands or elsewhere and later. Knows neither how it was collected nor what is good.

mod known;
mod collected;
pub mod wanted;
mod masked;

pub use crate::{
    collected::{
        Collected, FileFacts, FileKind, ProcessFacts, Reach, SNAPSHOT_FORMAT, SnapshotError,
        UserIds,
    },
    known::Known,
    masked::{Hide, mask_arguments},
};
