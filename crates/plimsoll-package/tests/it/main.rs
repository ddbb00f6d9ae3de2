//! What users of the crate rely on, tested from outside.

mod orders;
mod dpkg;
