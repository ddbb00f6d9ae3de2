//! Rows of one release as the bytes of its section.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};

use crate::{
    builder::intern::{Interner, Ranks},
    store::{RangeFields, RowFields, StatementFields, format::narrow},
};

/// A row with all its texts as ranks, so that comparing numbers compares texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RankedRow {
    pub(crate) ecosystem: u8,
    pub(crate) release: u32,
    pub(crate) package: u32,
    pub(crate) module: u32,
    pub(crate) product: u32,
    pub(crate) fields: RowFields,
}

/// Details by number: ranks of the reason and of binary packages. Number 0 is no detail.
pub(crate) type Details = [Vec<u32>];

/// Texts of one section, numbered in their order. Number 0 is the empty one.
#[derive(Debug, Default)]
pub(crate) struct LocalTexts {
    numbers: HashMap<u32, u32>,
    ranks: Vec<u32>,
}

impl LocalTexts {
    pub(crate) fn new(mut ranks: BTreeSet<u32>) -> Self {
        ranks.insert(0);
        let numbers = ranks.iter().copied().zip(0..).collect();
        Self { numbers, ranks: ranks.into_iter().collect() }
    }

    pub(crate) fn number(&self, rank: u32) -> u32 {
        self.numbers.get(&rank).copied().unwrap_or(0)
    }

    pub(crate) fn len(&self) -> u32 {
        narrow(self.ranks.len())
    }

    /// Offsets and bytes, as a section ends with them.
    pub(crate) fn bytes(&self, strings: &Interner, ranks: &Ranks) -> (Vec<u32>, Vec<u8>) {
        let mut offsets = vec![0];
        let mut bytes = Vec::new();
        for rank in &self.ranks {
            bytes.extend(strings.text(ranks.number(*rank)).as_bytes());
            offsets.push(narrow(bytes.len()));
        }
        (offsets, bytes)
    }
}

/// The section of sorted rows that share one ecosystem and release.
pub(crate) fn partition(
    rows: &[RankedRow],
    details: &Details,
    strings: &Interner,
    ranks: &Ranks,
) -> Vec<u8> {
    let texts = LocalTexts::new(ranks_of(rows, details));
    let mut keys: [Vec<u32>; 3] = Default::default();
    let mut scopes = Numbers::new();
    let mut columns: [Vec<u32>; 3] = Default::default();
    let mut ranges = Numbers::new();
    let mut statements = Numbers::new();
    let mut before = None;
    for (place, row) in (0_u32..).zip(rows) {
        let key = (row.package, row.module, row.product);
        if before != Some(key) {
            before = Some(key);
            let (package, module, product) = key;
            let scope = scopes.number((module, product));
            let parts = [texts.number(package), scope, place];
            keys.iter_mut().zip(parts).for_each(|(column, it)| column.push(it));
        }
        let RowFields { vulnerability, range, statement } = row.fields;
        let parts = [vulnerability, ranges.number(range), statements.number(statement)];
        columns.iter_mut().zip(parts).for_each(|(column, it)| column.push(it));
    }
    let n_keys = keys.first().map_or(0, Vec::len);
    if let Some(it) = keys.last_mut() {
        it.push(narrow(rows.len()));
    }
    let scopes = scope_columns(&scopes.items, &texts);
    let ranges = range_columns(&ranges.items, &texts);
    let mut words = Words::new();
    let statements = statement_columns(&statements.items, &mut words, details, &texts);
    let (offsets, bytes) = texts.bytes(strings, ranks);
    let mut res = Vec::new();
    let n = |columns: &[Vec<u32>]| narrow(columns.first().map_or(0, Vec::len));
    put(&mut res, &[narrow(n_keys), narrow(rows.len())]);
    put(&mut res, &[n(&scopes), n(&ranges), n(&statements)]);
    put(&mut res, &[narrow(words.words.len()), texts.len(), narrow(bytes.len())]);
    for column in keys.iter().chain(&scopes).chain(&columns).chain(&ranges).chain(&statements) {
        put(&mut res, column);
    }
    put(&mut res, &words.words);
    put(&mut res, &offsets);
    res.extend(bytes);
    res
}

/// Appends numbers as the format writes them.
pub(crate) fn put(res: &mut Vec<u8>, numbers: &[u32]) {
    res.extend(numbers.iter().flat_map(|it| it.to_le_bytes()));
}

fn scope_columns(scopes: &[(u32, u32)], texts: &LocalTexts) -> [Vec<u32>; 2] {
    [
        scopes.iter().map(|it| texts.number(it.0)).collect(),
        scopes.iter().map(|it| texts.number(it.1)).collect(),
    ]
}

fn range_columns(ranges: &[RangeFields], texts: &LocalTexts) -> [Vec<u32>; 3] {
    [
        ranges.iter().map(|it| it.kind as u32).collect(),
        ranges.iter().map(|it| texts.number(it.introduced)).collect(),
        ranges.iter().map(|it| texts.number(it.end)).collect(),
    ]
}

fn statement_columns(
    statements: &[StatementFields],
    words: &mut Words,
    details: &Details,
    texts: &LocalTexts,
) -> [Vec<u32>; 2] {
    [
        statements.iter().map(|it| it.flags).collect(),
        statements.iter().map(|it| words.detail(it.detail, details, texts)).collect(),
    ]
}

fn ranks_of(rows: &[RankedRow], details: &Details) -> BTreeSet<u32> {
    let mut res = Vec::with_capacity(rows.len());
    let mut detail_numbers = Vec::new();
    for row in rows {
        let RowFields { range, statement, .. } = row.fields;
        res.extend([row.package, row.module, row.product, range.introduced, range.end]);
        if statement.detail != 0 {
            detail_numbers.push(statement.detail);
        }
    }
    detail_numbers.sort_unstable();
    detail_numbers.dedup();
    for number in detail_numbers {
        res.extend(details.get(number as usize).into_iter().flatten());
    }
    res.sort_unstable();
    res.dedup();
    res.into_iter().collect()
}

/// Items by the order in which they come first.
struct Numbers<T> {
    numbers: HashMap<T, u32>,
    items: Vec<T>,
}

impl<T: Copy + Eq + Hash> Numbers<T> {
    fn new() -> Self {
        Self { numbers: HashMap::new(), items: Vec::new() }
    }

    fn number(&mut self, item: T) -> u32 {
        *self.numbers.entry(item).or_insert_with(|| {
            self.items.push(item);
            narrow(self.items.len()) - 1
        })
    }
}

/// The words of a section: details, each once.
struct Words {
    words: Vec<u32>,
    places: HashMap<u32, u32>,
}

impl Words {
    fn new() -> Self {
        // Place 0 means "no detail", so something else must stand there.
        Self { words: vec![0], places: HashMap::new() }
    }

    fn detail(&mut self, number: u32, details: &Details, texts: &LocalTexts) -> u32 {
        if number == 0 {
            return 0;
        }
        if let Some(place) = self.places.get(&number) {
            return *place;
        }
        let place = narrow(self.words.len());
        let Some((reason, binaries)) = details.get(number as usize).and_then(|it| it.split_first())
        else {
            return 0;
        };
        self.words.extend([texts.number(*reason), narrow(binaries.len())]);
        self.words.extend(binaries.iter().map(|it| texts.number(*it)));
        self.places.insert(number, place);
        place
    }
}
