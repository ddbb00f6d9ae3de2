//! How old facts are, and when they are too old to call anything clean. Knows no clock.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use plimsoll_package::Ecosystem;
use plimsoll_vuln::{Day, SourceInfo};

/// How far the facts of a database reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// The newest fact of each source, by name.
    pub sources: Vec<SourceAge>,
    /// The day up to which all of the main sources reach: the oldest of them counts. `None` where
    /// one of them does not say, or there is none.
    pub as_of: Option<Day>,
    /// The newest fact of any source.
    pub newest: Option<Day>,
}

/// How far one source reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceAge {
    /// Its name.
    pub name: String,
    /// The day of its newest fact, where that is known.
    pub as_of: Option<Day>,
    /// Whether it counts: it changes so often that its silence means age, and is one of those that
    /// were asked.
    pub is_main: bool,
}

/// Facts that are too old for a scan without findings to be called clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staleness {
    /// How old the facts are; `None` where that is not known.
    pub age_days: Option<u32>,
    /// How old they may be.
    pub max_age_days: u32,
    /// The main sources that are too old.
    pub sources: Vec<SourceAge>,
}

impl Freshness {
    pub(crate) fn of(sources: &[SourceInfo]) -> Self {
        let sources: Vec<SourceAge> = sources
            .iter()
            .map(|it| SourceAge {
                name: it.name.clone(),
                as_of: (it.as_of > 0).then(|| Day::from_seconds(it.as_of)),
                is_main: is_main(&it.name) && !gives_way(it, sources),
            })
            .collect();
        // A database of quiet sources alone is as old as the oldest of those.
        let has_main = sources.iter().any(|it| it.is_main);
        let counted = || sources.iter().filter(|it| it.is_main || !has_main);
        let is_known = counted().all(|it| it.as_of.is_some());
        let oldest = counted().filter_map(|it| it.as_of).min();
        let newest = sources.iter().filter_map(|it| it.as_of).max();
        Self { as_of: oldest.filter(|_| is_known), newest, sources }
    }

    /// How far the facts reach that were asked. A partition reaches as far as the newest of its
    /// sources, and what was asked as far as the oldest partition. Distributions change every week,
    /// so that their silence always means age; of languages, only those with a main source count,
    /// as the others can rightly be silent for months.
    pub(crate) fn of_asked(sources: &[SourceInfo], asked: &BTreeMap<Ecosystem, u64>) -> Self {
        let mut res = Self::of(sources);
        let mut counted = BTreeSet::new();
        let mut newest_of_each = Vec::new();
        for (ecosystem, bits) in asked {
            let is_distribution = *ecosystem < Ecosystem::Npm;
            let numbers: Vec<usize> = (0..sources.len().min(64))
                .filter(|it| bits >> it & 1 == 1)
                .filter(|it| is_distribution || res.sources.get(*it).is_some_and(|it| it.is_main))
                .collect();
            let days = numbers.iter().filter_map(|it| res.sources.get(*it)).map(|it| it.as_of);
            newest_of_each.extend(days.max());
            counted.extend(numbers);
        }
        if newest_of_each.is_empty() {
            return res;
        }
        // No day sorts before every day, so that one of unknown age makes the age unknown.
        res.as_of = newest_of_each.into_iter().min().flatten();
        for (number, source) in res.sources.iter_mut().enumerate() {
            source.is_main = counted.contains(&number);
        }
        res
    }

    /// How many days before `today` the facts end; 0 where they end in the future, `None` where it
    /// is not known.
    pub fn age_days(&self, today: Day) -> Option<u32> {
        self.as_of.map(|it| age(it, today))
    }

    /// Whether the facts are too old, or of unknown age, for a scan without findings to be called
    /// clean. Such a scan ends with [`Staleness::EXIT_CODE`].
    pub fn staleness(&self, today: Day, max_age_days: u32) -> Option<Staleness> {
        let age_days = self.age_days(today);
        if age_days.is_some_and(|it| it <= max_age_days) {
            return None;
        }
        let is_old = |it: &&SourceAge| it.as_of.is_none_or(|it| age(it, today) > max_age_days);
        let sources = self.sources.iter().filter(|it| it.is_main).filter(is_old).cloned();
        Some(Staleness { age_days, max_age_days, sources: sources.collect() })
    }
}

impl Staleness {
    /// How a scan ends that found nothing by facts that are too old: coverage is below what was
    /// asked.
    pub const EXIT_CODE: u8 = 3;
}

impl fmt::Display for Staleness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.age_days {
            Some(1) => write!(f, "the advisories are 1 day old")?,
            Some(age) => write!(f, "the advisories are {age} days old")?,
            None => {
                return write!(
                    f,
                    "the age of the advisories is not known: what became known since is not judged"
                );
            }
        }
        write!(f, ", and {} are allowed: what became known since is not judged", self.max_age_days)
    }
}

/// Whether another source of the same store stands in for this one, so that its age says nothing.
fn gives_way(source: &SourceInfo, sources: &[SourceInfo]) -> bool {
    sources.iter().any(|it| source.gives_way_to.contains(&it.name))
}

fn age(as_of: Day, today: Day) -> u32 {
    u32::try_from(i64::from(today.0) - i64::from(as_of.0)).unwrap_or_default()
}

/// Whether a source is one of those that change every week, so that its newest fact tells its age.
/// The catalogues of small ecosystems can rightly be silent for months.
fn is_main(name: &str) -> bool {
    MAIN_SOURCES.contains(&name)
}

const MAIN_SOURCES: &[&str] = &[
    "debian-tracker",
    "alpine-secdb",
    "ubuntu",
    "red-hat-csaf",
    "osv-debian",
    "osv-ubuntu",
    "osv-alpine",
    "osv-red-hat",
    "osv-npm",
    "osv-pypi",
    "osv-go",
    "osv-maven",
];

#[cfg(test)]
mod tests {
    use plimsoll_package::Ecosystem;
    use plimsoll_vuln::{Day, SourceInfo};

    use super::Freshness;

    fn freshness(sources: &[(&str, i32)]) -> Freshness {
        let sources: Vec<_> = sources
            .iter()
            .map(|(name, day)| SourceInfo {
                name: (*name).to_owned(),
                as_of: Day(*day).seconds(),
                ..SourceInfo::default()
            })
            .collect();
        Freshness::of(&sources)
    }

    #[test]
    fn the_oldest_main_source_counts_and_quiet_ones_do_not() {
        let it = freshness(&[("osv-debian", 100), ("osv-npm", 120), ("osv-hex", 10)]);
        assert_eq!((it.as_of, it.newest), (Some(Day(100)), Some(Day(120))));
        assert_eq!(it.age_days(Day(130)), Some(30));
        assert_eq!(it.age_days(Day(90)), Some(0), "facts from the future");
        assert_eq!(it.staleness(Day(130), 30), None);
        let stale = it.staleness(Day(131), 30).unwrap();
        assert_eq!(stale.age_days, Some(31));
        assert_eq!(stale.sources.len(), 1);
        assert!(stale.to_string().contains("31 days old"), "{stale}");
    }

    #[test]
    fn what_was_not_asked_makes_nothing_look_new() {
        let source = |name: &str, day: i32, gives_way_to: &[&str]| SourceInfo {
            name: name.to_owned(),
            as_of: Day(day).seconds(),
            gives_way_to: gives_way_to.iter().map(|it| (*it).to_owned()).collect(),
            ..SourceInfo::default()
        };
        let sources = [
            source("amazon-alas", 10, &[]),
            source("debian-tracker", 100, &[]),
            source("osv-debian", 20, &["debian-tracker"]),
            source("osv-hex", 5, &[]),
            source("osv-npm", 90, &[]),
        ];
        let all = Freshness::of(&sources);
        assert_eq!(all.as_of, Some(Day(90)), "what another one stands in for is of no account");
        let of = |asked: &[(Ecosystem, u64)]| {
            Freshness::of_asked(&sources, &asked.iter().copied().collect()).as_of
        };
        assert_eq!(of(&[(Ecosystem::Debian, 0b110)]), Some(Day(100)));
        // A release that only the older source speaks of.
        assert_eq!(of(&[(Ecosystem::Debian, 0b100)]), Some(Day(20)));
        let npm = (Ecosystem::Npm, 0b10000);
        assert_eq!(of(&[(Ecosystem::Amazon, 1), npm]), Some(Day(10)));
        assert_eq!(of(&[(Ecosystem::Hex, 0b1000), npm]), Some(Day(90)));
        assert_eq!(of(&[]), all.as_of);
        let old = Freshness::of_asked(&sources, &[(Ecosystem::Amazon, 1)].into());
        let stale = old.staleness(Day(100), 30).unwrap();
        let names: Vec<_> = stale.sources.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["amazon-alas"]);
    }

    #[test]
    fn unknown_age_is_too_old() {
        for sources in [&[][..], &[("osv-debian", 0), ("osv-npm", 120)], &[("osv-hex", 0)]] {
            let it = freshness(sources);
            assert_eq!(it.as_of, None, "{sources:?}");
            let stale = it.staleness(Day(120), 30).unwrap();
            assert!(stale.to_string().contains("not known"), "{stale}");
        }
        assert!(freshness(&[("osv-hex", 100)]).staleness(Day(131), 30).is_some());
        assert!(freshness(&[("osv-hex", 100)]).staleness(Day(130), 30).is_none());
    }
}
