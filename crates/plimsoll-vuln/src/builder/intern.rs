//! Texts and lists that occur many times, kept once and known by number.

use std::{collections::HashMap, sync::Arc};

/// Texts by number. Number 0 is the empty one.
#[derive(Debug)]
pub(crate) struct Interner {
    numbers: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

/// Lists of numbers by number. Number 0 is the empty one.
#[derive(Debug)]
pub(crate) struct Lists {
    numbers: HashMap<Arc<[u32]>, u32>,
    lists: Vec<Arc<[u32]>>,
}

/// The order of texts: `rank` by number, and the number by rank.
#[derive(Debug)]
pub(crate) struct Ranks {
    pub(crate) of: Vec<u32>,
    pub(crate) numbers: Vec<u32>,
}

impl Interner {
    pub(crate) fn new() -> Self {
        let mut res = Self { numbers: HashMap::new(), texts: Vec::new() };
        res.number("");
        res
    }

    pub(crate) fn number(&mut self, text: &str) -> u32 {
        if let Some(it) = self.numbers.get(text) {
            return *it;
        }
        let text: Arc<str> = Arc::from(text);
        let res = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, res);
        res
    }

    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    pub(crate) fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |it| it)
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(crate) fn ranks(&self) -> Ranks {
        let mut numbers: Vec<u32> =
            (0..u32::try_from(self.texts.len()).unwrap_or(u32::MAX)).collect();
        numbers.sort_unstable_by(|a, b| self.text(*a).cmp(self.text(*b)));
        let mut of = vec![0; numbers.len()];
        for (rank, number) in (0_u32..).zip(&numbers) {
            if let Some(it) = of.get_mut(*number as usize) {
                *it = rank;
            }
        }
        Ranks { of, numbers }
    }
}

impl Lists {
    pub(crate) fn new() -> Self {
        let mut res = Self { numbers: HashMap::new(), lists: Vec::new() };
        res.number(&[]);
        res
    }

    pub(crate) fn number(&mut self, list: &[u32]) -> u32 {
        if let Some(it) = self.numbers.get(list) {
            return *it;
        }
        let list: Arc<[u32]> = Arc::from(list);
        let res = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
        self.lists.push(Arc::clone(&list));
        self.numbers.insert(list, res);
        res
    }

    pub(crate) fn list(&self, number: u32) -> &[u32] {
        self.lists.get(number as usize).map_or(&[], |it| it)
    }

    pub(crate) fn len(&self) -> usize {
        self.lists.len()
    }
}

impl Ranks {
    pub(crate) fn rank(&self, number: u32) -> u32 {
        self.of.get(number as usize).copied().unwrap_or(0)
    }

    pub(crate) fn number(&self, rank: u32) -> u32 {
        self.numbers.get(rank as usize).copied().unwrap_or(0)
    }
}
