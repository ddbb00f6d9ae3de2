//! The layout of a store has a version, and whoever changes the one is made to change the other.

use plimsoll_package::{AffectedStatus, Ecosystem, RangeEnd, VendorSeverity};
use plimsoll_vuln::{
    Cycle, Day, End, Epss, FORMAT_VERSION, ImageRepository, KnownExploited, Product, SourceInfo,
    Store, StoreBuilder, StoreError, TagGroup, decompress,
};

use crate::write::{
    BUILT_AT, advisory, affected, binaries, cvss, erratum, finish, fixed, module, product, range,
    severity, source, state,
};

/// Each version of the layout, with the checksum of what it makes of [`everything`]. A line that
/// stands here is never changed: stores of that version lie on people's disks. Another checksum
/// needs another version, and a line of its own.
const LAYOUTS: &[(u32, u64)] = &[(2, 0xade5_aedf_5488_013a)];

#[test]
fn another_layout_has_another_version() {
    let bytes = everything();
    let checksum = twox_hash::XxHash3_64::oneshot(&bytes);
    assert!(LAYOUTS.is_sorted_by(|a, b| a.0 < b.0), "versions only rise");
    assert_eq!(
        LAYOUTS.last(),
        Some(&(FORMAT_VERSION, checksum)),
        "the layout is another one: raise FORMAT_VERSION, add a line with this checksum \
         ({checksum:#018x}) below those that are there, and make the embedded store anew"
    );
}

#[test]
fn a_store_of_another_version_is_refused_with_the_way_out() {
    for found in [0, 1, FORMAT_VERSION - 1, FORMAT_VERSION + 1, u32::MAX] {
        let mut bytes = everything();
        bytes[8..12].copy_from_slice(&found.to_le_bytes());
        // What follows the version is that version's own, so nothing else is looked at.
        for rest in [bytes.len(), 12] {
            let error = Store::open(&bytes[..rest]).map(|_| ()).unwrap_err();
            assert_eq!(error, StoreError::OtherFormat { found });
            assert!(error.to_string().contains(&format!("format {found},")), "{error}");
            assert!(error.hint().contains("plimsoll db update"), "{}", error.hint());
            assert_eq!(error.hint().contains("newer"), found > FORMAT_VERSION);
        }
    }
}

/// A store with something in every section, every field and every kind of row.
fn everything() -> Vec<u8> {
    let mut builder = StoreBuilder::new(BUILT_AT);
    let first = builder
        .source(SourceInfo {
            records: 3,
            licence: "MIT".to_owned(),
            attribution: "somebody".to_owned(),
            url: "https://example.org".to_owned(),
            gives_way_to: vec!["second".to_owned()],
            ..source("first")
        })
        .unwrap();
    let second = builder.source(source("second")).unwrap();
    let mut all = vec![
        severity(fixed("Debian 12 curl", "7.88-10"), VendorSeverity::Low),
        state("Debian 12 curl", AffectedStatus::WillNotFix, "ignored"),
        product(fixed("RedHat 9 nodejs", "1:18-1.el9"), "rhel_eus:9.2"),
        module(fixed("RedHat 9 nodejs", "1:18-1.module+el9"), "nodejs:18"),
        binaries(fixed("Suse 15.5 curl", "8.0-1"), &["libcurl4", "curl"]),
        fixed("Alpine 3.20 busybox", "0"),
    ];
    let mut npm = affected("npm - left");
    npm.versions.push("1.0.0".to_owned());
    npm.ranges.push(range("2.0.0", RangeEnd::LastAffected("2.1.0".to_owned())));
    npm.ranges.push(range("3.0.0", RangeEnd::Open));
    all.push(npm);
    all.extend(Ecosystem::ALL.iter().map(|it| {
        let mut res = fixed("npm - every", "1");
        res.ecosystem = *it;
        res
    }));
    let mut record = cvss(advisory("GHSA-1", &["CVE-2024-1"], all), "CVSS:3.1/AV:N", 9.8);
    record.weaknesses = vec![79, 80];
    record.published = 1_700_000_000;
    record.modified = 1_700_000_001;
    record.malicious = true;
    "https://example.org/1".clone_into(&mut record.link);
    builder.add(first, &record);
    let mends = erratum("RHSA-1", &["CVE-2024-1", "CVE-2024-2"], vec![fixed("RedHat 9 a", "1")]);
    builder.add(second, &mends);
    let known = KnownExploited { added: Day(19_000), ransomware: true };
    builder.known_exploited(Some(Day(20_000)), [("CVE-2024-2", known)]);
    builder.epss(Some(Day(20_001)), [("CVE-2024-1", Epss { score: 0.5, percentile: 0.75 })]);
    let words = |it: &str| it.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let cycle = Cycle {
        name: "12".to_owned(),
        codename: "Bookworm".to_owned(),
        released: Some(Day(1)),
        long_term: true,
        active_end: End::Passed,
        end: End::On(Day(20_000)),
        extended_end: End::NotSet,
        latest: "12.15".to_owned(),
        latest_on: None,
    };
    let (name, identifiers) = ("debian".to_owned(), words("pkg:docker/library/debian"));
    builder.products([Product { name, identifiers, cycles: vec![cycle] }]);
    let group = TagGroup {
        tags: words("12 bookworm"),
        shared_tags: words("latest"),
        architectures: words("amd64 arm64v8"),
        from: "scratch".to_owned(),
    };
    builder.repositories([ImageRepository { name: "debian".to_owned(), groups: vec![group] }]);
    builder.summary("GHSA-1", "a summary");
    // Unpacked, so that the packer's version is of no account.
    decompress(&Store::open(&finish(builder)).unwrap()).unwrap()
}
