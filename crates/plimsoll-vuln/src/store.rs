//! The advisory store, read from bytes that are in memory or mapped there.
//!
//! The bytes may be torn, hostile, or change while they are read: each access is checked, so the
//! worst outcome is an error or an answer from before the change. See `format.rs` for the layout.

pub(crate) mod bytes;
pub(crate) mod format;
mod partition;
mod vulnerability;
mod tables;

use std::{borrow::Cow, fmt, sync::OnceLock};

use plimsoll_package::Ecosystem;

use crate::{
    day::Day,
    side_table::{ImageRepository, Product, SourceInfo},
    store::{
        bytes::Cursor,
        format::{Encoding, Entry, SectionKind, VULNERABILITIES_PER_SECTION},
        vulnerability::VulnerabilityTable,
    },
};

pub use crate::store::{
    format::FORMAT_VERSION,
    partition::{Partition, RangeView, Row, RowEnd},
    vulnerability::Vulnerability,
};
pub(crate) use crate::store::{
    partition::{RangeFields, RangeKind, RowFields, StatementFields, flags},
    tables::{put_summary, read_summaries, write_products, write_repository, write_sources},
    vulnerability::{Subject, VulnerabilityFields, lists},
};

/// An advisory store. Opening checks the header and the length; a section is checked when it is
/// first used, and that is remembered.
#[derive(Debug)]
pub struct Store<'a> {
    bytes: &'a [u8],
    built_at: i64,
    entries: Vec<Entry<'a>>,
    sections: Vec<OnceLock<Result<Cow<'a, [u8]>, StoreError>>>,
    /// Indices of the entries of vulnerabilities, in their order.
    vulnerability_entries: Vec<usize>,
}

/// Why a store cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// The bytes are something else.
    NotAStore,
    /// The store was written in another version of the format.
    OtherFormat {
        /// The version it was written in.
        found: u32,
    },
    /// The bytes are not what was written.
    Torn {
        /// What is wrong.
        part: &'static str,
    },
    /// More than a store may have.
    TooMuch {
        /// Of what.
        part: &'static str,
    },
}

impl StoreError {
    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::OtherFormat { found } if found > FORMAT_VERSION => {
                "use the plimsoll that wrote it, or a newer one; or fetch a store for this one \
                 with `plimsoll db update`"
            }
            _ => {
                "fetch a new store with `plimsoll db update`, or make one with `plimsoll db build`"
            }
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAStore => write!(f, "not an advisory store"),
            Self::OtherFormat { found } => write!(
                f,
                "the advisory store has format {found}, and this program reads {FORMAT_VERSION}"
            ),
            Self::Torn { part } => write!(f, "the advisory store is torn: {part}"),
            Self::TooMuch { part } => {
                write!(f, "the advisory store has more {part} than a store may have")
            }
        }
    }
}

impl std::error::Error for StoreError {}

/// A release of an ecosystem for which the store has rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartitionInfo<'s> {
    /// The ecosystem.
    pub ecosystem: Ecosystem,
    /// The release, as partitions are called; empty where there is only one.
    pub release: &'s str,
    /// How many rows it has.
    pub rows: u32,
}

impl<'a> Store<'a> {
    /// Opens a store. Reads the header and nothing else.
    pub fn open(bytes: &'a [u8]) -> Result<Self, StoreError> {
        let header = format::read_header(bytes)?;
        let sections = header.entries.iter().map(|_| OnceLock::new()).collect();
        let vulnerability_entries = (0..header.entries.len())
            .filter(|it| {
                header.entries.get(*it).is_some_and(|it| it.kind == SectionKind::Vulnerabilities)
            })
            .collect();
        let res = Self {
            bytes,
            built_at: header.built_at,
            entries: header.entries,
            sections,
            vulnerability_entries,
        };
        res.check_table()?;
        Ok(res)
    }

    /// When the store was built, as its builder was told, in seconds since 1970.
    pub fn built_at(&self) -> i64 {
        self.built_at
    }

    /// Whether a section has to be unpacked before it can be used.
    pub fn is_packed(&self) -> bool {
        self.entries.iter().any(|it| it.encoding != Encoding::Raw)
    }

    /// Feeds that the rows come from, by name.
    pub fn sources(&self) -> Result<Vec<SourceInfo>, StoreError> {
        match self.find_entry(SectionKind::Sources, 0, "") {
            Some(index) => tables::read_sources(self.section(index)?),
            None => Ok(Vec::new()),
        }
    }

    /// All partitions, by ecosystem and release.
    pub fn partitions(&self) -> impl Iterator<Item = PartitionInfo<'_>> {
        self.entries.iter().filter(|it| it.kind == SectionKind::Partition).filter_map(|it| {
            Some(PartitionInfo {
                ecosystem: ecosystem_of(it.ecosystem)?,
                release: it.name,
                rows: it.number,
            })
        })
    }

    /// Rows of one release of one ecosystem; `None` where the store knows nothing of it.
    pub fn partition(
        &self,
        ecosystem: Ecosystem,
        release: &str,
    ) -> Result<Option<Partition<'_>>, StoreError> {
        let Some(index) = self.find_entry(SectionKind::Partition, ecosystem as u8, release) else {
            return Ok(None);
        };
        Partition::read(ecosystem, self.section(index)?).map(Some)
    }

    /// How many vulnerabilities there are.
    pub fn n_vulnerabilities(&self) -> Result<u32, StoreError> {
        let Some(last) = self.vulnerability_entries.last() else { return Ok(0) };
        let table = VulnerabilityTable::read(self.section(*last)?)?;
        let first = self.entries.get(*last).map_or(0, |it| it.number);
        first.checked_add(table.len()).ok_or(bytes::OUTSIDE)
    }

    /// The vulnerability with this index.
    pub fn vulnerability(&self, index: u32) -> Result<Vulnerability<'_>, StoreError> {
        self.run(index)?.get(index, index % VULNERABILITIES_PER_SECTION)
    }

    /// What the record with this index is about.
    pub(crate) fn subject(&self, index: u32) -> Result<Subject, StoreError> {
        self.run(index)?.subject(index % VULNERABILITIES_PER_SECTION)
    }

    /// The vulnerability with this id, written exactly so.
    pub fn find(&self, id: &str) -> Result<Option<Vulnerability<'_>>, StoreError> {
        let n_before = self
            .vulnerability_entries
            .partition_point(|it| self.entries.get(*it).is_some_and(|it| it.name <= id));
        let Some(section) = n_before.checked_sub(1) else { return Ok(None) };
        let entry = *self.vulnerability_entries.get(section).ok_or(bytes::OUTSIDE)?;
        let table = VulnerabilityTable::read(self.section(entry)?)?;
        let Some(local) = table.position(id)? else { return Ok(None) };
        let first = self.entries.get(entry).map_or(0, |it| it.number);
        table.get(first.checked_add(local).ok_or(bytes::OUTSIDE)?, local).map(Some)
    }

    /// Indices of all entries that name the same fault as this one, which is among them.
    pub fn members(&self, of: &Vulnerability<'_>) -> Result<Vec<u32>, StoreError> {
        let res = if of.group == of.index {
            of.members()?
        } else {
            self.vulnerability(of.group)?.members()?
        };
        Ok(if res.is_empty() { vec![of.index] } else { res })
    }

    /// Other ids of the same fault.
    pub fn aliases(&self, of: &Vulnerability<'_>) -> Result<Vec<&str>, StoreError> {
        self.members(of)?
            .into_iter()
            .filter(|it| *it != of.index)
            .map(|it| self.vulnerability(it).map(|it| it.id))
            .collect()
    }

    /// Ends of support of products, by name.
    pub fn products(&self) -> Result<Vec<Product>, StoreError> {
        match self.find_entry(SectionKind::Products, 0, "") {
            Some(index) => tables::read_products(self.section(index)?),
            None => Ok(Vec::new()),
        }
    }

    /// Names of the repositories of official images that the store knows.
    pub fn repositories(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|it| it.kind == SectionKind::Repository).map(|it| it.name)
    }

    /// Tags of one repository of official images.
    pub fn repository(&self, name: &str) -> Result<Option<ImageRepository>, StoreError> {
        match self.find_entry(SectionKind::Repository, 0, name) {
            Some(index) => tables::read_repository(name, self.section(index)?).map(Some),
            None => Ok(None),
        }
    }

    /// The day of the catalogue of known exploited vulnerabilities; `None` where it is not in.
    pub fn known_exploited_as_of(&self) -> Result<Option<Day>, StoreError> {
        Ok(self.catalogues()?.0)
    }

    /// The day of the EPSS scores; `None` where they are not in.
    pub fn epss_as_of(&self) -> Result<Option<Day>, StoreError> {
        Ok(self.catalogues()?.1)
    }

    /// The summary of a vulnerability, where the user's own download has brought one.
    pub fn summary(&self, vulnerability: u32) -> Result<Option<String>, StoreError> {
        let mut runs = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, it)| it.kind == SectionKind::Summaries && it.number <= vulnerability);
        match runs.next_back() {
            Some((index, _)) => tables::find_summary(self.section(index)?, vulnerability),
            None => Ok(None),
        }
    }

    /// Checks every section. Everyday use needs no such check.
    pub fn verify(&self) -> Result<(), StoreError> {
        (0..self.entries.len()).try_for_each(|it| self.section(it).map(|_| ()))
    }

    /// The bytes of all blocks of summaries.
    pub(crate) fn summary_sections(&self) -> impl Iterator<Item = Result<&[u8], StoreError>> {
        let is_summaries =
            |it: &usize| self.entries.get(*it).is_some_and(|it| it.kind == SectionKind::Summaries);
        (0..self.entries.len()).filter(is_summaries).map(|it| self.section(it))
    }

    pub(crate) fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// The bytes of a section as they were written, checked and unpacked once.
    pub(crate) fn section(&self, index: usize) -> Result<&[u8], StoreError> {
        let (Some(entry), Some(section)) = (self.entries.get(index), self.sections.get(index))
        else {
            return Err(bytes::OUTSIDE);
        };
        match section.get_or_init(|| unpack(entry, self.stored(entry)?)) {
            Ok(it) => Ok(it),
            Err(err) => Err(*err),
        }
    }

    /// The bytes of a section as they are stored, unchecked.
    pub(crate) fn stored(&self, entry: &Entry<'_>) -> Result<&'a [u8], StoreError> {
        let start = usize::try_from(entry.offset).map_err(|_| bytes::OUTSIDE)?;
        let length = usize::try_from(entry.stored_length).map_err(|_| bytes::OUTSIDE)?;
        let end = start.checked_add(length).ok_or(bytes::OUTSIDE)?;
        self.bytes.get(start..end).ok_or(bytes::OUTSIDE)
    }

    /// The table is sorted, as look-ups rely on, and vulnerabilities are numbered without gaps.
    fn check_table(&self) -> Result<(), StoreError> {
        let is_sorted = self.entries.is_sorted_by(|a, b| entry_key(a) < entry_key(b));
        let is_numbered = self.vulnerability_entries.iter().enumerate().all(|(run, entry)| {
            let first = self.entries.get(*entry).map_or(0, |it| u64::from(it.number));
            first == run as u64 * u64::from(VULNERABILITIES_PER_SECTION)
        });
        let is_known = self
            .entries
            .iter()
            .all(|it| it.kind != SectionKind::Partition || ecosystem_of(it.ecosystem).is_some());
        if is_sorted && is_numbered && is_known {
            Ok(())
        } else {
            Err(StoreError::Torn { part: "its table of sections" })
        }
    }

    /// The run in which a vulnerability stands.
    fn run(&self, index: u32) -> Result<VulnerabilityTable<'_>, StoreError> {
        let section = (index / VULNERABILITIES_PER_SECTION) as usize;
        let entry = *self.vulnerability_entries.get(section).ok_or(bytes::OUTSIDE)?;
        VulnerabilityTable::read(self.section(entry)?)
    }

    fn find_entry(&self, kind: SectionKind, ecosystem: u8, name: &str) -> Option<usize> {
        let wanted = (kind, ecosystem, 0, name);
        self.entries.binary_search_by(|it| (it.kind, it.ecosystem, 0, it.name).cmp(&wanted)).ok()
    }

    fn catalogues(&self) -> Result<(Option<Day>, Option<Day>), StoreError> {
        let Some(index) = self.find_entry(SectionKind::Catalogues, 0, "") else {
            return Ok((None, None));
        };
        let mut cursor = Cursor::new(self.section(index)?);
        let mut day = || cursor.u32().map(Day::from_field);
        Ok((day()?, day()?))
    }
}

/// The order of the table of sections. Runs are in the order of their numbers, the rest by name.
pub(crate) fn entry_key<'e>(entry: &'e Entry<'_>) -> (SectionKind, u8, u32, &'e str) {
    let is_run = matches!(entry.kind, SectionKind::Vulnerabilities | SectionKind::Summaries);
    let number = if is_run { entry.number } else { 0 };
    (entry.kind, entry.ecosystem, number, entry.name)
}

fn unpack<'a>(entry: &Entry<'_>, stored: &'a [u8]) -> Result<Cow<'a, [u8]>, StoreError> {
    if format::checksum_of(stored) != entry.checksum {
        return Err(StoreError::Torn { part: "a checksum does not fit its section" });
    }
    match entry.encoding {
        Encoding::Raw => Ok(Cow::Borrowed(stored)),
        Encoding::Zstd => {
            let length = usize::try_from(entry.unpacked_length).map_err(|_| bytes::OUTSIDE)?;
            let res = zstd::bulk::decompress(stored, length)
                .map_err(|_| StoreError::Torn { part: "a section cannot be unpacked" })?;
            if res.len() != length {
                return Err(StoreError::Torn { part: "a section unpacks to another length" });
            }
            Ok(Cow::Owned(res))
        }
    }
}

/// The ecosystem with this number in the format, which is its discriminant.
fn ecosystem_of(number: u8) -> Option<Ecosystem> {
    Ecosystem::ALL.iter().copied().find(|it| *it as u8 == number)
}
