//! Makes a store: takes records and side tables in any order, and writes the same bytes for the
//! same facts.

mod intern;
mod names;
mod groups;
mod facts;
mod partition;
mod load;
mod finish;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    io::{self, Write},
};

use plimsoll_package::{Advisory, Affected, AffectedRange, AffectedStatus, Ecosystem, RangeEnd};

pub(crate) use crate::builder::finish::{NewSection, write};
use crate::{
    builder::intern::{Interner, Lists},
    day::Day,
    package_name,
    side_table::{Epss, ImageRepository, KnownExploited, Product, SourceInfo},
    store::{RangeFields, RangeKind, StatementFields, Store, StoreError, flags},
};

/// Collects records and side tables, and writes them as a store.
#[derive(Debug)]
pub struct StoreBuilder {
    strings: Interner,
    lists: Lists,
    sources: Vec<SourceState>,
    records: Vec<Record>,
    rows: Vec<BuilderRow>,
    /// When a record of a source was withdrawn. Versions of it from before are taken out.
    withdrawn: HashMap<(u8, u32), i64>,
    /// Records of a source that were told to be removed, with the number of records before that.
    removed: HashMap<(u8, u32), usize>,
    known_exploited: BTreeMap<u32, KnownExploited>,
    known_exploited_as_of: Option<Day>,
    epss: HashMap<u32, Epss>,
    epss_as_of: Option<Day>,
    products: BTreeMap<String, Product>,
    repositories: BTreeMap<String, ImageRepository>,
    summaries: BTreeMap<u32, String>,
    built_at: i64,
}

/// A source that was made known to a builder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u8);

/// What went into a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildReport {
    /// Per source, by name.
    pub sources: Vec<SourceReport>,
    /// Rows of all partitions.
    pub rows: usize,
    /// Entries of vulnerabilities, names without a record of their own included.
    pub vulnerabilities: usize,
    /// Partitions.
    pub partitions: usize,
    /// Bytes that were written.
    pub bytes: u64,
}

/// What one source gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceReport {
    /// Its name.
    pub name: String,
    /// Records that were added in this build.
    pub records: usize,
    /// Rows in the store, from earlier builds too.
    pub rows: usize,
    /// Records that were withdrawn.
    pub withdrawn: usize,
    /// Statements that were left out since a text in them is longer than any real one.
    pub too_long: usize,
}

/// Why a store cannot be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// More sources than the format can tell apart.
    TooManySources,
    /// More rows or texts than the format can count.
    TooMuch {
        /// Of what.
        part: &'static str,
    },
    /// The store to begin with cannot be read.
    Store(StoreError),
    /// Writing failed.
    Write(io::Error),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManySources => {
                write!(f, "an advisory store has at most {MAX_SOURCES} sources")
            }
            Self::TooMuch { part } => write!(f, "more {part} than an advisory store may have"),
            Self::Store(err) => write!(f, "{err}"),
            Self::Write(err) => write!(f, "the advisory store cannot be written: {err}"),
        }
    }
}

impl std::error::Error for BuildError {}

impl From<StoreError> for BuildError {
    fn from(err: StoreError) -> Self {
        Self::Store(err)
    }
}

#[derive(Debug, Default)]
struct SourceState {
    info: SourceInfo,
    report: SourceReport,
    /// Records before this one are removed.
    removed_before: usize,
}

/// What a record says of its vulnerability. Lists and texts are numbers in the builder's tables.
#[derive(Clone, Copy, Debug)]
struct Record {
    id: u32,
    /// Sources that say so, one bit each; a record read back from a store may have several.
    told_by: u64,
    /// Read back from a store, where the time of change is that of all its sources together.
    is_loaded: bool,
    modified: i64,
    published: i64,
    malicious: bool,
    cvss: u32,
    weaknesses: u32,
    aliases: u32,
    upstream: u32,
    link: u32,
}

#[derive(Clone, Copy, Debug)]
struct BuilderRow {
    record: u32,
    ecosystem: Ecosystem,
    release: u32,
    package: u32,
    module: u32,
    product: u32,
    range: RangeFields,
    statement: StatementFields,
}

impl StoreBuilder {
    /// A builder of a store from nothing. `built_at` is written into the store, in seconds since
    /// 1970.
    pub fn new(built_at: i64) -> Self {
        Self {
            strings: Interner::new(),
            lists: Lists::new(),
            sources: Vec::new(),
            records: Vec::new(),
            rows: Vec::new(),
            withdrawn: HashMap::new(),
            removed: HashMap::new(),
            known_exploited: BTreeMap::new(),
            known_exploited_as_of: None,
            epss: HashMap::new(),
            epss_as_of: None,
            products: BTreeMap::new(),
            repositories: BTreeMap::new(),
            summaries: BTreeMap::new(),
            built_at,
        }
    }

    /// A builder that begins with what a store holds, so that one source can be replaced
    /// ([`Self::remove_source`]) or some of its records ([`Self::remove_record`]).
    pub fn from_store(store: &Store<'_>, built_at: i64) -> Result<Self, BuildError> {
        let mut res = Self::new(built_at);
        load::load(&mut res, store)?;
        Ok(res)
    }

    /// Sets the time of building, where it follows from what was added.
    pub fn set_built_at(&mut self, built_at: i64) {
        self.built_at = built_at;
    }

    /// Makes a source known, or states anew what is known about it.
    pub fn source(&mut self, info: SourceInfo) -> Result<SourceId, BuildError> {
        if let Some(index) = self.sources.iter().position(|it| it.info.name == info.name) {
            if let Some(source) = self.sources.get_mut(index) {
                source.info = info;
            }
            return u8::try_from(index).map(SourceId).map_err(|_| BuildError::TooManySources);
        }
        if self.sources.len() >= MAX_SOURCES {
            return Err(BuildError::TooManySources);
        }
        let res = u8::try_from(self.sources.len()).map_err(|_| BuildError::TooManySources)?;
        let report = SourceReport { name: info.name.clone(), ..SourceReport::default() };
        self.sources.push(SourceState { info, report, removed_before: 0 });
        Ok(SourceId(res))
    }

    /// Adds one record of a source. Several records with one id add up; a withdrawn one takes out
    /// what was changed no later than it, whichever comes first.
    pub fn add(&mut self, source: SourceId, advisory: &Advisory) {
        self.count(source, |it| it.records += 1);
        if is_too_long(&advisory.id) {
            self.count(source, |it| it.too_long += 1);
            return;
        }
        let id = self.strings.number(&advisory.id);
        if let Some(withdrawn) = advisory.withdrawn {
            let until = withdrawn.max(advisory.modified);
            let known = self.withdrawn.entry((source.0, id)).or_insert(until);
            *known = until.max(*known);
            self.count(source, |it| it.withdrawn += 1);
            return;
        }
        let record = self.record(source, id, advisory);
        let record_idx = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        self.records.push(record);
        for affected in &advisory.affected {
            self.add_affected(source, record_idx, affected);
        }
    }

    /// Adds all records of a source.
    pub fn add_all(&mut self, source: SourceId, advisories: impl IntoIterator<Item = Advisory>) {
        for advisory in advisories {
            self.add(source, &advisory);
        }
    }

    /// Takes out all that a source has said so far. Unknown sources have said nothing.
    pub fn remove_source(&mut self, name: &str) {
        let n_records = self.records.len();
        if let Some(source) = self.sources.iter_mut().find(|it| it.info.name == name) {
            source.removed_before = n_records;
        }
    }

    /// Takes out what a source has said so far under one id.
    pub fn remove_record(&mut self, source: SourceId, id: &str) {
        if let Some(id) = self.strings.find(id) {
            self.removed.insert((source.0, id), self.records.len());
        }
    }

    /// Replaces the catalogue of known exploited vulnerabilities.
    pub fn known_exploited<'i>(
        &mut self,
        as_of: Option<Day>,
        entries: impl IntoIterator<Item = (&'i str, KnownExploited)>,
    ) {
        self.known_exploited.clear();
        self.known_exploited_as_of = as_of;
        for (id, entry) in entries {
            if !is_too_long(id) {
                self.known_exploited.insert(self.strings.number(id), entry);
            }
        }
    }

    /// Replaces the EPSS scores. Those of ids that no record or alias names are not kept, so they
    /// are to be given again when records are added to an existing store.
    pub fn epss<'i>(
        &mut self,
        as_of: Option<Day>,
        entries: impl IntoIterator<Item = (&'i str, Epss)>,
    ) {
        self.epss.clear();
        self.epss_as_of = as_of;
        for (id, entry) in entries {
            if !is_too_long(id) {
                self.epss.insert(self.strings.number(id), entry);
            }
        }
    }

    /// Replaces the ends of support.
    pub fn products(&mut self, products: impl IntoIterator<Item = Product>) {
        self.products = products.into_iter().map(|it| (it.name.clone(), it)).collect();
    }

    /// Replaces the tags of official images.
    pub fn repositories(&mut self, repositories: impl IntoIterator<Item = ImageRepository>) {
        self.repositories = repositories.into_iter().map(|it| (it.name.clone(), it)).collect();
    }

    /// Adds the summary of a vulnerability. Only for a store that stays with the user who fetched
    /// it: sentences belong to their authors.
    pub fn summary(&mut self, id: &str, text: &str) {
        if !is_too_long(id) {
            let text = text.char_indices().take_while(|(at, _)| *at < MAX_SUMMARY);
            self.summaries.insert(self.strings.number(id), text.map(|(_, it)| it).collect());
        }
    }

    /// Writes the store.
    pub fn finish(self, out: &mut dyn Write) -> Result<BuildReport, BuildError> {
        finish::finish(self, out)
    }

    fn record(&mut self, source: SourceId, id: u32, advisory: &Advisory) -> Record {
        let mut cvss = Vec::new();
        for it in advisory.cvss.iter().filter(|it| !is_too_long(&it.vector)) {
            cvss.extend([self.strings.number(&it.vector), tenths(it.score)]);
        }
        let aliases = self.ids(&advisory.aliases);
        let upstream = self.ids(&advisory.upstream);
        let link = if is_too_long(&advisory.link) { "" } else { &advisory.link };
        Record {
            id,
            told_by: 1 << source.0,
            is_loaded: false,
            modified: advisory.modified,
            published: advisory.published,
            malicious: advisory.malicious,
            cvss: self.lists.number(&cvss),
            weaknesses: self.lists.number(&advisory.weaknesses),
            aliases,
            upstream,
            link: self.strings.number(link),
        }
    }

    fn ids(&mut self, ids: &[String]) -> u32 {
        let strings = &mut self.strings;
        let res: Vec<u32> = ids
            .iter()
            .filter(|it| !it.is_empty() && !is_too_long(it))
            .map(|it| strings.number(it))
            .collect();
        self.lists.number(&res)
    }

    fn add_affected(&mut self, source: SourceId, record: u32, affected: &Affected) {
        if has_long_text(affected) {
            self.count(source, |it| it.too_long += 1);
            return;
        }
        let name = package_name::normal(affected.ecosystem, &affected.package);
        let mut row = BuilderRow {
            record,
            ecosystem: affected.ecosystem,
            release: self.strings.number(&affected.release),
            package: self.strings.number(&name),
            module: self.strings.number(&affected.module),
            product: self.strings.number(&affected.product),
            range: RangeFields { kind: RangeKind::Open, introduced: 0, end: 0 },
            statement: StatementFields {
                flags: 0,
                detail: self.detail(&affected.reason, &affected.binaries),
            },
        };
        for (status, kind, introduced, end) in ranges(affected) {
            row.range.kind = kind;
            row.range.introduced = self.strings.number(introduced);
            row.range.end = self.strings.number(end);
            row.statement.flags = flags::pack(status, affected.severity, source.0);
            self.rows.push(row);
        }
    }

    fn detail(&mut self, reason: &str, binaries: &[String]) -> u32 {
        if reason.is_empty() && binaries.is_empty() {
            return 0;
        }
        let mut binaries: Vec<&str> = binaries.iter().map(String::as_str).collect();
        binaries.sort_unstable();
        binaries.dedup();
        let mut res = vec![self.strings.number(reason)];
        res.extend(binaries.into_iter().map(|it| self.strings.number(it)));
        self.lists.number(&res)
    }

    fn count(&mut self, source: SourceId, count: impl FnOnce(&mut SourceReport)) {
        if let Some(it) = self.sources.get_mut(usize::from(source.0)) {
            count(&mut it.report);
        }
    }
}

/// The ranges of a statement as rows: status, kind, introduced, end.
fn ranges(affected: &Affected) -> Vec<(AffectedStatus, RangeKind, &str, &str)> {
    let status = affected.status;
    if affected.ranges.is_empty() && affected.versions.is_empty() {
        let kind = match status {
            AffectedStatus::NotAffected => RangeKind::Nothing,
            _ => RangeKind::Open,
        };
        return vec![(status, kind, "", "")];
    }
    let mut res: Vec<_> = affected
        .ranges
        .iter()
        .filter_map(|it| range(it).map(|(kind, introduced, end)| (status, kind, introduced, end)))
        .collect();
    let versions = affected.versions.iter().filter(|it| !it.is_empty());
    res.extend(versions.map(|it| (status, RangeKind::Exactly, it.as_str(), "")));
    if res.is_empty() {
        // Every range was empty, as `fixed: 0` is: the statement is that nothing is affected.
        res.push((AffectedStatus::NotAffected, RangeKind::Nothing, "", ""));
    }
    res
}

/// A range as a row; `None` for an empty one.
fn range(range: &AffectedRange) -> Option<(RangeKind, &str, &str)> {
    let introduced = range.introduced.as_deref().filter(|it| !is_beginning(it)).unwrap_or("");
    match &range.end {
        RangeEnd::Open => Some((RangeKind::Open, introduced, "")),
        RangeEnd::Fixed(it) if is_beginning(it) => None,
        RangeEnd::Fixed(it) => Some((RangeKind::Fixed, introduced, it)),
        RangeEnd::LastAffected(it) => Some((RangeKind::LastAffected, introduced, it)),
    }
}

/// The word for a version before all others. Nothing is fixed before the beginning, so a fix in it
/// is a way to say "not affected".
fn is_beginning(version: &str) -> bool {
    matches!(version, "0" | "0:0" | "")
}

fn has_long_text(affected: &Affected) -> bool {
    let ranges = affected.ranges.iter().flat_map(|it| {
        let end = match &it.end {
            RangeEnd::Open => None,
            RangeEnd::Fixed(it) | RangeEnd::LastAffected(it) => Some(it),
        };
        it.introduced.iter().chain(end)
    });
    [&affected.release, &affected.product, &affected.package, &affected.module, &affected.reason]
        .into_iter()
        .chain(&affected.binaries)
        .chain(&affected.versions)
        .chain(ranges)
        .any(|it| is_too_long(it))
}

fn is_too_long(text: &str) -> bool {
    text.len() > MAX_TEXT
}

/// A CVSS score in tenths.
fn tenths(score: f32) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..=100 just before"
    )]
    let res = (score * 10.0).clamp(0.0, 100.0).round() as u32;
    res
}

/// Most sources of one store: the bits of the word that says who told a fact.
const MAX_SOURCES: usize = 64;

/// Longest text of a record, in bytes; the longest real ones have a few hundred.
const MAX_TEXT: usize = 4_096;

/// Longest summary, in bytes, give or take one character.
const MAX_SUMMARY: usize = 4_096;
