//! All detectors together, and the search for them.

use std::{collections::BTreeMap, sync::OnceLock};

use plimsoll_finding::RuleInfo;

use crate::{
    data,
    detector::Detector,
    found::{FileContext, Found, Limits},
    prefilter::{Keyword, Prefilter},
    scan::Scan,
    scanner::Scanner,
    utf16,
};

/// A set of detectors, ready to search.
#[derive(Debug)]
pub struct Detectors {
    all: Vec<Detector>,
    prefilter: Prefilter,
    /// The detectors of each keyword.
    by_keyword: Vec<Vec<usize>>,
    /// The detectors that look into files of certain paths only: few, and all that depends on the
    /// path.
    of_paths: Vec<usize>,
}

impl Detectors {
    /// The detectors that come with the program. They are read once.
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Detectors> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            // A test holds that the data has no faults.
            let detectors = FILES.iter().flat_map(|it| data::parse(*it).0).collect();
            Self::new(detectors)
        })
    }

    /// Every detector, in the order of the data.
    pub fn all(&self) -> &[Detector] {
        &self.all
    }

    /// The passports of their rules, by id.
    pub fn infos(&self) -> Vec<&'static RuleInfo> {
        let mut res: Vec<&'static RuleInfo> = self.all.iter().map(|it| it.info).collect();
        res.sort_by_key(|it| it.id);
        res
    }

    /// The detector whose rule has this id, with or without `secret-` before it.
    pub fn get(&self, id: &str) -> Option<&Detector> {
        let id = id.strip_prefix("secret-").unwrap_or(id);
        self.all.iter().find(|it| it.id == id)
    }

    /// The secrets in `text`, which may be any bytes. Text in UTF-16 is read as such where a byte
    /// order mark says so.
    pub fn find(&'static self, text: &[u8], context: FileContext<'_>, limits: Limits) -> Found {
        self.find_with(text, context, limits, None)
    }

    /// The secrets in `text`, as all detectors see them or one alone.
    pub(crate) fn find_with(
        &'static self,
        text: &[u8],
        context: FileContext<'_>,
        limits: Limits,
        alone: Option<&'static Detector>,
    ) -> Found {
        let limit = usize::try_from(limits.bytes).unwrap_or(usize::MAX);
        let head = text.get(..text.len().min(limit)).unwrap_or(text);
        let order = utf16::Order::of(head);
        let mut scan = Scan::new(self, context, limits, order.is_some());
        if let Some(detector) = alone {
            scan.want_only(detector);
        }
        if head.len() < text.len() {
            scan.note_too_long();
        }
        match order {
            Some(order) => scan.block(utf16::decode(head, order).as_bytes(), None),
            None => scan.block(head, None),
        }
        scan.finish()
    }

    /// A search through a file that comes in pieces.
    pub fn scanner(&'static self, context: FileContext<'_>, limits: Limits) -> Scanner {
        Scanner::new(self, context, limits)
    }

    /// The detectors to be asked where a keyword stands.
    pub(crate) fn of_keyword(&self, keyword: usize) -> &[usize] {
        self.by_keyword.get(keyword).map_or(&[], Vec::as_slice)
    }

    /// Which detectors look into a file of this path.
    pub(crate) fn wanted(&self, path: &str) -> Vec<bool> {
        let mut res = vec![true; self.all.len()];
        for idx in &self.of_paths {
            if let (Some(wanted), Some(detector)) = (res.get_mut(*idx), self.all.get(*idx)) {
                *wanted = detector.wants(path);
            }
        }
        res
    }

    /// Finds the keywords.
    pub(crate) fn prefilter(&self) -> &Prefilter {
        &self.prefilter
    }

    fn new(all: Vec<Detector>) -> Self {
        let mut by_keyword: BTreeMap<&Keyword, Vec<usize>> = BTreeMap::new();
        for (idx, detector) in all.iter().enumerate() {
            for keyword in &detector.keywords {
                let there = by_keyword.entry(keyword).or_default();
                if there.last() != Some(&idx) {
                    there.push(idx);
                }
            }
        }
        let (keywords, by_keyword): (Vec<&Keyword>, Vec<Vec<usize>>) =
            by_keyword.into_iter().unzip();
        let prefilter = Prefilter::new(keywords.into_iter().cloned().collect());
        let is_of_paths = |it: &(usize, &Detector)| !it.1.paths.is_empty();
        let of_paths = all.iter().enumerate().filter(is_of_paths).map(|it| it.0).collect();
        Self { all, prefilter, by_keyword, of_paths }
    }
}

/// What is wrong in the data that comes with the program: nothing, as a test holds.
pub fn data_faults() -> Vec<String> {
    FILES.iter().flat_map(|it| data::parse(*it).1).collect()
}

/// The paths of the data files, from the root of the project.
pub fn data_files() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|it| it.0)
}

macro_rules! data_files {
    ($($name:literal),* $(,)?) => {
        &[$((
            concat!("crates/plimsoll-secret/detectors/", $name),
            include_str!(concat!("../detectors/", $name)),
        )),*]
    };
}

/// Every data file; a test holds that none is missing.
const FILES: &[data::DataFile] = data_files![
    "ai.txt",
    "cloud.txt",
    "clouds.txt",
    "code.txt",
    "communication.txt",
    "data.txt",
    "files.txt",
    "generic.txt",
    "identity.txt",
    "keys.txt",
    "monitoring.txt",
    "payment.txt",
    "services-abc.txt",
    "services-def.txt",
    "services-g-l.txt",
    "services-m-r.txt",
    "services-s-z.txt",
    "services.txt",
    "urls.txt",
];
