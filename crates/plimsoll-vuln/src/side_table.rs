//! Facts beside the advisories: sources, known exploitation, likelihood, ends of support, tags of
//! official images. They are data; judging them is for others.

use crate::day::Day;

/// A feed from which rows of the store come.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceInfo {
    /// Its short name, which is also its identity: `debian-tracker`, `osv-npm`.
    pub name: String,
    /// The moment up to which its data goes, as seconds since 1970; 0 is not known.
    pub as_of: i64,
    /// How many records were read.
    pub records: u32,
    /// Licence of the data, as an SPDX expression where there is one.
    pub licence: String,
    /// What must be said of where it comes from.
    pub attribution: String,
    /// Where it was fetched.
    pub url: String,
    /// Names of sources whose word on a fault in a package counts in place of this one's.
    pub gives_way_to: Vec<String>,
}

/// An entry of the catalogue of known exploited vulnerabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownExploited {
    /// When it was added to the catalogue.
    pub added: Day,
    /// Known to be used by ransomware.
    pub ransomware: bool,
}

/// How likely exploitation within 30 days is, by the Exploit Prediction Scoring System.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epss {
    /// Probability, 0 to 1.
    pub score: f32,
    /// Share of all vulnerabilities with the same or a lower score, 0 to 1.
    pub percentile: f32,
}

/// A product with the support of each of its release cycles.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Product {
    /// Name of the product, as endoflife.date calls it: `debian`, `alpine-linux`, `nodejs`.
    pub name: String,
    /// Package URLs and repositories by which it is known (`pkg:docker/library/node`,
    /// `docker.io/library/node`).
    pub identifiers: Vec<String>,
    /// Its release cycles, newest first.
    pub cycles: Vec<Cycle>,
}

/// One release cycle of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cycle {
    /// What the cycle is called: `12`, `3.20`, `22.04`.
    pub name: String,
    /// Its code name (`Bookworm`), or empty.
    pub codename: String,
    /// When it was released.
    pub released: Option<Day>,
    /// A release with support for longer than others.
    pub long_term: bool,
    /// When full support ends, before security fixes do.
    pub active_end: End,
    /// When security support by the product itself ends.
    pub end: End,
    /// When extended support ends (Debian's LTS, Ubuntu's ESM, Red Hat's ELS).
    pub extended_end: End,
    /// The latest version in the cycle, or empty.
    pub latest: String,
    /// When that version was released.
    pub latest_on: Option<Day>,
}

/// When something ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Not stated, or there is no such support.
    #[default]
    Unknown,
    /// No end is set: it is not over.
    NotSet,
    /// It is over, and no day is stated.
    Passed,
    /// The last day.
    On(Day),
}

/// A repository of official images and the tags of its current images.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageRepository {
    /// Name of the repository, without `library/`: `python`.
    pub name: String,
    /// Its images, in the order of the repository's file (newest first by custom).
    pub groups: Vec<TagGroup>,
}

/// Tags that name the same image.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TagGroup {
    /// Tags that only name this image.
    pub tags: Vec<String>,
    /// Tags that name this image or another one, as the platform demands.
    pub shared_tags: Vec<String>,
    /// Platforms it is built for, in Docker's words: `amd64`, `arm64v8`.
    pub architectures: Vec<String>,
    /// The image it is built on, as its `FROM` line names it, where that is known.
    pub from: String,
}
