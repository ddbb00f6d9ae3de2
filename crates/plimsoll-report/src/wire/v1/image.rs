//! The documents about images, as the machine contract names their fields.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::wire::v1::{Coverage, Disposition, Finding, Outcome, RunInfo, Severity, Stats, Tool};

/// What is known of an image, and what is wrong with it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ImageReport {
    /// Always `plimsoll/v1`.
    pub schema: &'static str,
    /// The program that wrote this.
    pub tool: Tool,
    /// When and how it ran.
    pub run: RunInfo,
    /// What it comes to.
    pub outcome: Outcome,
    /// The image itself.
    pub image: Image,
    /// Every package, installed or only stated.
    pub packages: Vec<Package>,
    /// Every vulnerability of a package, the most urgent first, whatever became of it.
    pub vulnerabilities: Vec<Vulnerability>,
    /// Every other finding: secrets, configuration, content.
    pub findings: Vec<Finding>,
    /// Changes that mend the most, best first.
    pub advice: Vec<Advice>,
    /// Every unit that was looked at, and every gap.
    pub coverage: Vec<Coverage>,
    /// The facts that vulnerabilities were judged by; `null` where none were looked for.
    pub advisories: Option<Advisories>,
    /// Counts.
    pub stats: ImageStats,
}

/// An image, a container, a file system, or a bill of materials.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Image {
    /// As it was asked for.
    pub name: String,
    /// How it was read, in words.
    pub source: &'static str,
    /// Digest of its configuration or manifest; empty for what has none.
    pub digest: String,
    /// Names it goes by.
    pub references: Vec<String>,
    /// The distribution in words, or the operating system of the platform where it is not known.
    pub os: String,
    /// Operating system and machine, such as `linux/amd64`.
    pub platform: String,
    /// When it was built, as RFC 3339; empty where it is not said.
    pub created: String,
    /// The distribution; `null` where none could be told.
    pub distribution: Option<Distribution>,
    /// How long the distribution is supported; `null` where that is not known.
    pub support: Option<Support>,
    /// The image that it was built from; `null` where that cannot be told.
    pub base: Option<BaseImage>,
    /// The settings that a reader looks for first.
    pub settings: Vec<Setting>,
    /// The layers, lowest first.
    pub layers: Vec<Layer>,
    /// Bytes of the files of all layers.
    pub size: u64,
    /// Bytes that a higher layer replaces or deletes.
    pub wasted: u64,
    /// Files that a package owns unchanged, in which no secrets were looked for.
    pub owned_files: usize,
}

/// A distribution.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Distribution {
    /// Its short name: `debian`.
    pub id: String,
    /// Its version: `12`; empty for rolling releases.
    pub version: String,
    /// Its code name: `bookworm`.
    pub codename: String,
    /// Its name in words.
    pub name: String,
}

/// How long a release is supported, on the day of the run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Support {
    /// In words.
    pub words: String,
    /// Whether no security updates come any more.
    pub ended: bool,
}

/// The image that another one was built from, and what it contributes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BaseImage {
    /// Its name, as far as it is known.
    pub name: String,
    /// How it is known, in words.
    pub evidence: String,
    /// So many of the lowest layers are its.
    pub layers: usize,
    /// So many of the packages are its.
    pub packages: usize,
    /// So many of the open vulnerabilities are in its packages.
    pub vulnerabilities: usize,
}

/// A setting of the image.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// Its value, secrets masked.
    pub value: String,
}

/// A layer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Layer {
    /// Digest of its uncompressed content; may be empty.
    pub digest: String,
    /// The instruction that made it, secrets masked.
    pub instruction: String,
    /// Bytes of its files.
    pub size: u64,
    /// Its files.
    pub files: usize,
    /// Bytes that a higher layer replaces or deletes.
    pub wasted: u64,
    /// Whether it is the base image's.
    pub in_base: bool,
    /// Packages that it brought.
    pub packages: usize,
    /// Open vulnerabilities of those packages.
    pub vulnerabilities: usize,
    /// Other open findings that point into it.
    pub findings: usize,
}

/// A package.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Package {
    /// Its name as advisories write it.
    pub name: String,
    /// Its version as its own ecosystem writes it.
    pub version: String,
    /// Its package URL.
    pub purl: String,
    /// Its kind, as in a package URL.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether it is installed; otherwise a lock file or a manifest only states it.
    pub installed: bool,
    /// Whether it is needed only to develop or test.
    pub development: bool,
    /// The versions that a statement allows, where it allows more than one; `version` is then the
    /// lowest of them. `null` for all others.
    pub range: Option<String>,
    /// Digest of the layer that brought it; `null` outside of layers.
    pub layer: Option<String>,
    /// Number of that layer, the lowest being 0; `null` outside of layers.
    pub layer_index: Option<usize>,
    /// Whether the base image brought it.
    pub in_base: bool,
    /// Name of the system package that owns its files; `null` where none does.
    pub owner: Option<String>,
    /// The file that says so, without a leading slash.
    pub path: String,
    /// The machine it is for; `null` where it does not say.
    pub architecture: Option<String>,
    /// Its licence; `null` where it does not say.
    pub licence: Option<String>,
}

/// A fault of a package.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Vulnerability {
    /// Its main name: the CVE where there is one.
    pub id: String,
    /// Its other names, and those of the errata about it.
    pub aliases: Vec<String>,
    /// Name of the package.
    pub package: String,
    /// Version of the package.
    pub version: String,
    /// Package URL of the package.
    pub purl: String,
    /// The file that states the package.
    pub path: String,
    /// What the vendor says of it.
    pub status: &'static str,
    /// The word with which the vendor qualified it; may be empty.
    pub reason: String,
    /// First version without it; `null` where there is none yet.
    pub fixed_in: Option<String>,
    /// The severity that counts, policy applied.
    pub severity: Severity,
    /// Whose word the severity is, before policy.
    pub severity_source: String,
    /// Scores, as published.
    pub cvss: Vec<Cvss>,
    /// The vendor's severity; `null` where it gives none.
    pub vendor_severity: Option<&'static str>,
    /// Whether it is known to be exploited.
    pub kev: bool,
    /// Since when, as `YYYY-MM-DD`; `null` where that is not known.
    pub kev_since: Option<String>,
    /// Probability of exploitation within 30 days, 0 to 1; `null` is not known.
    pub epss: Option<f64>,
    /// Order of urgency, 0 to 100.
    pub urgency: u8,
    /// The parts that the urgency is made of, in words.
    pub urgency_parts: BTreeMap<&'static str, String>,
    /// The day of its publication, as `YYYY-MM-DD`; `null` where that is not known.
    pub published: Option<String>,
    /// What policy made of it.
    pub disposition: Disposition,
    /// Why it does not count; `null` where it counts.
    pub disposition_reason: Option<String>,
    /// Stable name of its finding across runs.
    pub fingerprint: String,
    /// Digest of the layer that brought the package; `null` outside of layers.
    pub layer: Option<String>,
    /// Whether the base image brought the package.
    pub in_base: bool,
}

/// A score.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Cvss {
    /// The vector as published.
    pub vector: String,
    /// The base score, 0 to 10.
    pub score: f64,
}

/// A change, and what it mends.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Advice {
    /// As an order.
    pub title: String,
    /// Open vulnerabilities that are gone then.
    pub mends: usize,
    /// Their ids, without repetition.
    pub ids: Vec<String>,
}

/// The facts that vulnerabilities were judged by.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Advisories {
    /// The day up to which they reach, as `YYYY-MM-DD`; `null` where that is not known.
    pub as_of: Option<String>,
    /// Days since then; `null` where that is not known.
    pub age_days: Option<u32>,
    /// Which store.
    pub source: String,
    /// Whether they are older than the settings allow: nothing found is not clean then.
    pub too_old: bool,
}

/// Counts over an image and its findings.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ImageStats {
    /// Counts over all findings.
    #[serde(flatten)]
    pub all: Stats,
    /// Packages.
    pub packages: usize,
    /// Packages that are installed.
    pub installed: usize,
    /// Vulnerabilities, whatever became of them.
    pub vulnerabilities: usize,
    /// Open vulnerabilities of each severity, by its name.
    pub vulnerabilities_by_severity: BTreeMap<String, usize>,
    /// Open vulnerabilities with a fixed version.
    pub fixable: usize,
    /// Open vulnerabilities that are known to be exploited.
    pub known_exploited: usize,
    /// Open findings about secrets.
    pub secrets: usize,
    /// Other open findings.
    pub configuration: usize,
}

/// What is different between two images.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ComparisonReport {
    /// Always `plimsoll/v1`.
    pub schema: &'static str,
    /// The first image.
    pub old: ComparedImage,
    /// The second image.
    pub new: ComparedImage,
    /// Packages that are not the same in both.
    pub packages: Vec<PackageChange>,
    /// Open vulnerabilities of the first image that the second one does not have.
    pub gone_vulnerabilities: Vec<ComparedVulnerability>,
    /// Open vulnerabilities of the second image that the first one does not have.
    pub new_vulnerabilities: Vec<ComparedVulnerability>,
    /// Open vulnerabilities of the second image that the first one has too.
    pub kept_vulnerabilities: Vec<ComparedVulnerability>,
    /// Vulnerabilities that are open in the first image and there in the second, but do not count.
    pub disposed_vulnerabilities: Vec<ComparedVulnerability>,
    /// Other open findings of the first image that the second one does not have.
    pub gone_findings: Vec<ComparedFinding>,
    /// Other open findings of the second image that the first one does not have.
    pub new_findings: Vec<ComparedFinding>,
    /// Other open findings that both have.
    pub kept_findings: usize,
    /// The layers of both.
    pub layers: Vec<ComparedLayer>,
    /// What could not be looked at in either.
    pub gaps: Vec<ComparedGap>,
    /// What it comes to: only what came counts.
    pub outcome: Outcome,
}

/// What could not be looked at in one of two images.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ComparedGap {
    /// The image, as it was asked for, or `both images`.
    pub image: String,
    /// What it is, secrets masked.
    pub unit: String,
    /// Why, secrets masked.
    pub why: String,
}

/// One of two images.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ComparedImage {
    /// As it was asked for.
    pub name: String,
    /// Its digest; may be empty.
    pub digest: String,
    /// Its distribution in words; may be empty.
    pub distribution: String,
    /// Bytes of the files of its layers.
    pub size: u64,
    /// Its packages.
    pub packages: usize,
    /// Its open vulnerabilities.
    pub vulnerabilities: usize,
    /// Its other open findings.
    pub findings: usize,
}

/// A package that is not the same in two images.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PackageChange {
    /// Its name.
    pub name: String,
    /// Its kind, as in a package URL.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `added`, `removed`, `upgraded`, `downgraded` or `changed`.
    pub change: &'static str,
    /// Its versions in the first image; none where it is added.
    pub old: Vec<String>,
    /// Its versions in the second image; none where it is removed.
    pub new: Vec<String>,
    /// Whether it is installed; otherwise only stated.
    pub installed: bool,
    /// Index of the layer that brought it: of the second image, or of the first one where it is
    /// removed; `null` outside of layers.
    pub layer_index: Option<usize>,
}

/// A vulnerability of one of two images.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ComparedVulnerability {
    /// Its main name.
    pub id: String,
    /// The package.
    pub package: String,
    /// The version of the package.
    pub version: String,
    /// Its severity, policy applied.
    pub severity: Severity,
    /// Order of urgency, 0 to 100.
    pub urgency: u8,
    /// Whether it is known to be exploited.
    pub kev: bool,
    /// First version without it; `null` where there is none yet.
    pub fixed_in: Option<String>,
    /// Index of the layer that brought the package, in the image that this one is of; `null`
    /// outside of layers.
    pub layer_index: Option<usize>,
}

/// A finding of one of two images.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ComparedFinding {
    /// The rule.
    pub rule: &'static str,
    /// Its severity, policy applied.
    pub severity: Severity,
    /// What is wrong, secrets masked.
    pub message: String,
    /// Where, in words, secrets masked.
    pub place: String,
}

/// A layer of one or both of two images.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ComparedLayer {
    /// Its digest; may be empty.
    pub digest: String,
    /// The instruction that made it, secrets masked.
    pub instruction: String,
    /// Bytes of its files.
    pub size: u64,
    /// Whether the first image has it.
    pub in_old: bool,
    /// Whether the second image has it.
    pub in_new: bool,
    /// Its index in the first image, if that has it, else in the second one.
    pub index: usize,
    /// How many packages it brings.
    pub packages: usize,
    /// How many open vulnerabilities these have.
    pub vulnerabilities: usize,
    /// How many other open findings point into it.
    pub findings: usize,
}

/// Images to build from instead.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecommendationReport {
    /// Always `plimsoll/v1`.
    pub schema: &'static str,
    /// The image that was asked about.
    pub target: String,
    /// The image that it is built from, as far as it is known.
    pub current: String,
    /// How that is known, in words; may be empty.
    pub evidence: String,
    /// Why nothing can be said, in words; empty where something can.
    pub note: String,
    /// Better ones, the most needed first.
    pub candidates: Vec<Candidate>,
    /// The facts that it was judged by.
    pub advisories: Option<Advisories>,
}

/// An image to build from instead.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Candidate {
    /// Its name.
    pub reference: String,
    /// What it is better in, as a word: `supported`, `newer-patch`, `newer-minor` or `slimmer`.
    pub kind: &'static str,
    /// Why, in words.
    pub why: String,
    /// Open vulnerabilities that it mends, by severity; `null` where that is not known.
    pub fixes: Option<BTreeMap<&'static str, usize>>,
    /// The day of its release; `null` where that is not known.
    pub released: Option<String>,
    /// Its size in bytes; `null` where that is not known.
    pub size: Option<u64>,
}
