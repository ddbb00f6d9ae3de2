//! A store with any bytes changed and its checksums made to fit is opened and asked in every way:
//! it gives an answer or an error. Without its checksums mended it is refused, or says the same.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use plimsoll_feed::{FEEDS, Fact, Sink, Tally, read_document};
use plimsoll_package::{Distribution, Package, PackageKind, SourcePackage};
use plimsoll_vuln::{
    MatchOptions, PackageRef, SourceInfo, Store, StoreBuilder, compress, match_packages,
};

fuzz_target!(|input: (bool, bool, Vec<(u16, [u8; 4], u8)>)| {
    let (is_packed, is_sealed, changes) = input;
    let mut bytes = if is_packed { packed().to_vec() } else { plain().to_vec() };
    for (place, new, n) in changes {
        let place = usize::from(place) % bytes.len();
        let n = usize::from(n % 4) + 1;
        for (to, from) in bytes[place..].iter_mut().zip(new.iter().take(n)) {
            *to = *from;
        }
    }
    if is_sealed {
        seal(&mut bytes);
    }
    ask(&bytes);
});

/// Everything that can be asked of a store.
fn ask(bytes: &[u8]) {
    let Ok(store) = Store::open(bytes) else { return };
    for (distribution, packages) in questions() {
        let asked: Vec<_> =
            packages.iter().map(|it| PackageRef { package: it, owner: None }).collect();
        let _ = match_packages(&store, Some(distribution), &asked, &MatchOptions::default());
    }
    let _ = (store.verify(), store.sources(), store.products(), store.summary(0));
    let _ = (store.epss_as_of(), store.known_exploited_as_of());
    for name in store.repositories() {
        let _ = store.repository(name);
    }
    for index in (0..store.n_vulnerabilities().unwrap_or(0).min(100)).chain([u32::MAX]) {
        if let Ok(it) = store.vulnerability(index) {
            let _ = (it.cvss(), it.weaknesses(), it.stated_aliases(), it.bundled(), it.link());
            let _ = (store.aliases(&it), store.find(it.id));
        }
    }
    let _ = StoreBuilder::from_store(&store, 1).map(|it| it.finish(&mut Vec::new()));
}

fn questions() -> &'static [(Distribution, Vec<Package>)] {
    static QUESTIONS: OnceLock<Vec<(Distribution, Vec<Package>)>> = OnceLock::new();
    QUESTIONS.get_or_init(|| {
        let system = |id: &str, version: &str| Distribution {
            id: id.to_owned(),
            version: version.to_owned(),
            ..Distribution::default()
        };
        let package = |kind, name: &str, version: &str| {
            let source = SourcePackage { name: name.to_owned(), version: None };
            Package { source: Some(source), ..Package::new(kind, name, version, "p") }
        };
        vec![
            (system("debian", "12"), vec![package(PackageKind::Deb, "curl", "7.88.1-1")]),
            (system("rhel", "9.4"), vec![package(PackageKind::Rpm, "nodejs", "18.1-1.el9")]),
            (system("alpine", "3.20"), vec![
                package(PackageKind::Apk, "openssl", "3.1.0-r0"),
                package(PackageKind::Npm, "left", "1.0.0"),
                package(PackageKind::PyPi, "jinja2", "3.0"),
            ]),
        ]
    })
}

fn plain() -> &'static [u8] {
    static PLAIN: OnceLock<Vec<u8>> = OnceLock::new();
    PLAIN.get_or_init(|| {
        let mut builder = StoreBuilder::new(7);
        for (name, document) in DOCUMENTS {
            let feed = FEEDS.iter().find(|it| it.name == *name).expect("it is a feed");
            let info = SourceInfo { name: (*name).to_owned(), ..SourceInfo::default() };
            let source = builder.source(info).expect("there is room");
            let (mut products, mut repositories) = (Vec::new(), Vec::new());
            let mut take = |fact| match fact {
                Fact::Advisory(advisory) => {
                    builder.add(source, &advisory);
                    builder.summary(&advisory.id, "words");
                }
                Fact::KnownExploited(day, entries) => {
                    builder.known_exploited(day, entries.iter().map(|it| (it.0.as_str(), it.1)));
                }
                Fact::Epss(day, entries) => {
                    builder.epss(day, entries.iter().map(|it| (it.0.as_str(), it.1)));
                }
                Fact::Product(it) => products.push(it),
                Fact::Repository(it) => repositories.push(it),
                Fact::Statements(_) => {}
            };
            let mut tally = Tally::default();
            read_document(feed, "debian", document.as_bytes(), &mut Sink::new(&mut tally, &mut take))
                .expect("it is a document");
            builder.products(products);
            builder.repositories(repositories);
        }
        let mut res = Vec::new();
        builder.finish(&mut res).expect("it is a store");
        res
    })
}

fn packed() -> &'static [u8] {
    static PACKED: OnceLock<Vec<u8>> = OnceLock::new();
    PACKED.get_or_init(|| {
        compress(&Store::open(plain()).expect("it opens")).expect("it can be packed")
    })
}

/// Writes the checksums anew where the places of header and sections allow it.
fn seal(bytes: &mut [u8]) {
    let length = bytes.len() as u64;
    bytes[16..24].copy_from_slice(&length.to_le_bytes());
    let n = u32::from_le_bytes(bytes[32..36].try_into().expect("four bytes")) as usize;
    for line in (0..n.min(100)).map(|it| 40 + it * 48).take_while(|it| it + 48 <= bytes.len()) {
        let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight"));
        let (start, n) = (number(line + 16), number(line + 24));
        let Some(end) = start.checked_add(n).filter(|it| *it <= length) else { continue };
        let checksum = twox_hash::XxHash3_64::oneshot(&bytes[start as usize..end as usize]);
        bytes[line + 40..line + 48].copy_from_slice(&checksum.to_le_bytes());
    }
    let header = u32::from_le_bytes(bytes[12..16].try_into().expect("four bytes")) as usize;
    if (48..=bytes.len()).contains(&header) {
        let checksum = twox_hash::XxHash3_64::oneshot(&bytes[..header - 8]);
        bytes[header - 8..header].copy_from_slice(&checksum.to_le_bytes());
    }
}

/// Something for every section.
const DOCUMENTS: &[(&str, &str)] = &[
    ("osv-debian", r#"{"id": "DEBIAN-CVE-2099-1", "upstream": ["CVE-2099-1"], "modified":
        "2024-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "Debian:12", "name": "curl"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "7.88.1-10"}]}],
        "ecosystem_specific": {"urgency": "unimportant"}}]}"#),
    ("osv-red-hat", r#"{"id": "RHSA-2099:1", "upstream": ["CVE-2099-1", "CVE-2099-2"], "summary":
        "Important: nodejs:18 security update", "affected": [{"package": {"ecosystem":
        "Red Hat:enterprise_linux:9::appstream", "name": "nodejs"}, "ranges": [{"type": "ECOSYSTEM",
        "events": [{"introduced": "0"}, {"fixed": "1:18.2-1.module+el9+1"}]}]}, {"package":
        {"ecosystem": "Red Hat:rhel_eus:9.2::appstream", "name": "nodejs"}, "ranges": [{"type":
        "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1:18.2-1.el9_2"}]}]}]}"#),
    ("alpine-secdb", r#"{"distroversion": "v3.20", "reponame": "main", "packages": [{"pkg": {
        "name": "openssl", "secfixes": {"3.3.1-r0": ["CVE-2099-1"], "0": ["CVE-2099-3"]}}}]}"#),
    ("osv-npm", r#"{"id": "GHSA-x", "aliases": ["CVE-2099-3"], "severity": [{"type": "CVSS_V3",
        "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}], "affected": [{"package":
        {"ecosystem": "npm", "name": "left"}, "versions": ["1.0.0"]}]}"#),
    ("known-exploited", r#"{"dateReleased": "2026-01-03T00:00:00Z", "vulnerabilities":
        [{"cveID": "CVE-2099-1", "dateAdded": "2026-01-01"}]}"#),
    ("epss", "#model_version:v1,score_date:2026-01-01T00:00:00Z\ncve,epss,percentile\n\
        CVE-2099-1,0.5,0.9\n"),
    ("official-images", "Maintainers: x\n\nTags: 12, bookworm\nSharedTags: latest\n\
        Architectures: amd64\nGitCommit: 0\nDirectory: d\n"),
];
