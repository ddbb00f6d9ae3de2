//! What feeds say: a vulnerability, and which versions of which package have it.
//!
//! A feed's reader turns each record into one [`Advisory`] with its [`Affected`] rows; the store
//! keeps them.

use crate::ecosystem::Ecosystem;

/// One vulnerability as one record of one feed tells of it. Facts only: no titles, no descriptions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Advisory {
    /// The record's id: `CVE-2024-1`, `GHSA-…`, `DSA-5432-1`, `DEBIAN-CVE-2024-1`.
    pub id: String,
    /// Other names of the same fault.
    pub aliases: Vec<String>,
    /// Faults that this record fixes or bundles (`upstream` and `related` of OSV): many for an
    /// erratum.
    pub upstream: Vec<String>,
    /// Scores, of every CVSS version that is given.
    pub cvss: Vec<CvssScore>,
    /// When it was published, as seconds since 1970; 0 is not known.
    pub published: i64,
    /// When it was last changed, as seconds since 1970; 0 is not known.
    pub modified: i64,
    /// When it was withdrawn, as seconds since 1970; such records take earlier ones out of the
    /// store.
    pub withdrawn: Option<i64>,
    /// Malicious package rather than a fault (`MAL-…`).
    pub malicious: bool,
    /// Common Weakness Enumeration numbers.
    pub weaknesses: Vec<u32>,
    /// Link to the record at its source; empty where it follows from the id.
    pub link: String,
    /// What is affected.
    pub affected: Vec<Affected>,
}

/// One statement about one package in one release of one ecosystem.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Affected {
    /// Whose package.
    pub ecosystem: Ecosystem,
    /// Release as the ecosystem's partition is called: `12`, `22.04`, `3.20`, `9`; empty for
    /// language ecosystems and rolling distributions.
    pub release: String,
    /// Product stream inside the release that an image may or may not use, such as a Red Hat
    /// repository tail (`appstream`), `Pro` for Ubuntu's paid one, a SUSE product; empty where
    /// there is only one.
    pub product: String,
    /// Name in the meaning of the ecosystem: source package for Debian, Ubuntu, Alpine, SUSE,
    /// Wolfi, Chainguard, Azure Linux and openEuler; binary package for AlmaLinux and Amazon;
    /// either for Red Hat and Rocky Linux, as the feed has it; the full name with namespace for
    /// languages (`@scope/name`, `group:name`, `vendor/name`, module path).
    pub package: String,
    /// Binary packages that the statement is limited to; empty is all.
    pub binaries: Vec<String>,
    /// Module stream (`nodejs:18`) that the row speaks of; empty outside of modules.
    pub module: String,
    /// The state.
    pub status: AffectedStatus,
    /// The word with which the vendor qualified the state (`ignored`, `postponed`, `unimportant`,
    /// `end-of-life`, `vulnerable_code_not_present`); empty without one.
    pub reason: String,
    /// Vendor's severity.
    pub severity: Option<VendorSeverity>,
    /// Version ranges that are affected; empty with `versions` empty means every version.
    pub ranges: Vec<AffectedRange>,
    /// Versions that are affected one by one, beside the ranges.
    pub versions: Vec<String>,
}

/// A half-open range of versions, in the order of the ecosystem.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AffectedRange {
    /// First affected version; `None` is from the beginning.
    pub introduced: Option<String>,
    /// Where it ends.
    pub end: RangeEnd,
}

/// How a range of affected versions ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RangeEnd {
    /// No end is known: not fixed.
    Open,
    /// The first version that is not affected any more.
    Fixed(String),
    /// The last version known to be affected.
    LastAffected(String),
}

/// What a vendor says of a package and a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AffectedStatus {
    /// Affected up to a fixed version.
    Fixed = 1,
    /// Affected, and no fix yet.
    Affected = 2,
    /// Affected, and no fix will come.
    WillNotFix = 3,
    /// Affected, and the fix waits (Debian's postponed and no-DSA, Red Hat's fix deferred).
    Deferred = 4,
    /// Not affected.
    NotAffected = 5,
    /// The vendor is still looking.
    UnderInvestigation = 6,
    /// The release or package is out of support.
    EndOfLife = 7,
}

impl AffectedStatus {
    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Affected => "affected",
            Self::WillNotFix => "will-not-fix",
            Self::Deferred => "deferred",
            Self::NotAffected => "not-affected",
            Self::UnderInvestigation => "under-investigation",
            Self::EndOfLife => "end-of-life",
        }
    }
}

/// Severity in the words of a vendor, put on one scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum VendorSeverity {
    /// Judged as of no importance (Debian's unimportant, Ubuntu's negligible).
    Negligible = 1,
    /// Low.
    Low = 2,
    /// Medium, moderate.
    Medium = 3,
    /// High, important.
    High = 4,
    /// Critical.
    Critical = 5,
}

/// A CVSS vector and the score that follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct CvssScore {
    /// The vector as published, which begins with its version (`CVSS:3.1/…`); version 2 has no such
    /// head.
    pub vector: String,
    /// Base score, 0 to 10.
    pub score: f32,
}
