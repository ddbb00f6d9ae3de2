//! What is known of an image, a file system or an SBOM, for every output that shows it.
//!
//! The engine fills it; findings, with what policy made of them, stand in the verdict beside it.

mod view;
mod table;
pub mod json;
pub mod human;
pub mod html;
pub mod gitlab;
pub mod sarif;
pub mod markdown;
pub mod compare;
pub mod recommend;

use std::collections::BTreeMap;

use plimsoll_package::{AffectedStatus, CvssScore, Distribution, Package, Purl, VendorSeverity};

/// An image, a container, a file system, or a bill of materials, and what is in it.
#[derive(Clone, Debug, Default)]
pub struct Image {
    /// As it was asked for.
    pub name: String,
    /// How it was read, in words: `Docker Engine`, `docker save archive`, `folder`.
    pub source: &'static str,
    /// Digest of the image's configuration or manifest; empty for what has none.
    pub digest: String,
    /// Names it goes by, such as `web:1.2`, and repository digests.
    pub references: Vec<String>,
    /// Operating system and machine: `linux/amd64`.
    pub platform: String,
    /// When it was built, as RFC 3339; empty where it is not said.
    pub created: String,
    /// The distribution.
    pub distribution: Option<Distribution>,
    /// How long the distribution is supported.
    pub support: Option<Support>,
    /// The image that it was built from, as far as can be told.
    pub base: Option<BaseImage>,
    /// Settings that a reader looks for first: `("User", "root")`, in the order to show them.
    pub settings: Vec<(&'static str, String)>,
    /// The layers, lowest first.
    pub layers: Vec<Layer>,
    /// The packages, by kind, name, version and path.
    pub packages: Vec<FoundPackage>,
    /// Known vulnerabilities, most urgent first.
    pub vulnerabilities: Vec<Vulnerability>,
    /// The facts they were judged by.
    pub advisories: Option<Advisories>,
    /// Changes that mend the most, best first.
    pub advice: Vec<Advice>,
    /// Files that a package owns unchanged, in which no secrets were looked for.
    pub n_owned_files: usize,
}

impl Image {
    /// Whether it is an image or a container, and not a bare file system.
    pub fn config_is_known(&self) -> bool {
        !self.digest.is_empty() || !self.platform.is_empty()
    }

    /// Its package URL, which says something only where it has a digest.
    pub fn purl(&self) -> String {
        let name = self.name.rsplit('/').next().unwrap_or_default();
        let name = name.split([':', '@']).next().unwrap_or_default().to_lowercase();
        let purl = Purl {
            kind: "oci".to_owned(),
            namespace: None,
            name: if name.is_empty() { "image".to_owned() } else { name },
            version: Some(self.digest.clone()).filter(|it| !it.is_empty()),
            qualifiers: BTreeMap::new(),
            subpath: None,
        };
        purl.to_string()
    }
}

/// How long a release is supported, on the day of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// In words: `supported until 2028-06-30`, `LTS only since 2026-07-11, until 2028-06-30`.
    pub words: String,
    /// No security updates come any more.
    pub is_dead: bool,
}

/// The image that another one was built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseImage {
    /// Its name, as far as it is known.
    pub name: String,
    /// How it is known, in words.
    pub evidence: String,
    /// So many of the lowest layers are its.
    pub n_layers: usize,
}

/// One layer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// Digest of its uncompressed content, as the configuration states it; may be empty.
    pub digest: String,
    /// The instruction that made it, in the words of a Dockerfile.
    pub instruction: String,
    /// Bytes of its files.
    pub size: u64,
    /// Its files.
    pub n_files: usize,
    /// Bytes that a higher layer replaces or deletes.
    pub wasted: u64,
    /// Whether it is the base image's.
    pub in_base: bool,
}

/// One package of an image.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundPackage {
    /// The package.
    pub package: Package,
    /// Its package URL.
    pub purl: String,
    /// Index of the layer that brought it; `None` outside of layers.
    pub layer: Option<usize>,
    /// Index of the system package that owns its files.
    pub owner: Option<usize>,
    /// Whether the base image brought it.
    pub in_base: bool,
}

/// One fault in one package.
#[derive(Clone, Debug, PartialEq)]
pub struct Vulnerability {
    /// Its main name: the CVE where there is one.
    pub id: String,
    /// Its other names, and those of the errata about it.
    pub aliases: Vec<String>,
    /// Index of the package.
    pub package: usize,
    /// What the vendor says of it.
    pub status: AffectedStatus,
    /// The word with which the vendor qualified it; may be empty.
    pub reason: String,
    /// First version without it.
    pub fixed_in: Option<String>,
    /// Severity that counts, and whose word it is (`debian`, `CVSS 3.1`).
    pub severity: plimsoll_finding::Severity,
    /// Whose word the severity is.
    pub severity_source: String,
    /// The vendor's severity.
    pub vendor_severity: Option<VendorSeverity>,
    /// Scores.
    pub cvss: Vec<CvssScore>,
    /// Known to be exploited, since the day given (`YYYY-MM-DD`, may be empty).
    pub known_exploited: Option<String>,
    /// Probability of exploitation within 30 days, 0 to 1; `None` is not known.
    pub epss: Option<f32>,
    /// Order of urgency, 0 to 100.
    pub urgency: u8,
    /// The parts that the urgency is made of, in words.
    pub urgency_parts: Vec<(&'static str, String)>,
    /// Seconds since 1970 at which it was published; 0 is not known.
    pub published: i64,
    /// Index of its finding in the verdict, which has the disposition.
    pub finding: usize,
}

/// The facts that vulnerabilities were judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisories {
    /// The day up to which they reach, as `YYYY-MM-DD`; `None` is not known.
    pub as_of: Option<String>,
    /// Days since then; `None` is not known.
    pub age_days: Option<u32>,
    /// Which store: `built in`, or its path.
    pub source: String,
    /// Older than the settings allow: a result without findings is not clean.
    pub too_old: bool,
}

/// A change, and what it mends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// As an order: `upgrade openssl from 3.0.1-1 to 3.0.2-1`, `rebuild on debian:13-slim`.
    pub title: String,
    /// Indices of the vulnerabilities that are gone then.
    pub mends: Vec<usize>,
}
