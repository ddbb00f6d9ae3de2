//! Where readers put what they read, and what they count on the way.

use std::collections::BTreeMap;

use plimsoll_package::{Advisory, VexStatement};
use plimsoll_vuln::{Day, Epss, ImageRepository, KnownExploited, Product};

use crate::error::FeedError;

/// One thing that a feed says.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A record of a vulnerability. Several with one id add up.
    Advisory(Advisory),
    /// The catalogue of known exploited vulnerabilities, and the day of its release.
    KnownExploited(Option<Day>, Vec<(String, KnownExploited)>),
    /// Scores of the Exploit Prediction Scoring System, and the day they were made.
    Epss(Option<Day>, Vec<(String, Epss)>),
    /// A product with the support of its releases.
    Product(Product),
    /// An official image with its tags.
    Repository(ImageRepository),
    /// What somebody says of vulnerabilities in a product.
    Statements(Vec<VexStatement>),
}

/// Why a statement of a feed is not taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// Another ecosystem than those that the feed is read for, or one that nothing judges.
    OtherEcosystem,
    /// A product that is no release of a distribution which an image can be.
    OtherProduct,
    /// A container image or another thing that is not a package.
    NotAPackage,
    /// It names commits only, and a package has versions.
    OnlyCommits,
    /// The package is not in the release.
    NotInRelease,
    /// It says "not affected" where nothing else says that it is.
    NotAffected,
    /// It is a notice, such as that a package has no maintainer.
    NoVulnerability,
    /// It has no version where one is needed, or one that cannot be understood.
    NoVersion,
    /// The package is built for tests, debugging or as source.
    NotInstalled,
    /// Another statement of the same record says so already.
    Repeated,
    /// There are more of them in one record than any real one has.
    TooMany,
}

impl LeftOut {
    /// The word for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::OtherEcosystem => "other ecosystem",
            Self::OtherProduct => "other product",
            Self::NotAPackage => "not a package",
            Self::OnlyCommits => "commits only",
            Self::NotInRelease => "not in the release",
            Self::NotAffected => "not affected, and nothing says otherwise",
            Self::NoVulnerability => "no vulnerability",
            Self::NoVersion => "no usable version",
            Self::NotInstalled => "source or debug package",
            Self::Repeated => "repeated",
            Self::TooMany => "over the limit",
        }
    }
}

/// What reading gave, in counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records.
    pub records: usize,
    /// Statements about a package in them.
    pub rows: usize,
    /// Statements that were not taken over, by why.
    pub left_out: BTreeMap<LeftOut, usize>,
    /// Records, lines and documents that could not be read.
    pub unreadable: usize,
    /// The first of them.
    pub errors: Vec<FeedError>,
}

impl Tally {
    /// Counts statements that are not taken over.
    pub fn leave_out(&mut self, why: LeftOut, n_statements: usize) {
        if n_statements > 0 {
            *self.left_out.entry(why).or_default() += n_statements;
        }
    }

    /// Counts something that cannot be read.
    pub fn unreadable(&mut self, error: FeedError) {
        self.unreadable += 1;
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }
}

/// Takes facts as they are read, and counts them.
pub struct Sink<'s> {
    take: &'s mut dyn FnMut(Fact),
    /// The counts.
    pub tally: &'s mut Tally,
}

impl<'s> Sink<'s> {
    /// A sink that gives each fact to `take`.
    pub fn new(tally: &'s mut Tally, take: &'s mut dyn FnMut(Fact)) -> Self {
        Self { take, tally }
    }

    /// Takes a record.
    pub fn advisory(&mut self, advisory: Advisory) {
        self.tally.records += 1;
        self.tally.rows += advisory.affected.len();
        (self.take)(Fact::Advisory(advisory));
    }

    /// Takes something else.
    pub fn fact(&mut self, fact: Fact) {
        self.tally.records += match &fact {
            Fact::KnownExploited(_, entries) => entries.len(),
            Fact::Epss(_, entries) => entries.len(),
            Fact::Statements(statements) => statements.len(),
            Fact::Advisory(_) | Fact::Product(_) | Fact::Repository(_) => 1,
        };
        (self.take)(fact);
    }

    /// Counts statements that are not taken over.
    pub fn leave_out(&mut self, why: LeftOut, n_statements: usize) {
        self.tally.leave_out(why, n_statements);
    }

    /// Counts something that cannot be read.
    pub fn unreadable(&mut self, error: FeedError) {
        self.tally.unreadable(error);
    }
}

/// Errors that are kept with their words; the rest is counted.
const MAX_ERRORS: usize = 20;
