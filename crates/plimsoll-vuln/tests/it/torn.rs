//! A store that is cut, changed or made up gives an error or a right answer, and never a panic.

use plimsoll_package::{Ecosystem, PackageKind};
use plimsoll_vuln::{
    MatchOptions, PackageRef, Store, StoreBuilder, StoreError, compress, match_packages,
};

use crate::{
    random::{LANDS, Random},
    write::{BUILT_AT, store},
};

/// Reads everything there is, by every way there is.
fn read_all(bytes: &[u8], random: &mut Random) -> Result<Vec<String>, StoreError> {
    let store = Store::open(bytes)?;
    let mut res = Vec::new();
    let mut failed = None;
    for land in LANDS {
        let packages = random.packages(land, 8);
        let asked: Vec<_> =
            packages.iter().map(|it| PackageRef { package: it, owner: None }).collect();
        let system = land.distribution();
        match match_packages(&store, system.as_ref(), &asked, &MatchOptions::default()) {
            Ok(it) => res.extend(it.matches.iter().map(|it| format!("{it:?}"))),
            Err(err) => failed = Some(err),
        }
    }
    let _ = store.verify();
    let _ = (store.sources(), store.products(), store.summary(0), store.epss_as_of());
    let n = store.n_vulnerabilities().unwrap_or(0).min(1_000);
    for it in (0..n).chain([u32::MAX]) {
        if let Ok(it) = store.vulnerability(it) {
            let _ = (it.cvss(), it.weaknesses(), it.stated_aliases(), it.bundled());
            let _ = (store.aliases(&it), it.link(), store.find(it.id).map(|it| it.is_some()));
        }
    }
    let _ = StoreBuilder::from_store(&store, BUILT_AT).map(|it| it.finish(&mut Vec::new()));
    failed.map_or(Ok(res), Err)
}

fn some_store() -> Vec<u8> {
    store(&Random::new(11).advisories(50))
}

#[test]
fn a_store_that_is_cut_anywhere_is_refused() {
    let bytes = some_store();
    for length in 0..bytes.len() {
        assert!(Store::open(&bytes[..length]).is_err(), "{length}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(Store::open(&longer).is_err());
}

#[test]
fn a_changed_byte_is_an_error_or_changes_nothing() {
    for bytes in [some_store(), compress(&Store::open(&some_store()).unwrap()).unwrap()] {
        let right = read_all(&bytes, &mut Random::new(1)).unwrap();
        assert!(!right.is_empty());
        let mut random = Random::new(2);
        let mut n_errors = 0;
        for place in (0..bytes.len()).step_by(67) {
            let mut torn = bytes.clone();
            torn[place] ^= u8::try_from(random.below(255) + 1).unwrap();
            match read_all(&torn, &mut Random::new(1)) {
                Ok(it) => assert_eq!(it, right, "a change at {place} changed the answer"),
                Err(_) => n_errors += 1,
            }
        }
        assert!(n_errors > 0);
    }
}

/// With its checksums made to fit, a changed store is a made-up one: its answers are its own, and
/// nothing may break.
#[test]
fn a_made_up_store_breaks_nothing() {
    let bytes = some_store();
    let mut random = Random::new(3);
    for round in 0..250 {
        let mut made_up = bytes.clone();
        for _ in 0..=random.below(4) {
            let place = random.below(made_up.len());
            let change = random.one(CHANGES);
            // Numbers stand at multiples of four.
            let place = if round % 2 == 0 { place & !3 } else { place };
            for (to, from) in made_up[place..].iter_mut().zip(*change) {
                *to = *from;
            }
        }
        mend_checksums(&mut made_up);
        let _ = read_all(&made_up, &mut random);
    }
}

const CHANGES: &[&[u8]] =
    &[&[0xff, 0xff, 0xff, 0xff], &[0xff, 0xff, 0xff, 0x7f], &[0, 0, 0, 0], &[1], &[0x80]];

#[test]
fn arbitrary_bytes_are_refused() {
    let bytes = some_store();
    let mut random = Random::new(4);
    for _ in 0..2_000 {
        let length = random.below(600);
        let mut it: Vec<u8> = (0..length).map(|_| random.number().to_le_bytes()[3]).collect();
        // Half of them begin as a store does.
        let n_true = if random.chance(50) { random.below(48) } else { 0 };
        for (to, from) in it.iter_mut().zip(&bytes[..n_true]) {
            *to = *from;
        }
        mend_checksums(&mut it);
        assert!(read_all(&it, &mut random).is_err() || it.len() > 100);
    }
}

#[test]
fn a_section_that_is_not_used_is_not_looked_at() {
    let bytes = some_store();
    let npm = Store::open(&bytes).unwrap();
    let n_rows = npm.partition(Ecosystem::Npm, "").unwrap().unwrap().n_keys();
    assert!(n_rows > 0);
    let mut torn = bytes.clone();
    // Sections stand in the order of the table; the last bytes are the side tables'.
    let at = section(&bytes, |kind, ecosystem| kind == 3 && ecosystem == Ecosystem::Npm as u8);
    torn[at] ^= 1;
    let store = Store::open(&torn).unwrap();
    assert!(store.partition(Ecosystem::Debian, "12").unwrap().is_some());
    assert!(matches!(store.partition(Ecosystem::Npm, ""), Err(StoreError::Torn { .. })));
    let package = crate::write::package(PackageKind::Npm, "alpha", "1.0.0");
    let asked = [PackageRef { package: &package, owner: None }];
    assert!(match_packages(&store, None, &asked, &MatchOptions::default()).is_err());
    assert!(store.verify().is_err());
}

/// Where the first section of a sort begins: the format's table, read by hand.
fn section(bytes: &[u8], wanted: impl Fn(u16, u8) -> bool) -> usize {
    for line in table(bytes) {
        let kind = u16::from_le_bytes([bytes[line], bytes[line + 1]]);
        if wanted(kind, bytes[line + 3]) {
            return usize::try_from(number(bytes, line + 16)).unwrap();
        }
    }
    panic!("no such section");
}

/// Writes the checksums anew where the places of header and sections allow it.
fn mend_checksums(bytes: &mut [u8]) {
    if bytes.len() < 48 {
        return;
    }
    let length = bytes.len() as u64;
    bytes[16..24].copy_from_slice(&length.to_le_bytes());
    for line in table(bytes) {
        let (start, n) = (number(bytes, line + 16), number(bytes, line + 24));
        let Some(end) = start.checked_add(n).filter(|it| *it <= length) else { continue };
        let checksum = twox_hash::XxHash3_64::oneshot(
            &bytes[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()],
        );
        bytes[line + 40..line + 48].copy_from_slice(&checksum.to_le_bytes());
    }
    let header = u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]) as usize;
    if (48..=bytes.len()).contains(&header) {
        let checksum = twox_hash::XxHash3_64::oneshot(&bytes[..header - 8]);
        bytes[header - 8..header].copy_from_slice(&checksum.to_le_bytes());
    }
}

/// Places of the lines of the table that lie within the bytes.
fn table(bytes: &[u8]) -> Vec<usize> {
    let n = u32::from_le_bytes([bytes[32], bytes[33], bytes[34], bytes[35]]) as usize;
    (0..n.min(bytes.len())).map(|it| 40 + it * 48).take_while(|it| it + 48 <= bytes.len()).collect()
}

fn number(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}
