//! What a package is: its kind, name, version and order of versions, the distribution it belongs
//! to, and what advisories say about it.
//!
//! The crate must not know findings, files, archives or the network.

mod package;
mod distribution;
mod ecosystem;
mod version;
mod advisory;
mod ranges;
pub mod cvss;
mod purl;
mod vex;
mod licence;
mod licence_ids;

pub use crate::{
    advisory::{
        Advisory, Affected, AffectedRange, AffectedStatus, CvssScore, RangeEnd, VendorSeverity,
    },
    distribution::Distribution,
    ecosystem::{Ecosystem, Partition},
    licence::spdx_expression,
    package::{Dependency, Package, PackageKind, SourcePackage},
    purl::{Purl, PurlError, parse_purl, purl},
    version::{VersionScheme, compare},
    vex::{
        VexJustification, VexName, VexProduct, VexStatement, VexStatus, VexSubject,
        effective_statement,
    },
};
