//! What users of the crate rely on: the data files, the search of whole files and of pieces.

mod data;
mod search;
