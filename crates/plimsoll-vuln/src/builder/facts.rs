//! What all records of one id say together, and which ids the store is to have.

use std::collections::{HashMap, HashSet};

use crate::builder::{
    Record, StoreBuilder,
    intern::Interner,
    names::{cve_of, is_distribution_record, is_erratum},
};

/// The facts of one id, from all its records. Merging gives the same in any order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) told_by: u64,
    pub(crate) published: i64,
    pub(crate) modified: i64,
    pub(crate) malicious: bool,
    /// Vector and tenths of the score.
    pub(crate) cvss: Vec<(u32, u32)>,
    pub(crate) weaknesses: Vec<u32>,
    pub(crate) aliases: Vec<u32>,
    pub(crate) upstream: Vec<u32>,
    /// Links with the time at which they were told.
    pub(crate) links: Vec<(i64, u32)>,
}

/// Facts by the number of the id's text.
#[derive(Debug, Default)]
pub(crate) struct AllFacts {
    slots: HashMap<u32, usize>,
    facts: Vec<Facts>,
}

impl AllFacts {
    pub(crate) fn get(&self, id: u32) -> Option<&Facts> {
        self.slots.get(&id).and_then(|it| self.facts.get(*it))
    }

    fn of(&mut self, id: u32) -> Option<&mut Facts> {
        let slot = *self.slots.entry(id).or_insert(self.facts.len());
        if slot == self.facts.len() {
            self.facts.push(Facts::default());
        }
        self.facts.get_mut(slot)
    }
}

/// Takes out records and rows that were withdrawn, removed or replaced.
pub(crate) fn retain_living(builder: &mut StoreBuilder) {
    let told_by: Vec<u64> = builder
        .records
        .iter()
        .enumerate()
        .map(|(index, record)| living_sources(builder, index, record))
        .collect();
    for (record, told_by) in builder.records.iter_mut().zip(&told_by) {
        record.told_by = *told_by;
    }
    builder.rows.retain(|it| told_by.get(it.record as usize).is_some_and(|it| *it != 0));
}

/// Merges the facts of all living records. What a distribution's own name for a fault calls
/// `upstream` is that fault, so it counts as an alias; elsewhere only an erratum's `upstream`
/// counts.
pub(crate) fn merge(builder: &StoreBuilder) -> AllFacts {
    let mut res = AllFacts::default();
    for record in builder.records.iter().filter(|it| it.told_by != 0) {
        let Some(facts) = res.of(record.id) else { continue };
        facts.told_by |= record.told_by;
        facts.modified = facts.modified.max(record.modified);
        if record.published > 0 && (facts.published == 0 || record.published < facts.published) {
            facts.published = record.published;
        }
        facts.malicious |= record.malicious;
        for pair in builder.lists.list(record.cvss).chunks_exact(2) {
            if let [vector, tenths] = *pair {
                add_new(&mut facts.cvss, (vector, tenths));
            }
        }
        for (to, list) in [
            (&mut facts.weaknesses, record.weaknesses),
            (&mut facts.aliases, record.aliases),
            (&mut facts.upstream, record.upstream),
        ] {
            to.extend(builder.lists.list(list));
        }
        if record.link != 0 {
            add_new(&mut facts.links, (record.modified, record.link));
        }
    }
    let ids: Vec<(u32, usize)> = builder
        .records
        .iter()
        .filter_map(|it| Some((it.id, *res.slots.get(&it.id)?)))
        .filter(|(id, _)| is_distribution_record(builder.strings.text(*id)))
        .collect();
    for (_, slot) in ids {
        if let Some(it) = res.facts.get_mut(slot) {
            let upstream = std::mem::take(&mut it.upstream);
            it.aliases.extend(upstream);
        }
    }
    for facts in &mut res.facts {
        for list in [&mut facts.weaknesses, &mut facts.aliases, &mut facts.upstream] {
            list.sort_unstable();
            list.dedup();
        }
    }
    res
}

/// Ids that the store has: those with rows, those known to be exploited, and all their names.
pub(crate) fn ids_to_keep(builder: &mut StoreBuilder, facts: &AllFacts) -> Vec<u32> {
    let with_rows = builder
        .rows
        .iter()
        .filter_map(|it| builder.records.get(it.record as usize).map(|it| it.id));
    let mut open: Vec<u32> = with_rows.chain(builder.known_exploited.keys().copied()).collect();
    open.sort_unstable();
    open.dedup();
    let mut seen: HashSet<u32> = open.iter().copied().collect();
    let mut res = Vec::new();
    while let Some(id) = open.pop() {
        res.push(id);
        for name in names(&mut builder.strings, facts, id) {
            if seen.insert(name) {
                open.push(name);
            }
        }
    }
    res
}

/// Other names of a fault, and for an erratum the faults that it mends.
pub(crate) fn names(strings: &mut Interner, facts: &AllFacts, id: u32) -> Vec<u32> {
    let text = strings.text(id).to_owned();
    let mut res = Vec::new();
    if let Some(cve) = cve_of(&text)
        && cve.len() < text.len()
    {
        res.push(strings.number(cve));
    }
    let Some(facts) = facts.get(id) else { return res };
    let upstream: &[u32] = if is_erratum(&text) { &facts.upstream } else { &[] };
    for name in facts.aliases.iter().chain(upstream) {
        let name_text = strings.text(*name);
        let is_name = *name != id && !is_erratum(name_text) && !is_fresh_fault(&text, name_text);
        if is_name {
            res.push(*name);
        }
    }
    res
}

/// Whether a record about one CVE names another one as its alias, which it cannot be.
fn is_fresh_fault(id: &str, alias: &str) -> bool {
    match (cve_of(id), cve_of(alias)) {
        (Some(own), Some(other)) => own != other,
        _ => false,
    }
}

fn living_sources(builder: &StoreBuilder, index: usize, record: &Record) -> u64 {
    let mut res = record.told_by;
    for (number, source) in (0_u8..).zip(&builder.sources) {
        if res >> number & 1 == 0 {
            continue;
        }
        let key = (number, record.id);
        let is_removed = index < source.removed_before
            || builder.removed.get(&key).is_some_and(|it| index < *it);
        let is_withdrawn = builder
            .withdrawn
            .get(&key)
            .is_some_and(|until| record.is_loaded || record.modified <= *until);
        if is_removed || is_withdrawn {
            res &= !(1 << number);
        }
    }
    res
}

fn add_new<T: PartialEq>(to: &mut Vec<T>, it: T) {
    if !to.contains(&it) {
        to.push(it);
    }
}
