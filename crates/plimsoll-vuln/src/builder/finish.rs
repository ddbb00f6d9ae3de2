//! Writes a store: orders all that was collected, numbers it, and lays it out in sections.

use std::{
    collections::{BTreeSet, HashMap},
    io::Write,
};

use crate::{
    builder::{
        BuildError, BuildReport, SourceReport, StoreBuilder,
        facts::{self, AllFacts, Facts},
        groups::{self, Groups, Named},
        intern::Ranks,
        partition::{self, LocalTexts, RankedRow, put},
    },
    day::Day,
    side_table::{Epss, KnownExploited, SourceInfo},
    store::{
        RangeFields, RowFields, StatementFields, VulnerabilityFields, flags,
        format::{
            self, Encoding, Entry, MAX_SECTION, MAX_SECTIONS, SectionKind,
            VULNERABILITIES_PER_SECTION, VULNERABILITY_COLUMNS, narrow,
        },
        lists, put_summary, write_products, write_repository, write_sources,
    },
};

/// A section before it has a place.
pub(crate) struct NewSection {
    pub(crate) kind: SectionKind,
    pub(crate) encoding: Encoding,
    pub(crate) ecosystem: u8,
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) unpacked_length: u64,
}

impl NewSection {
    fn raw(kind: SectionKind, ecosystem: u8, number: u32, name: String, bytes: Vec<u8>) -> Self {
        let unpacked_length = bytes.len() as u64;
        Self { kind, encoding: Encoding::Raw, ecosystem, number, name, bytes, unpacked_length }
    }
}

pub(crate) fn finish(
    mut builder: StoreBuilder,
    out: &mut dyn Write,
) -> Result<BuildReport, BuildError> {
    check_counts(&builder)?;
    facts::retain_living(&mut builder);
    let facts = facts::merge(&builder);
    let mut ids = facts::ids_to_keep(&mut builder, &facts);
    let names: Vec<Vec<u32>> = {
        let ranks_of_ids = builder.strings.ranks();
        ids.sort_unstable_by_key(|it| ranks_of_ids.rank(*it));
        ids.iter().map(|it| facts::names(&mut builder.strings, &facts, *it)).collect()
    };
    let ranks = builder.strings.ranks();
    let index: HashMap<u32, u32> = ids.iter().copied().zip(0..).collect();
    let with_names: Vec<Named<'_>> = ids
        .iter()
        .zip(&names)
        .map(|(id, names)| Named {
            id: builder.strings.text(*id),
            names: names.iter().filter_map(|it| index.get(it).copied()).collect(),
        })
        .collect();
    let groups = groups::group(&with_names);
    let source_numbers = source_numbers(&builder);
    let work = Work { builder: &builder, facts: &facts, ids, index, groups, ranks, source_numbers };
    let (rows, details) = work.ranked_rows();
    let mut sections = work.vulnerability_sections();
    sections.extend(work.partition_sections(&rows, &details));
    sections.extend(work.side_sections());
    let report = work.report(&rows, &sections);
    let bytes = write(builder.built_at, sections, out)?;
    Ok(BuildReport { bytes, ..report })
}

/// Orders the sections, and writes header and sections.
pub(crate) fn write(
    built_at: i64,
    mut sections: Vec<NewSection>,
    out: &mut dyn Write,
) -> Result<u64, BuildError> {
    if sections.len() > MAX_SECTIONS as usize {
        return Err(BuildError::TooMuch { part: "sections" });
    }
    if sections.iter().any(|it| it.unpacked_length > MAX_SECTION) {
        return Err(BuildError::TooMuch { part: "bytes in a section" });
    }
    sections.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut entries: Vec<Entry<'_>> = sections
        .iter()
        .map(|it| Entry {
            kind: it.kind,
            encoding: it.encoding,
            ecosystem: it.ecosystem,
            number: it.number,
            name: &it.name,
            offset: 0,
            stored_length: it.bytes.len() as u64,
            unpacked_length: it.unpacked_length,
            checksum: format::checksum_of(&it.bytes),
        })
        .collect();
    let header = format::write_header(built_at, &mut entries);
    let mut length = 0;
    for bytes in std::iter::once(&header).chain(sections.iter().map(|it| &it.bytes)) {
        out.write_all(bytes).map_err(BuildError::Write)?;
        length += bytes.len() as u64;
        let padding = format::aligned(length) - length;
        let padding = PADDING.get(..usize::try_from(padding).unwrap_or(0)).unwrap_or_default();
        out.write_all(padding).map_err(BuildError::Write)?;
        length += padding.len() as u64;
    }
    Ok(length)
}

/// All that the sections are made of.
struct Work<'b> {
    builder: &'b StoreBuilder,
    facts: &'b AllFacts,
    /// Ids in the order of their texts; the place of one is its index in the store.
    ids: Vec<u32>,
    index: HashMap<u32, u32>,
    groups: Groups,
    ranks: Ranks,
    /// The number of each source in the store, by its number in the builder.
    source_numbers: Vec<u8>,
}

impl Work<'_> {
    /// All rows in the order of the store, and the details they point to.
    fn ranked_rows(&self) -> (Vec<RankedRow>, Vec<Vec<u32>>) {
        let (detail_numbers, details) = self.details();
        let sources = &self.source_numbers;
        let builder = self.builder;
        let mut res: Vec<RankedRow> = builder
            .rows
            .iter()
            .map(|row| {
                let id = builder.records.get(row.record as usize).map_or(0, |it| it.id);
                let said = row.statement;
                let source = sources.get(usize::from(flags::source(said.flags)));
                RankedRow {
                    ecosystem: row.ecosystem as u8,
                    release: self.ranks.rank(row.release),
                    package: self.ranks.rank(row.package),
                    module: self.ranks.rank(row.module),
                    product: self.ranks.rank(row.product),
                    fields: RowFields {
                        vulnerability: self.index.get(&id).copied().unwrap_or(0),
                        range: RangeFields {
                            kind: row.range.kind,
                            introduced: self.ranks.rank(row.range.introduced),
                            end: self.ranks.rank(row.range.end),
                        },
                        statement: StatementFields {
                            flags: flags::with_source(said.flags, source.copied().unwrap_or(0)),
                            detail: detail_numbers.get(&said.detail).copied().unwrap_or(0),
                        },
                    },
                }
            })
            .collect();
        res.sort_unstable();
        res.dedup();
        (res, details)
    }

    /// Details in use, numbered in the order of what they say: number by list, and ranks by number.
    fn details(&self) -> (HashMap<u32, u32>, Vec<Vec<u32>>) {
        let used: BTreeSet<u32> = self.builder.rows.iter().map(|it| it.statement.detail).collect();
        let mut all: Vec<(Vec<u32>, u32)> = used
            .into_iter()
            .map(|number| {
                let list = self.builder.lists.list(number);
                (list.iter().map(|it| self.ranks.rank(*it)).collect(), number)
            })
            .collect();
        if all.iter().all(|(list, _)| !list.is_empty()) {
            all.push((Vec::new(), 0));
        }
        all.sort_unstable();
        let numbers = all.iter().map(|(_, number)| *number).zip(0..).collect();
        (numbers, all.into_iter().map(|(list, _)| list).collect())
    }

    fn partition_sections(&self, rows: &[RankedRow], details: &[Vec<u32>]) -> Vec<NewSection> {
        let strings = &self.builder.strings;
        rows.chunk_by(|a, b| (a.ecosystem, a.release) == (b.ecosystem, b.release))
            .filter_map(|rows| {
                let first = rows.first()?;
                let release = strings.text(self.ranks.number(first.release)).to_owned();
                let bytes = partition::partition(rows, details, strings, &self.ranks);
                let n_rows = narrow(rows.len());
                let kind = SectionKind::Partition;
                Some(NewSection::raw(kind, first.ecosystem, n_rows, release, bytes))
            })
            .collect()
    }

    fn vulnerability_sections(&self) -> Vec<NewSection> {
        let likelihood = self.group_facts();
        let mut first = 0;
        let mut res = Vec::new();
        for ids in self.ids.chunks(VULNERABILITIES_PER_SECTION as usize) {
            let name = ids.first().map_or("", |it| self.builder.strings.text(*it)).to_owned();
            let bytes = self.vulnerability_section(first, ids, &likelihood);
            res.push(NewSection::raw(SectionKind::Vulnerabilities, 0, first, name, bytes));
            first += narrow(ids.len());
        }
        res
    }

    fn vulnerability_section(
        &self,
        first: u32,
        ids: &[u32],
        likelihood: &HashMap<u32, GroupFacts>,
    ) -> Vec<u8> {
        let nothing = Facts::default();
        let all: Vec<(u32, &Facts)> =
            ids.iter().map(|it| (*it, self.facts.get(*it).unwrap_or(&nothing))).collect();
        let texts = LocalTexts::new(all.iter().flat_map(|it| self.ranks_of(*it)).collect());
        let mut words = vec![0];
        let mut places: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut columns: [Vec<u32>; VULNERABILITY_COLUMNS] = Default::default();
        for (index, (id, facts)) in (first..).zip(all) {
            let detail = self.detail(index, facts, &texts);
            let detail = if detail.is_empty() {
                0
            } else {
                *places.entry(detail).or_insert_with_key(|it| {
                    let place = narrow(words.len());
                    words.extend(it);
                    place
                })
            };
            let group = self.group(index);
            let likelihood = likelihood.get(&group).copied().unwrap_or_default();
            let fields = VulnerabilityFields {
                id: texts.number(self.ranks.rank(id)),
                group,
                published: seconds(facts.published),
                modified: seconds(facts.modified),
                exploited: KnownExploited::field(likelihood.known_exploited),
                epss: Epss::field(likelihood.epss),
                flags: if facts.malicious { VulnerabilityFields::MALICIOUS } else { 0 },
                told_by: self.told_by(facts.told_by),
                detail,
            };
            columns.iter_mut().zip(fields.columns()).for_each(|(column, it)| column.push(it));
        }
        let (offsets, bytes) = texts.bytes(&self.builder.strings, &self.ranks);
        let mut res = Vec::new();
        put(&mut res, &[narrow(ids.len()), narrow(words.len()), texts.len(), narrow(bytes.len())]);
        for column in &columns {
            put(&mut res, column);
        }
        put(&mut res, &words);
        put(&mut res, &offsets);
        res.extend(bytes);
        res
    }

    /// Ranks of the texts of a vulnerability.
    fn ranks_of(&self, (id, facts): (u32, &Facts)) -> Vec<u32> {
        let vectors = facts.cvss.iter().map(|it| self.ranks.rank(it.0));
        vectors.chain([self.ranks.rank(id)]).chain(self.link(facts)).collect()
    }

    /// The lists of a vulnerability, each after its length, in the order of the format.
    fn detail(&self, index: u32, facts: &Facts, texts: &LocalTexts) -> Vec<u32> {
        let mut cvss: Vec<[u32; 2]> = facts
            .cvss
            .iter()
            .map(|(vector, tenths)| [texts.number(self.ranks.rank(*vector)), *tenths])
            .collect();
        cvss.sort_unstable();
        let cvss: Vec<u32> = cvss.into_iter().flatten().collect();
        let indices = |ids: &[u32]| -> Vec<u32> {
            let mut res: Vec<u32> =
                ids.iter().filter_map(|it| self.index.get(it).copied()).collect();
            res.sort_unstable();
            res
        };
        let aliases = indices(&facts.aliases);
        let empty = Vec::new();
        let members = self.groups.members.get(index as usize).unwrap_or(&empty);
        let bundled = self.groups.bundled.get(index as usize).unwrap_or(&empty);
        let link: Vec<u32> = self.link(facts).map(|it| texts.number(it)).into_iter().collect();
        lists([&cvss, &facts.weaknesses, &aliases, members, bundled, &link])
    }

    /// Known exploitation and likelihood by group, since catalogues know a fault by one of its
    /// names only.
    fn group_facts(&self) -> HashMap<u32, GroupFacts> {
        let mut res: HashMap<u32, GroupFacts> = HashMap::new();
        for (index, id) in (0_u32..).zip(&self.ids) {
            let known_exploited = self.builder.known_exploited.get(id).copied();
            let epss = self.builder.epss.get(id).copied();
            if known_exploited.is_some() || epss.is_some() {
                let it = res.entry(self.group(index)).or_default();
                it.known_exploited = it.known_exploited.or(known_exploited);
                it.epss = it.epss.or(epss);
            }
        }
        res
    }

    fn side_sections(&self) -> Vec<NewSection> {
        let builder = self.builder;
        let side = |kind, name: &str, bytes| NewSection::raw(kind, 0, 0, name.to_owned(), bytes);
        let sources = self.sources();
        let mut res = vec![side(
            SectionKind::Sources,
            "",
            write_sources(&sources.iter().collect::<Vec<_>>()),
        )];
        if !builder.products.is_empty() {
            let products: Vec<_> = builder.products.values().cloned().collect();
            res.push(side(SectionKind::Products, "", write_products(&products)));
        }
        for it in builder.repositories.values() {
            res.push(side(SectionKind::Repository, &it.name, write_repository(it)));
        }
        let mut days = Vec::new();
        put(&mut days, &[builder.known_exploited_as_of, builder.epss_as_of].map(Day::field));
        res.push(side(SectionKind::Catalogues, "", days));
        res.extend(self.summary_sections());
        res
    }

    fn summary_sections(&self) -> Vec<NewSection> {
        let mut all: Vec<(u32, &str)> = self
            .builder
            .summaries
            .iter()
            .filter_map(|(id, text)| Some((*self.index.get(id)?, text.as_str())))
            .collect();
        all.sort_unstable();
        let mut res: Vec<NewSection> = Vec::new();
        for (index, text) in all {
            let is_full = res.last().is_none_or(|it| it.bytes.len() >= SUMMARY_BLOCK);
            if is_full {
                let kind = SectionKind::Summaries;
                res.push(NewSection::raw(kind, 0, index, String::new(), Vec::new()));
            }
            if let Some(section) = res.last_mut() {
                put_summary(&mut section.bytes, index, text);
            }
        }
        for section in &mut res {
            section.unpacked_length = section.bytes.len() as u64;
            if let Ok(packed) = zstd::bulk::compress(&section.bytes, SUMMARY_LEVEL) {
                section.bytes = packed;
                section.encoding = Encoding::Zstd;
            }
        }
        res
    }

    /// The sources by name, with the count of records where none was given.
    fn sources(&self) -> Vec<SourceInfo> {
        let mut res: Vec<SourceInfo> = self
            .builder
            .sources
            .iter()
            .map(|it| {
                let mut info = it.info.clone();
                if info.records == 0 {
                    info.records = narrow(it.report.records);
                }
                info
            })
            .collect();
        res.sort_unstable();
        res
    }

    /// Who told a fact, by the numbers of sources in the store.
    fn told_by(&self, told_by: u64) -> u64 {
        let mut res = 0;
        for (number, in_store) in self.source_numbers.iter().enumerate() {
            if told_by >> number & 1 == 1 {
                res |= 1 << *in_store;
            }
        }
        res
    }

    fn group(&self, index: u32) -> u32 {
        self.groups.group.get(index as usize).copied().unwrap_or(index)
    }

    /// The rank of the link that was told last.
    fn link(&self, facts: &Facts) -> Option<u32> {
        facts.links.iter().map(|(told, link)| (*told, self.ranks.rank(*link))).max().map(|it| it.1)
    }

    fn report(&self, rows: &[RankedRow], sections: &[NewSection]) -> BuildReport {
        let mut n_rows = [0_usize; super::MAX_SOURCES];
        for row in rows {
            if let Some(it) = n_rows.get_mut(usize::from(flags::source(row.fields.statement.flags)))
            {
                *it += 1;
            }
        }
        let mut sources: Vec<SourceReport> = self
            .builder
            .sources
            .iter()
            .zip(&self.source_numbers)
            .map(|(it, number)| SourceReport {
                rows: n_rows.get(usize::from(*number)).copied().unwrap_or(0),
                ..it.report.clone()
            })
            .collect();
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        BuildReport {
            sources,
            rows: rows.len(),
            vulnerabilities: self.ids.len(),
            partitions: sections.iter().filter(|it| it.kind == SectionKind::Partition).count(),
            bytes: 0,
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct GroupFacts {
    known_exploited: Option<KnownExploited>,
    epss: Option<Epss>,
}

fn source_numbers(builder: &StoreBuilder) -> Vec<u8> {
    let mut sorted: Vec<&str> = builder.sources.iter().map(|it| it.info.name.as_str()).collect();
    sorted.sort_unstable();
    builder
        .sources
        .iter()
        .map(|it| sorted.partition_point(|other| *other < it.info.name.as_str()))
        .map(|it| u8::try_from(it).unwrap_or(u8::MAX))
        .collect()
}

fn check_counts(builder: &StoreBuilder) -> Result<(), BuildError> {
    let limit = u32::MAX as usize / 2;
    let counts = [
        (builder.rows.len(), "rows"),
        (builder.records.len(), "records"),
        (builder.strings.len(), "texts"),
        (builder.lists.len(), "lists"),
    ];
    match counts.into_iter().find(|(n, _)| *n > limit) {
        Some((_, part)) => Err(BuildError::TooMuch { part }),
        None => Ok(()),
    }
}

/// The order of the table of sections; the same as [`crate::store::entry_key`].
fn key(section: &NewSection) -> (SectionKind, u8, u32, &str) {
    let is_run = matches!(section.kind, SectionKind::Vulnerabilities | SectionKind::Summaries);
    (section.kind, section.ecosystem, if is_run { section.number } else { 0 }, &section.name)
}

fn seconds(it: i64) -> u32 {
    u32::try_from(it.max(0)).unwrap_or(u32::MAX)
}

const PADDING: [u8; 8] = [0; 8];

/// Bytes of text after which a new block of summaries begins.
const SUMMARY_BLOCK: usize = 64 << 10;

const SUMMARY_LEVEL: i32 = 9;
