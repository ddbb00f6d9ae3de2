//! What an image holds, as a bill of materials: CycloneDX 1.6, SPDX 2.3, or a table.
//!
//! The same image gives the same bytes: nothing is random, and no clock is read.

pub(crate) mod cyclonedx;
mod graph;
pub(crate) mod identity;
mod spdx;
mod table;

pub use cyclonedx::write as write_cyclonedx;
pub use spdx::write as write_spdx;
pub use table::write as write_table;
