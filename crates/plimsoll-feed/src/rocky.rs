//! Rocky Linux's errata, as its errata service tells them: every package with its exact version.
//!
//! OSV's records of the same errata name source packages only, so they are no stand-in for these.

use std::{borrow::Cow, collections::BTreeMap};

use plimsoll_package::{
    Advisory, Affected, AffectedRange, AffectedStatus, Ecosystem, RangeEnd, VersionScheme, compare,
};
use serde::Deserialize;

use crate::{
    error::FeedError,
    nullable::nullable,
    osv::{stream_in_title, vendor_severity},
    red_hat::name_and_version,
    sink::{LeftOut, Sink},
    time::parse_time,
};

/// Reads one erratum, or a page of them (`{"advisories": [...]}`).
pub fn read_rocky(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let wrong = |it| FeedError::new(name, it);
    let page: Page<'_> = serde_json::from_slice(bytes).map_err(wrong)?;
    let Some(records) = page.advisories else {
        let record: Record<'_> = serde_json::from_slice(bytes).map_err(wrong)?;
        return read_record(name, &record, sink);
    };
    for record in &records {
        if let Err(error) = read_record(name, record, sink) {
            sink.unreadable(error);
        }
    }
    Ok(())
}

fn read_record(name: &str, record: &Record<'_>, sink: &mut Sink<'_>) -> Result<(), FeedError> {
    if record.name.is_empty() {
        return Err(FeedError::new(name, "it has no name"));
    }
    let severity = vendor_severity(record.severity.trim_start_matches("SEVERITY_"));
    let stream = stream_in_title(&record.synopsis);
    let mut affected = Vec::new();
    for (product, list) in &record.rpms {
        let Some((release, product)) = release_and_product(product) else {
            sink.leave_out(LeftOut::OtherProduct, list.nvras.len());
            continue;
        };
        for (package, version) in lowest_fixes(&list.nvras, sink) {
            let is_modular = has_module_tag(version);
            affected.push(Affected {
                ecosystem: Ecosystem::RockyLinux,
                release: release.to_owned(),
                product: product.to_owned(),
                package: package.to_owned(),
                binaries: Vec::new(),
                module: if is_modular { stream.clone() } else { String::new() },
                status: AffectedStatus::Fixed,
                reason: String::new(),
                severity,
                ranges: vec![AffectedRange {
                    introduced: None,
                    end: RangeEnd::Fixed(version.to_owned()),
                }],
                versions: Vec::new(),
            });
        }
    }
    let mut upstream: Vec<String> =
        record.cves.iter().map(|it| it.name.to_string()).filter(|it| !it.is_empty()).collect();
    upstream.sort();
    upstream.dedup();
    sink.advisory(Advisory {
        id: record.name.to_string(),
        upstream,
        published: parse_time(&record.published_at),
        affected,
        ..Advisory::default()
    });
    Ok(())
}

/// Whether a version is that of a build of a module.
pub(crate) fn has_module_tag(version: &str) -> bool {
    version.contains(".module+") || version.contains(".module_")
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow, default)]
    advisories: Option<Vec<Record<'a>>>,
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    severity: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    synopsis: Cow<'a, str>,
    #[serde(borrow, default, rename = "publishedAt", deserialize_with = "nullable")]
    published_at: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    cves: Vec<Cve<'a>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    rpms: BTreeMap<Cow<'a, str>, Rpms>,
}

#[derive(Deserialize)]
struct Cve<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Rpms {
    #[serde(default, deserialize_with = "nullable")]
    nvras: Vec<String>,
}

/// `Rocky Linux 8`, and `Rocky Linux SIG Cloud 8` for a product beside the distribution.
fn release_and_product(words: &str) -> Option<(&str, &str)> {
    let rest = words.strip_prefix("Rocky Linux")?.trim();
    let (product, release) = rest.rsplit_once(' ').unwrap_or(("", rest));
    let release = release.split('.').next().unwrap_or_default();
    let is_number = !release.is_empty() && release.bytes().all(|it| it.is_ascii_digit());
    is_number.then_some((release, product))
}

/// Packages with their fixes. An erratum lists the builds of all machines, and sometimes two builds
/// of one upstream version; the lower of them has the fix already. Builds of different upstream
/// versions are different streams.
fn lowest_fixes<'n>(nvras: &'n [String], sink: &mut Sink<'_>) -> Vec<(&'n str, &'n str)> {
    let mut res: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for nvra in nvras {
        let Some((nvr, architecture)) = nvra.trim_end_matches(".rpm").rsplit_once('.') else {
            sink.leave_out(LeftOut::NoVersion, 1);
            continue;
        };
        let Some((name, version)) = name_and_version(nvr) else {
            sink.leave_out(LeftOut::NoVersion, 1);
            continue;
        };
        if architecture == "src" || name.ends_with("-debuginfo") || name.ends_with("-debugsource") {
            sink.leave_out(LeftOut::NotInstalled, 1);
            continue;
        }
        let upstream = version.rsplit_once('-').map_or(version, |it| it.0);
        let known = res.entry((name, upstream)).or_insert(version);
        if compare(VersionScheme::Rpm, version, known).is_lt() {
            *known = version;
        }
    }
    res.into_iter().map(|((name, _), version)| (name, version)).collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_package::{RangeEnd, VendorSeverity};

    use super::read_rocky;
    use crate::sink::{Fact, LeftOut, Sink, Tally};

    #[test]
    fn errata_name_binary_packages_and_their_stream() {
        let text = r#"{"name": "RLSA-2099:1", "severity": "SEVERITY_IMPORTANT",
            "synopsis": "Important: php:7.4 security update", "publishedAt": "2099-01-01T00:00:00Z",
            "cves": [{"name": "CVE-2099-2"}, {"name": "CVE-2099-1"}], "rpms": {
            "Rocky Linux 8": {"nvras": [
                "php-0:7.4.1-2.module+el8.5.0+2+b.x86_64.rpm",
                "php-0:7.4.1-2.module+el8.4.0+1+a.aarch64.rpm",
                "php-0:7.4.1-2.module+el8.4.0+1+a.src.rpm",
                "php-debuginfo-0:7.4.1-2.module+el8.4.0+1+a.x86_64.rpm",
                "lib-1:1-1.el8.noarch.rpm", "odd"]},
            "Rocky Linux SIG Cloud 8": {"nvras": ["kernel-0:1-1.x86_64.rpm"]},
            "Something": {"nvras": ["a-1-1.noarch.rpm"]}}}"#;
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        read_rocky("a", text.as_bytes(), &mut Sink::new(&mut tally, &mut take)).unwrap();
        let Fact::Advisory(advisory) = &facts[0] else { panic!("one record") };
        assert_eq!(advisory.upstream, ["CVE-2099-1", "CVE-2099-2"]);
        let rows: Vec<_> = advisory
            .affected
            .iter()
            .map(|it| {
                let RangeEnd::Fixed(fixed) = &it.ranges[0].end else { panic!("fixed") };
                (it.package.as_str(), it.product.as_str(), it.module.as_str(), fixed.as_str())
            })
            .collect();
        let expected = [
            ("lib", "", "", "1:1-1.el8"),
            ("php", "", "php:7.4", "0:7.4.1-2.module+el8.4.0+1+a"),
            ("kernel", "SIG Cloud", "", "0:1-1"),
        ];
        assert_eq!(rows, expected);
        assert_eq!(advisory.affected[0].severity, Some(VendorSeverity::High));
        assert_eq!(tally.left_out.get(&LeftOut::NotInstalled), Some(&2));
        assert_eq!(tally.left_out.get(&LeftOut::NoVersion), Some(&1));
        assert_eq!(tally.left_out.get(&LeftOut::OtherProduct), Some(&1));
        let page = format!(r#"{{"advisories": [{text}, {text}, {{}}]}}"#);
        let (mut n_facts, mut tally) = (0, Tally::default());
        let mut take = |_| n_facts += 1;
        read_rocky("a", page.as_bytes(), &mut Sink::new(&mut tally, &mut take)).unwrap();
        assert_eq!((n_facts, tally.unreadable), (2, 1));
    }
}
