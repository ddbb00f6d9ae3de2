//! The store's matcher and the slow one agree on thousands of random packages.

use std::collections::BTreeSet;

use plimsoll_package::{Advisory, Ecosystem};
use plimsoll_vuln::{MatchOptions, PackageRef, Store, StoreBuilder, compress, match_packages};

use crate::{
    random::{LANDS, Land, Random},
    slow::{self, Found},
    write::{BUILT_AT, affected, finish, source, store},
};

#[test]
fn both_matchers_find_the_same() {
    let mut n_found = 0;
    for seed in 0..25 {
        let mut random = Random::new(seed);
        let advisories = random.advisories(60);
        let bytes = store(&advisories);
        for land in LANDS {
            let n = random.below(40) + 5;
            n_found += compare(&mut random, land, &advisories, &bytes, n, seed);
        }
    }
    assert!(n_found > 600, "the packages hardly met a record: {n_found}");
}

#[test]
fn both_matchers_find_the_same_in_a_packed_store() {
    let mut random = Random::new(7);
    let advisories = random.advisories(300);
    let bytes = store(&advisories);
    let packed = compress(&Store::open(&bytes).unwrap()).unwrap();
    let n_found: usize =
        LANDS.iter().map(|it| compare(&mut random, it, &advisories, &packed, 60, 7)).sum();
    assert!(n_found > 100, "{n_found}");
}

#[test]
fn both_matchers_find_the_same_after_one_source_is_replaced() {
    for seed in 0..20 {
        let mut random = Random::new(1_000 + seed);
        let (stays, goes, comes) =
            (random.advisories(40), random.advisories(40), random.advisories(40));
        let mut first = StoreBuilder::new(BUILT_AT);
        for (name, advisories) in [("stays", &stays), ("changes", &goes)] {
            let source = first.source(source(name)).unwrap();
            first.add_all(source, advisories.iter().cloned());
        }
        let first = finish(first);
        let mut second = StoreBuilder::from_store(&Store::open(&first).unwrap(), BUILT_AT).unwrap();
        second.remove_source("changes");
        let changes = second.source(source("changes")).unwrap();
        second.add_all(changes, comes.iter().cloned());
        let second = finish(second);
        let advisories: Vec<Advisory> = stays.into_iter().chain(comes).collect();
        for land in LANDS {
            compare(&mut random, land, &advisories, &second, 30, seed);
        }
    }
}

fn compare(
    random: &mut Random,
    land: &Land,
    advisories: &[Advisory],
    bytes: &[u8],
    n_packages: usize,
    seed: u64,
) -> usize {
    let store = Store::open(bytes).unwrap();
    let packages = random.packages(land, n_packages);
    let asked: Vec<PackageRef<'_>> =
        packages.iter().map(|package| PackageRef { package, owner: None }).collect();
    let somewhere = affected(&format!("{} x", land.ecosystem));
    let (ecosystem, release) = (somewhere.ecosystem, somewhere.release.as_str());
    let known = ["baseos".to_owned()];
    let known = (ecosystem == Ecosystem::RedHat && random.chance(50)).then_some(&known[..]);
    let options = MatchOptions { products: known, ..MatchOptions::default() };
    let distribution = land.distribution();
    let matches = match_packages(&store, distribution.as_ref(), &asked, &options).unwrap();
    let found: BTreeSet<Found> = matches
        .matches
        .iter()
        .map(|it| Found {
            package: it.package,
            fault: it.vulnerability.id.to_owned(),
            status: undemoted(ecosystem, it.status.name()),
            fixed_in: it.fixed_in.map(str::to_owned),
            for_subscribers: it.fixed_for_subscribers.map(str::to_owned),
            told_by: it.told_by.iter().map(|it| (*it).to_owned()).collect(),
        })
        .collect();
    assert_eq!(found.len(), matches.matches.len(), "a fault is told twice");
    let wanted = slow::find(advisories, ecosystem, release, known, &packages);
    let wanted: BTreeSet<Found> = wanted
        .into_iter()
        .map(|it| Found { status: undemoted(ecosystem, it.status), ..it })
        .collect();
    if let Some(it) = found.symmetric_difference(&wanted).next() {
        let side = if found.contains(it) { "only the store" } else { "only the slow one" };
        let package = &packages[it.package];
        panic!("seed {seed}, {}, {side}: {it:?}\n{package:?}", land.ecosystem);
    }
    found.len()
}

/// Debian's words demote, which has tests of its own; here its states count as "affected".
fn undemoted(ecosystem: Ecosystem, status: &'static str) -> &'static str {
    match status {
        "will-not-fix" | "deferred" if ecosystem == Ecosystem::Debian => "affected",
        it => it,
    }
}
