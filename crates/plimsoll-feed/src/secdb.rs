//! Security databases of apk distributions: for each source package, the versions in which faults
//! are fixed (Alpine's secdb, and Wolfi's and Chainguard's in the same form).
//!
//! Nothing is said of faults that are not fixed.

use std::collections::BTreeMap;

use plimsoll_package::{
    Advisory, Affected, AffectedRange, AffectedStatus, Ecosystem, Partition, RangeEnd,
};
use serde::Deserialize;

use crate::{
    error::FeedError,
    nullable::nullable,
    sink::{LeftOut, Sink},
};

/// Reads a database, such as `v3.20/main.json`. The release is the one that it names itself.
pub fn read_secdb(
    name: &str,
    bytes: &[u8],
    ecosystem: Ecosystem,
    sink: &mut Sink<'_>,
) -> Result<(), FeedError> {
    let database: Database =
        serde_json::from_slice(bytes).map_err(|it| FeedError::new(name, it))?;
    let release = match ecosystem {
        Ecosystem::Alpine => {
            let words = format!("Alpine:{}", database.distroversion);
            let release = Partition::parse(&words).map(|it| it.release).unwrap_or_default();
            if release.is_empty() {
                return Err(FeedError::new(name, "it does not say of which release it is"));
            }
            release
        }
        _ => String::new(),
    };
    let packages = database.packages.into_iter().map(|it| it.pkg).collect::<Vec<_>>();
    sink.leave_out(LeftOut::TooMany, packages.len().saturating_sub(MAX_PACKAGES));
    for package in packages.into_iter().take(MAX_PACKAGES) {
        if package.name.is_empty() {
            sink.leave_out(LeftOut::NotAPackage, package.secfixes.len());
            continue;
        }
        read_package(&package, ecosystem, &release, sink);
    }
    Ok(())
}

#[derive(Deserialize)]
struct Database {
    #[serde(default, deserialize_with = "nullable")]
    distroversion: String,
    packages: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    pkg: Package,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    secfixes: BTreeMap<String, Option<Vec<String>>>,
}

/// One record for each fault of a package: a fault that is fixed in several versions came back in
/// between or was fixed in parts, so the last fix is the one that counts.
fn read_package(package: &Package, ecosystem: Ecosystem, release: &str, sink: &mut Sink<'_>) {
    let mut faults: BTreeMap<String, (Vec<String>, Vec<&str>)> = BTreeMap::new();
    for (version, lines) in &package.secfixes {
        for line in lines.iter().flatten().take(MAX_LINES) {
            let (ids, others) = ids(line);
            if ids.is_empty() {
                sink.leave_out(LeftOut::NoVulnerability, 1);
            }
            for id in ids {
                let fault = faults.entry(id).or_default();
                fault.0.extend(others.iter().cloned());
                fault.1.push(version);
            }
        }
    }
    let scheme = ecosystem.scheme();
    for (id, (mut aliases, mut versions)) in faults {
        aliases.sort();
        aliases.dedup();
        // "0" says that the package never was affected.
        let is_affected = versions.iter().any(|it| *it != "0");
        versions.retain(|it| *it != "0");
        versions.sort_by(|a, b| plimsoll_package::compare(scheme, a, b));
        let ranges = versions
            .last()
            .map(|it| AffectedRange { introduced: None, end: RangeEnd::Fixed((*it).to_owned()) });
        let affected = Affected {
            ecosystem,
            release: release.to_owned(),
            product: String::new(),
            package: package.name.clone(),
            binaries: Vec::new(),
            module: String::new(),
            status: if is_affected { AffectedStatus::Fixed } else { AffectedStatus::NotAffected },
            reason: String::new(),
            severity: None,
            ranges: ranges.into_iter().collect(),
            versions: Vec::new(),
        };
        sink.advisory(Advisory { id, aliases, affected: vec![affected], ..Advisory::default() });
    }
}

/// The faults that a line names, and other names of the fault where it is one. A line has several
/// words: `CVE-2024-1 XSA-1`, `CVE-2024-1 CVE-2024-2`, `CVE-2024-1 (+ regression)`.
fn ids(line: &str) -> (Vec<String>, Vec<String>) {
    let is_id = |it: &str| {
        let mut parts = it.split('-');
        let has_prefix = parts.next().is_some_and(|it| {
            !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
        });
        has_prefix
            && it.contains('-')
            && it.bytes().any(|it| it.is_ascii_digit())
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.:".contains(&it))
    };
    let words = line
        .split(|it: char| it.is_whitespace() || matches!(it, ',' | ';' | '(' | ')'))
        .map(|it| it.replace("CVE_", "CVE-"))
        .filter(|it| is_id(it));
    let (cves, mut others): (Vec<_>, Vec<_>) = words.partition(|it| it.starts_with("CVE-"));
    match cves.len() {
        0 => {
            others.truncate(1);
            (others, Vec::new())
        }
        1 => (cves, others),
        // Whose other name it is cannot be told.
        _ => (cves, Vec::new()),
    }
}

/// Packages of one repository; the largest has two thousand with fixes.
const MAX_PACKAGES: usize = 200_000;

/// Lines of one version.
const MAX_LINES: usize = 10_000;

#[cfg(test)]
mod tests {
    use plimsoll_package::{AffectedStatus, Ecosystem, RangeEnd};

    use super::read_secdb;
    use crate::sink::{Fact, LeftOut, Sink, Tally};

    #[test]
    fn fixes_are_read_with_all_names_of_a_line() {
        let text = br#"{"distroversion": "v3.20", "reponame": "main", "packages": [
            {"pkg": {"name": "xen", "secfixes": {
                "4.18.0-r2": ["CVE-2099-1 XSA-1", "CVE_2099-2 CVE-2099-3 XSA-2", "XSA-3"],
                "4.18.1-r0": ["CVE-2099-1"], "0": ["CVE-2099-9"]}}},
            {"pkg": {"name": "empty", "secfixes": {"1-r0": null, "2-r0": ["no name"]}}},
            {"pkg": {"name": "none", "secfixes": null}}]}"#;
        let mut found = Vec::new();
        let mut tally = Tally::default();
        let mut take = |it| found.push(it);
        read_secdb("a", text, Ecosystem::Alpine, &mut Sink::new(&mut tally, &mut take)).unwrap();
        let mut rows = Vec::new();
        for fact in &found {
            let Fact::Advisory(advisory) = fact else { panic!("a record") };
            let row = &advisory.affected[0];
            assert_eq!((row.release.as_str(), row.package.as_str()), ("3.20", "xen"));
            let end = row.ranges.first().map_or("-", |it| match &it.end {
                RangeEnd::Fixed(version) => version,
                _ => "?",
            });
            rows.push((advisory.id.as_str(), advisory.aliases.join(" "), end, row.status));
        }
        let fixed = AffectedStatus::Fixed;
        let expected = [
            ("CVE-2099-1", "XSA-1".to_owned(), "4.18.1-r0", fixed),
            ("CVE-2099-2", String::new(), "4.18.0-r2", fixed),
            ("CVE-2099-3", String::new(), "4.18.0-r2", fixed),
            ("CVE-2099-9", String::new(), "-", AffectedStatus::NotAffected),
            ("XSA-3", String::new(), "4.18.0-r2", fixed),
        ];
        assert_eq!(rows, expected);
        assert_eq!(tally.left_out.get(&LeftOut::NoVulnerability), Some(&1));
    }

    #[test]
    fn a_database_must_say_of_which_release_it_is() {
        let mut tally = Tally::default();
        let mut take = |_| ();
        let mut sink = Sink::new(&mut tally, &mut take);
        let text = br#"{"packages": []}"#;
        assert!(read_secdb("a", text, Ecosystem::Alpine, &mut sink).is_err());
        assert!(read_secdb("a", text, Ecosystem::Wolfi, &mut sink).is_ok());
        assert!(read_secdb("a", b"{}", Ecosystem::Wolfi, &mut sink).is_err());
    }
}
