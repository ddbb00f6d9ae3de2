//! Finds secrets in bytes: tokens by their makers' published formats, private keys, passwords in
//! addresses and assignments. The formats are data files in `detectors/`, with examples that the
//! matcher which ships must find and counterexamples that it must not.
//!
//! Knows nothing of disks, layers, policy or output. A secret leaves only masked, or as a span.

mod detector;
mod detectors;
mod data;
mod passport;
mod found;
mod scanner;
mod scan;
mod prefilter;
mod edge;
mod service;
mod assignment;
mod name;
mod address;
mod private_key;
mod manifest;
mod curl;
mod judgement;
mod checksum;
mod base64;
mod utf16;
mod lines;

pub use crate::{
    detector::{Detector, Setting},
    detectors::{Detectors, data_faults, data_files},
    found::{FileContext, Found, Gap, Hit, Limits},
    scanner::Scanner,
};
