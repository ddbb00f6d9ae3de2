//! How fast a store opens and answers: `store-speed STORE [ECOSYSTEM:RELEASE]`, the latter as in
//! `Debian:12`, which is the default. Prints milliseconds for opening, for the first look at 2,000
//! packages, which checks the sections, and for the next ones.

#![expect(clippy::print_stdout, reason = "an example prints its result")]
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "an example reads a file and takes the time; the crate itself never does"
)]

use std::{error::Error, time::Instant};

use plimsoll_package::{Distribution, Ecosystem, Package, PackageKind};
use plimsoll_vuln::{MatchOptions, PackageRef, Store, match_packages};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which store?")?;
    let partition = arguments.next().unwrap_or_else(|| "Debian:12".to_owned());
    let bytes = std::fs::read(&path)?;
    let start = Instant::now();
    let store = Store::open(&bytes)?;
    println!("open: {:.3} ms", start.elapsed().as_secs_f64() * 1_000.0);
    let (ecosystem, release) = Ecosystem::parse(&partition).ok_or("no such ecosystem")?;
    let (kind, id) = match ecosystem {
        Ecosystem::Debian => (PackageKind::Deb, "debian"),
        Ecosystem::Ubuntu => (PackageKind::Deb, "ubuntu"),
        Ecosystem::Alpine => (PackageKind::Apk, "alpine"),
        Ecosystem::RedHat => (PackageKind::Rpm, "rhel"),
        it => return Err(format!("{} is not among the samples", it.name()).into()),
    };
    let distribution =
        Distribution { id: id.to_owned(), version: release, ..Distribution::default() };
    let packages = sample(&Store::open(&bytes)?, ecosystem, &distribution.version, kind)?;
    let asked: Vec<_> = packages.iter().map(|it| PackageRef { package: it, owner: None }).collect();
    for round in ["first", "second", "third"] {
        let start = Instant::now();
        let res = match_packages(&store, Some(&distribution), &asked, &MatchOptions::default())?;
        let spent = start.elapsed().as_secs_f64() * 1_000.0;
        println!(
            "{round} look at {} packages: {spent:.1} ms, {} matches",
            packages.len(),
            res.matches.len()
        );
    }
    Ok(())
}

/// Every so many of the partition's packages, so that there are 1,000; and 1,000 that are not in
/// it.
fn sample(
    store: &Store<'_>,
    ecosystem: Ecosystem,
    release: &str,
    kind: PackageKind,
) -> Result<Vec<Package>, Box<dyn Error>> {
    let partition = store.partition(ecosystem, release)?.ok_or("no such partition")?;
    let step = (partition.n_keys() / 1_000).max(1) as usize;
    let mut res = Vec::new();
    for key in (0..partition.n_keys()).step_by(step).take(1_000) {
        let name = partition.key_name(key)?;
        res.push(Package::new(kind, name, "5.0-1", "db"));
        res.push(Package::new(kind, format!("{name}-unknown"), "5.0-1", "db"));
    }
    Ok(res)
}
