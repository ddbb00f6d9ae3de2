//! Reads a store back into a builder, so that a part of it can be replaced.

use std::collections::HashMap;

use plimsoll_package::Ecosystem;

use crate::{
    builder::{BuildError, BuilderRow, Record, StoreBuilder, tenths},
    side_table::Epss,
    store::{
        Partition, RangeFields, RangeKind, RangeView, RowEnd, StatementFields, Store, StoreError,
        Vulnerability, flags, read_summaries,
    },
};

pub(crate) fn load(builder: &mut StoreBuilder, store: &Store<'_>) -> Result<(), BuildError> {
    for info in store.sources()? {
        builder.source(info)?;
    }
    builder.known_exploited_as_of = store.known_exploited_as_of()?;
    builder.epss_as_of = store.epss_as_of()?;
    let n = store.n_vulnerabilities()?;
    let mut ids = Vec::new();
    for index in 0..n {
        let vulnerability = store.vulnerability(index)?;
        ids.push(load_facts(builder, store, &vulnerability)?);
    }
    let mut owners = HashMap::new();
    let partitions: Vec<_> = store.partitions().collect();
    for it in partitions {
        if let Some(partition) = store.partition(it.ecosystem, it.release)? {
            load_rows(builder, &ids, &mut owners, it.ecosystem, it.release, &partition)?;
        }
    }
    builder.products(store.products()?);
    let names: Vec<String> = store.repositories().map(str::to_owned).collect();
    for name in names {
        if let Some(it) = store.repository(&name)? {
            builder.repositories.insert(name, it);
        }
    }
    for section in store.summary_sections() {
        for (index, text) in read_summaries(section?)? {
            let id = *ids.get(index as usize).ok_or(OUTSIDE)?;
            builder.summaries.insert(id, text.to_owned());
        }
    }
    Ok(())
}

/// Adds what a vulnerability's entry says, and gives the number of its id.
fn load_facts(
    builder: &mut StoreBuilder,
    store: &Store<'_>,
    it: &Vulnerability<'_>,
) -> Result<u32, BuildError> {
    let id = builder.strings.number(it.id);
    // Entries of one group share these two facts; each catalogue is keyed by one of the names, and
    // which one it was does not matter to what is written.
    if let Some(known) = it.known_exploited
        && it.group == it.index
    {
        builder.known_exploited.insert(id, known);
    }
    if let Some(Epss { score, percentile }) = it.epss
        && it.group == it.index
    {
        builder.epss.insert(id, Epss { score, percentile });
    }
    if it.told_by == 0 {
        return Ok(id);
    }
    let mut cvss = Vec::new();
    for score in it.cvss()? {
        cvss.extend([builder.strings.number(&score.vector), tenths(score.score)]);
    }
    let mut numbers = |indices: Vec<u32>| -> Result<u32, StoreError> {
        let mut res = Vec::new();
        for index in indices {
            res.push(builder.strings.number(store.vulnerability(index)?.id));
        }
        Ok(builder.lists.number(&res))
    };
    let aliases = numbers(it.stated_aliases()?)?;
    let upstream = numbers(it.bundled()?)?;
    let link = builder.strings.number(it.stated_link()?.unwrap_or_default());
    let record = Record {
        id,
        told_by: it.told_by,
        is_loaded: true,
        modified: it.modified,
        published: it.published,
        malicious: it.malicious,
        cvss: builder.lists.number(&cvss),
        weaknesses: builder.lists.number(&it.weaknesses()?),
        aliases,
        upstream,
        link,
    };
    builder.records.push(record);
    Ok(id)
}

fn load_rows(
    builder: &mut StoreBuilder,
    ids: &[u32],
    owners: &mut HashMap<(u8, u32), u32>,
    ecosystem: Ecosystem,
    release: &str,
    partition: &Partition<'_>,
) -> Result<(), BuildError> {
    let release = builder.strings.number(release);
    for key in 0..partition.n_keys() {
        let package = builder.strings.number(partition.key_name(key)?);
        for row in partition.key_rows(key)? {
            let id = *ids.get(row.vulnerability as usize).ok_or(OUTSIDE)?;
            if usize::from(row.source) >= builder.sources.len() {
                return Err(OUTSIDE.into());
            }
            let record = owner(builder, owners, row.source, id);
            let (kind, introduced, end) = match row.range {
                RangeView::Nothing => (RangeKind::Nothing, "", ""),
                RangeView::Exactly(it) => (RangeKind::Exactly, it, ""),
                RangeView::From(from, end) => {
                    let (kind, end) = match end {
                        RowEnd::Open => (RangeKind::Open, ""),
                        RowEnd::Fixed(it) => (RangeKind::Fixed, it),
                        RowEnd::LastAffected(it) => (RangeKind::LastAffected, it),
                    };
                    (kind, from.unwrap_or(""), end)
                }
            };
            let binaries: Vec<String> =
                partition.binaries(&row)?.into_iter().map(str::to_owned).collect();
            let new = BuilderRow {
                record,
                ecosystem,
                release,
                package,
                module: builder.strings.number(row.module),
                product: builder.strings.number(row.product),
                range: RangeFields {
                    kind,
                    introduced: builder.strings.number(introduced),
                    end: builder.strings.number(end),
                },
                statement: StatementFields {
                    flags: flags::pack(row.status, row.severity, row.source),
                    detail: builder.detail(row.reason, &binaries),
                },
            };
            builder.rows.push(new);
        }
    }
    Ok(())
}

/// The record that stands for the rows of one source under one id. It has no facts: those of all
/// sources stand together in one entry of the store.
fn owner(
    builder: &mut StoreBuilder,
    owners: &mut HashMap<(u8, u32), u32>,
    source: u8,
    id: u32,
) -> u32 {
    *owners.entry((source, id)).or_insert_with(|| {
        let res = u32::try_from(builder.records.len()).unwrap_or(u32::MAX);
        builder.records.push(Record {
            id,
            told_by: 1_u64.checked_shl(source.into()).unwrap_or(0),
            is_loaded: true,
            modified: 0,
            published: 0,
            malicious: false,
            cvss: 0,
            weaknesses: 0,
            aliases: 0,
            upstream: 0,
            link: 0,
        });
        res
    })
}

const OUTSIDE: StoreError = StoreError::Torn { part: "a row points to what is not there" };
