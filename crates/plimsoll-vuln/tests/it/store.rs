//! What goes into a store comes out of it; what is replaced is gone; the same facts are the same
//! bytes.

use plimsoll_package::{Advisory, Ecosystem};
use plimsoll_vuln::{
    BuildError, Cycle, Day, End, Epss, ImageRepository, KnownExploited, Product, SourceInfo, Store,
    StoreBuilder, StoreError, TagGroup, compress, decompress,
};

use crate::{
    random::Random,
    write::{BUILT_AT, advisory, affected, cvss, erratum, finish, fixed, source},
};

fn full_builder(order: &[usize], advisories: &[Advisory]) -> StoreBuilder {
    let mut res = StoreBuilder::new(BUILT_AT);
    let names = ["first", "second"];
    let mut ids = Vec::new();
    for it in order.iter().filter(|it| **it < 2) {
        ids.push((*it, res.source(source(names[*it])).unwrap()));
    }
    for it in order {
        let (_, id) = ids.iter().find(|(number, _)| *number == it % 2).unwrap();
        res.add(*id, &advisories[*it]);
    }
    let known = KnownExploited { added: Day(19_000), ransomware: false };
    res.known_exploited(Some(Day(20_000)), [("CVE-2024-12", known), ("CVE-1999-1", known)]);
    res.epss(Some(Day(20_001)), [("CVE-2024-13", Epss { score: 0.5, percentile: 0.75 })]);
    res.products([product()]);
    res.repositories([repository()]);
    res.summary("CVE-2024-12", "a summary");
    res.summary("CVE-2024-13", &"long ".repeat(700));
    res
}

fn product() -> Product {
    Product {
        name: "debian".to_owned(),
        identifiers: vec!["pkg:docker/library/debian".to_owned()],
        cycles: vec![Cycle {
            name: "12".to_owned(),
            codename: "Bookworm".to_owned(),
            released: Some(Day(-1)),
            long_term: true,
            active_end: End::Passed,
            end: End::On(Day(20_000)),
            extended_end: End::NotSet,
            latest: "12.15".to_owned(),
            latest_on: None,
        }],
    }
}

fn repository() -> ImageRepository {
    let words = |it: &str| it.split(' ').map(str::to_owned).collect();
    ImageRepository {
        name: "python".to_owned(),
        groups: vec![TagGroup {
            tags: words("3.14 3.14-trixie"),
            shared_tags: words("3 latest"),
            architectures: words("amd64 arm64v8"),
            from: "buildpack-deps:trixie".to_owned(),
        }],
    }
}

#[test]
fn side_tables_come_out_as_they_went_in() {
    let advisories = Random::new(3).advisories(40);
    let order: Vec<usize> = (0..40).collect();
    let bytes = finish(full_builder(&order, &advisories));
    let store = Store::open(&bytes).unwrap();
    store.verify().unwrap();
    assert_eq!(store.built_at(), BUILT_AT);
    assert_eq!(store.products().unwrap(), [product()]);
    assert_eq!(store.repositories().collect::<Vec<_>>(), ["python"]);
    assert_eq!(store.repository("python").unwrap(), Some(repository()));
    assert_eq!(store.repository("ruby").unwrap(), None);
    assert_eq!(store.known_exploited_as_of().unwrap(), Some(Day(20_000)));
    assert_eq!(store.epss_as_of().unwrap(), Some(Day(20_001)));
    let names: Vec<String> = store.sources().unwrap().into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["first", "second"]);
    let known = store.find("CVE-2024-12").unwrap().unwrap();
    assert_eq!(known.known_exploited.unwrap().added, Day(19_000));
    assert_eq!(known.epss, None);
    assert_eq!(store.summary(known.index).unwrap().as_deref(), Some("a summary"));
    let likely = store.find("CVE-2024-13").unwrap().unwrap();
    let epss = likely.epss.unwrap();
    assert!((epss.score - 0.5).abs() < 1e-4 && (epss.percentile - 0.75).abs() < 1e-4);
    assert!(store.summary(likely.index).unwrap().unwrap().starts_with("long "));
    // The catalogue is kept whole, also for what no package has.
    assert!(store.find("CVE-1999-1").unwrap().unwrap().known_exploited.is_some());
    assert!(store.find("CVE-1999-2").unwrap().is_none());
}

#[test]
fn facts_of_a_record_come_out_as_they_went_in() {
    let mut record = cvss(
        advisory("GHSA-x", &["CVE-2024-1"], vec![fixed("npm - x", "2.0.0")]),
        "CVSS:3.1/AV:N",
        7.3,
    );
    record.published = 1_700_000_000;
    record.modified = 1_710_000_000;
    record.weaknesses = vec![79, 22];
    record.link = "https://example.org/x".to_owned();
    let bytes = crate::write::store(&[record.clone()]);
    let store = Store::open(&bytes).unwrap();
    let it = store.find("GHSA-x").unwrap().unwrap();
    assert_eq!(it.cvss().unwrap(), record.cvss);
    assert_eq!(it.weaknesses().unwrap(), [22, 79]);
    assert_eq!((it.published, it.modified), (record.published, record.modified));
    assert_eq!(it.link().unwrap(), record.link);
    assert_eq!(store.aliases(&it).unwrap(), ["CVE-2024-1"]);
    let cve = store.find("CVE-2024-1").unwrap().unwrap();
    assert_eq!((it.group, cve.group), (cve.index, cve.index));
    assert_eq!(cve.link().unwrap(), "https://nvd.nist.gov/vuln/detail/CVE-2024-1");
    let partitions: Vec<_> = store.partitions().collect();
    assert_eq!(partitions.len(), 1);
    assert_eq!((partitions[0].ecosystem, partitions[0].rows), (Ecosystem::Npm, 1));
}

#[test]
fn the_same_facts_in_any_order_are_the_same_bytes() {
    for seed in 0..10 {
        let mut random = Random::new(seed);
        let advisories = random.advisories(60);
        let mut order: Vec<usize> = (0..60).collect();
        let bytes = finish(full_builder(&order, &advisories));
        for _ in 0..3 {
            for it in 0..order.len() {
                let other = random.below(order.len());
                order.swap(it, other);
            }
            // A record of each source has to come before others can.
            order.sort_by_key(|it| usize::from(*it > 1));
            assert_eq!(finish(full_builder(&order, &advisories)), bytes, "seed {seed}");
        }
    }
}

#[test]
fn a_store_read_back_is_written_as_it_was() {
    for seed in 0..10 {
        let advisories = Random::new(seed).advisories(80);
        let order: Vec<usize> = (0..80).collect();
        let bytes = finish(full_builder(&order, &advisories));
        let store = Store::open(&bytes).unwrap();
        let again = finish(StoreBuilder::from_store(&store, BUILT_AT).unwrap());
        assert_eq!(again, bytes, "seed {seed}");
    }
}

#[test]
fn a_packed_store_unpacks_to_the_same_bytes() {
    let mut random = Random::new(5);
    let advisories = random.advisories(400);
    let bytes = crate::write::store(&advisories);
    let packed = compress(&Store::open(&bytes).unwrap()).unwrap();
    assert!(packed.len() < bytes.len());
    let store = Store::open(&packed).unwrap();
    assert!(store.is_packed());
    store.verify().unwrap();
    assert_eq!(decompress(&store).unwrap(), bytes);
}

#[test]
fn ids_are_found_in_every_run() {
    // More than one section of vulnerabilities.
    let advisories: Vec<Advisory> = (0..20_000)
        .map(|it| advisory(&format!("CVE-2024-{it}"), &[], vec![fixed("Debian 12 x", "2")]))
        .collect();
    let bytes = crate::write::store(&advisories);
    let store = Store::open(&bytes).unwrap();
    assert_eq!(store.n_vulnerabilities().unwrap(), 20_000);
    for it in (0..20_000).step_by(97) {
        let id = format!("CVE-2024-{it}");
        let found = store.find(&id).unwrap().unwrap();
        assert_eq!(found.id, id);
        assert_eq!(store.vulnerability(found.index).unwrap().id, id);
    }
    assert_eq!(
        store.vulnerability(20_000).err(),
        Some(StoreError::Torn { part: "a place outside of its section" })
    );
}

/// Ids that have rows about npm packages.
fn told(bytes: &[u8]) -> Vec<String> {
    let store = Store::open(bytes).unwrap();
    let mut res = Vec::new();
    if let Some(partition) = store.partition(Ecosystem::Npm, "").unwrap() {
        for key in 0..partition.n_keys() {
            for row in partition.key_rows(key).unwrap() {
                let id = store.vulnerability(row.vulnerability).unwrap().id;
                res.push(format!("{id} {}", partition.key_name(key).unwrap()));
            }
        }
    }
    res
}

#[test]
fn a_withdrawn_record_takes_out_what_came_before_it() {
    let at = |modified, withdrawn| Advisory {
        modified,
        withdrawn,
        ..advisory("GHSA-x", &[], vec![fixed("npm - x", "2")])
    };
    let build = |records: &[Advisory]| {
        finish({
            let mut builder = StoreBuilder::new(BUILT_AT);
            let test = builder.source(source("test")).unwrap();
            builder.add_all(test, records.iter().cloned());
            builder
        })
    };
    let (old, withdrawn, renewed) = (at(100, None), at(200, Some(150)), at(300, None));
    assert_eq!(told(&build(std::slice::from_ref(&old))), ["GHSA-x x"]);
    assert!(told(&build(&[old.clone(), withdrawn.clone()])).is_empty());
    assert!(told(&build(&[withdrawn.clone(), old])).is_empty());
    assert_eq!(told(&build(&[renewed, withdrawn.clone()])), ["GHSA-x x"]);
    // Of another source, and of an earlier store.
    let mut builder = StoreBuilder::new(BUILT_AT);
    let (one, other) =
        (builder.source(source("one")).unwrap(), builder.source(source("other")).unwrap());
    builder.add(one, &at(100, None));
    builder.add(other, &at(200, Some(150)));
    let bytes = finish(builder);
    assert_eq!(told(&bytes), ["GHSA-x x"]);
    let mut builder = StoreBuilder::from_store(&Store::open(&bytes).unwrap(), BUILT_AT).unwrap();
    let one = builder.source(source("one")).unwrap();
    builder.add(one, &withdrawn);
    assert!(told(&finish(builder)).is_empty());
}

#[test]
fn one_source_or_one_record_is_replaced_alone() {
    let mut builder = StoreBuilder::new(BUILT_AT);
    let one = builder.source(source("one")).unwrap();
    let other = builder.source(source("other")).unwrap();
    builder.add(one, &advisory("GHSA-a", &[], vec![fixed("npm - a", "2")]));
    builder.add(one, &advisory("GHSA-b", &[], vec![fixed("npm - b", "2")]));
    builder.add(other, &advisory("GHSA-a", &[], vec![fixed("npm - c", "2")]));
    let bytes = finish(builder);
    let store = Store::open(&bytes).unwrap();
    let mut builder = StoreBuilder::from_store(&store, BUILT_AT).unwrap();
    let one = builder.source(source("one")).unwrap();
    builder.remove_record(one, "GHSA-a");
    builder.add(one, &advisory("GHSA-a", &[], vec![fixed("npm - d", "2")]));
    assert_eq!(told(&finish(builder)), ["GHSA-b b", "GHSA-a c", "GHSA-a d"]);
    let mut builder = StoreBuilder::from_store(&store, BUILT_AT).unwrap();
    builder.remove_source("one");
    assert_eq!(told(&finish(builder)), ["GHSA-a c"]);
}

#[test]
fn a_fault_keeps_the_names_that_a_distribution_gives_it_after_reading_back() {
    let mut record = advisory("CGA-1", &[], vec![fixed("Wolfi - x", "2-r0")]);
    record.upstream = vec!["CGA-1".to_owned(), "CVE-2024-1".to_owned(), "GHSA-x".to_owned()];
    let advisories = [record, erratum("DSA-1-1", &["CVE-2024-1"], vec![affected("Debian 12 x")])];
    let bytes = crate::write::store(&advisories);
    let store = Store::open(&bytes).unwrap();
    let again = finish(StoreBuilder::from_store(&store, BUILT_AT).unwrap());
    assert_eq!(again, bytes);
    let cve = store.find("CVE-2024-1").unwrap().unwrap();
    assert_eq!(store.aliases(&cve).unwrap(), ["CGA-1", "GHSA-x"]);
}

#[test]
fn more_sources_than_can_be_told_apart_are_refused() {
    let mut builder = StoreBuilder::new(BUILT_AT);
    for it in 0..64 {
        builder.source(source(&format!("source {it}"))).unwrap();
    }
    let one_more = builder.source(SourceInfo { name: "x".to_owned(), ..SourceInfo::default() });
    assert!(matches!(one_more, Err(BuildError::TooManySources)));
    assert!(builder.source(source("source 3")).is_ok());
}

#[test]
fn texts_longer_than_any_real_one_are_left_out_and_counted() {
    let mut builder = StoreBuilder::new(BUILT_AT);
    let test = builder.source(source("test")).unwrap();
    let long = "9".repeat(5_000);
    builder.add(test, &advisory("GHSA-a", &[], vec![fixed("npm - a", &long)]));
    builder.add(test, &advisory(&long, &[], vec![fixed("npm - b", "2")]));
    let mut bytes = Vec::new();
    let report = builder.finish(&mut bytes).unwrap();
    assert_eq!((report.rows, report.sources[0].too_long), (0, 2));
    assert_eq!(report.bytes, bytes.len() as u64);
}

#[test]
fn what_is_no_store_is_refused() {
    assert_eq!(Store::open(b"PK\x03\x04").unwrap_err(), StoreError::NotAStore);
    assert_eq!(Store::open(&[]).unwrap_err(), StoreError::NotAStore);
}
