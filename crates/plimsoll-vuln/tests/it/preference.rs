//! Each source's rows stand on their own; where two speak of one fault in one package, the one that
//! is preferred is believed.

use plimsoll_package::{AffectedStatus, PackageKind};
use plimsoll_vuln::{MatchOptions, PackageRef, SourceInfo, Store, StoreBuilder, match_packages};

use crate::write::{BUILT_AT, advisory, distribution, finish, fixed, package, source, state};

/// Faults that are found in `x` 1.5.0 of Go, and in `x` 1.5 of Debian 12.
fn found(bytes: &[u8]) -> Vec<String> {
    let store = Store::open(bytes).unwrap();
    let (go, deb) =
        (package(PackageKind::Golang, "x", "1.5.0"), package(PackageKind::Deb, "x", "1.5"));
    let asked = [&go, &deb].map(|package| PackageRef { package, owner: None });
    let system = distribution("debian", "12");
    let res = match_packages(&store, Some(&system), &asked, &MatchOptions::default()).unwrap();
    let mut res: Vec<String> = res
        .matches
        .iter()
        .map(|it| format!("{} {}", ["go", "deb"][it.package], it.vulnerability.id))
        .collect();
    res.sort();
    res
}

fn second_source() -> SourceInfo {
    SourceInfo { gives_way_to: vec!["first".to_owned(), "absent".to_owned()], ..source("second") }
}

/// What the second source says: it knows one fault more, and two ranges worse.
fn second(builder: &mut StoreBuilder) {
    let second = builder.source(second_source()).unwrap();
    for it in [
        advisory("GHSA-1", &["CVE-2024-1"], vec![fixed("Go - x", "1.9.0")]),
        advisory("GHSA-2", &["CVE-2024-2"], vec![fixed("Go - x", "1.9.0")]),
        advisory("DEBIAN-CVE-2024-3", &[], vec![fixed("Debian 12 x", "1.9")]),
    ] {
        builder.add(second, &it);
    }
}

fn first(builder: &mut StoreBuilder) {
    let first = builder.source(source("first")).unwrap();
    for it in [
        advisory("GO-1", &["CVE-2024-1"], vec![fixed("Go - x", "1.4.0")]),
        advisory("CVE-2024-3", &[], vec![state("Debian 12 x", AffectedStatus::NotAffected, "")]),
    ] {
        builder.add(first, &it);
    }
}

const SECOND: [&str; 3] = ["deb CVE-2024-3", "go CVE-2024-1", "go CVE-2024-2"];

#[test]
fn a_source_alone_says_all_that_it_knows() {
    let mut builder = StoreBuilder::new(BUILT_AT);
    second(&mut builder);
    assert_eq!(found(&finish(builder)), SECOND);
}

#[test]
fn of_two_sources_the_preferred_one_is_believed_on_what_both_speak_of() {
    let mut builder = StoreBuilder::new(BUILT_AT);
    second(&mut builder);
    first(&mut builder);
    assert_eq!(found(&finish(builder)), ["go CVE-2024-2"]);
}

#[test]
fn a_source_that_is_taken_away_leaves_the_other_ones_rows_whole() {
    let mut builder = StoreBuilder::new(BUILT_AT);
    first(&mut builder);
    second(&mut builder);
    let both = finish(builder);
    let store = Store::open(&both).unwrap();
    let mut builder = StoreBuilder::from_store(&store, BUILT_AT).unwrap();
    builder.remove_source("first");
    assert_eq!(found(&finish(builder)), SECOND);
    let kept = store.sources().unwrap();
    assert_eq!(kept[1].gives_way_to, second_source().gives_way_to, "who gives way is kept");
}
