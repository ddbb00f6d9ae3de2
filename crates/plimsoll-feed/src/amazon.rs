//! Amazon Linux Security Advisories (ALAS), one document each.

use std::borrow::Cow;

use plimsoll_package::{
    Advisory, Affected, AffectedRange, AffectedStatus, Distribution, Ecosystem, RangeEnd,
};
use serde::Deserialize;

use crate::{
    error::FeedError,
    nullable::nullable,
    osv::vendor_severity,
    sink::{LeftOut, Sink},
    time::parse_time,
};

/// Reads one advisory.
pub fn read_amazon(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let record: Record<'_> =
        serde_json::from_slice(bytes).map_err(|it| FeedError::new(name, it))?;
    if record.id.is_empty() {
        return Err(FeedError::new(name, "it has no id"));
    }
    let collection = &record.package_list.collection;
    let Some((release, product)) = release_and_product(&collection.short) else {
        sink.leave_out(LeftOut::OtherProduct, collection.packages.len());
        return Ok(());
    };
    let severity = vendor_severity(&record.severity);
    let mut affected = Vec::new();
    for package in &collection.packages {
        if package.name.is_empty() || package.version.is_empty() {
            sink.leave_out(LeftOut::NoVersion, 1);
        } else if package.arch == "src" || package.name.ends_with("-debuginfo") {
            sink.leave_out(LeftOut::NotInstalled, 1);
        } else {
            affected.push(Affected {
                ecosystem: Ecosystem::Amazon,
                release: release.clone(),
                product: product.to_owned(),
                package: package.name.to_string(),
                binaries: Vec::new(),
                module: String::new(),
                status: AffectedStatus::Fixed,
                reason: String::new(),
                severity,
                ranges: vec![package.range(product)],
                versions: Vec::new(),
            });
        }
    }
    affected.sort();
    affected.dedup();
    let mut upstream: Vec<String> = record
        .references
        .reference
        .iter()
        .filter(|it| it.id.starts_with("CVE-"))
        .map(|it| it.id.to_string())
        .collect();
    upstream.sort();
    upstream.dedup();
    sink.advisory(Advisory {
        id: record.id.to_string(),
        upstream,
        published: moment(&record.issued),
        modified: moment(&record.updated),
        affected,
        ..Advisory::default()
    });
    Ok(())
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default, rename = "ID")]
    id: Cow<'a, str>,
    #[serde(borrow, default, rename = "Severity", deserialize_with = "nullable")]
    severity: Cow<'a, str>,
    #[serde(borrow, default, rename = "Issued", deserialize_with = "nullable")]
    issued: Moment<'a>,
    #[serde(borrow, default, rename = "Updated", deserialize_with = "nullable")]
    updated: Moment<'a>,
    #[serde(borrow, default, rename = "References", deserialize_with = "nullable")]
    references: References<'a>,
    #[serde(borrow, default, rename = "Pkglist", deserialize_with = "nullable")]
    package_list: PackageList<'a>,
}

#[derive(Default, Deserialize)]
struct Moment<'a> {
    #[serde(borrow, default, rename = "Date", deserialize_with = "nullable")]
    date: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
struct References<'a> {
    #[serde(borrow, default, rename = "Reference", deserialize_with = "nullable")]
    reference: Vec<Reference<'a>>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(borrow, default, rename = "ID", deserialize_with = "nullable")]
    id: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
struct PackageList<'a> {
    #[serde(borrow, default, rename = "Collection", deserialize_with = "nullable")]
    collection: Collection<'a>,
}

#[derive(Default, Deserialize)]
struct Collection<'a> {
    #[serde(borrow, default, rename = "Short", deserialize_with = "nullable")]
    short: Cow<'a, str>,
    #[serde(borrow, default, rename = "Package", deserialize_with = "nullable")]
    packages: Vec<Package<'a>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow, default, rename = "Name", deserialize_with = "nullable")]
    name: Cow<'a, str>,
    #[serde(borrow, default, rename = "Arch", deserialize_with = "nullable")]
    arch: Cow<'a, str>,
    #[serde(borrow, default, rename = "Epoch", deserialize_with = "nullable")]
    epoch: Cow<'a, str>,
    #[serde(borrow, default, rename = "Version", deserialize_with = "nullable")]
    version: Cow<'a, str>,
    #[serde(borrow, default, rename = "Release", deserialize_with = "nullable")]
    release: Cow<'a, str>,
}

impl Package<'_> {
    /// A topic such as `postgresql14` has versions of its own beside those of the main repository,
    /// so its fixes speak of versions from 14 on: of packages that follow the topic's number.
    fn range(&self, product: &str) -> AffectedRange {
        let epoch = match self.epoch.as_ref() {
            "" | "0" => String::new(),
            epoch => format!("{epoch}:"),
        };
        let mut fix = format!("{epoch}{}", self.version);
        if !self.release.is_empty() {
            fix.push('-');
            fix.push_str(&self.release);
        }
        let topic = product.trim_start_matches(|it: char| !it.is_ascii_digit());
        let is_number = topic.bytes().all(|it| it.is_ascii_digit() || it == b'.');
        let rest = self.version.strip_prefix(topic).filter(|_| is_number && !topic.is_empty());
        let follows = rest.is_some_and(|it| !it.starts_with(|it: char| it.is_ascii_digit()));
        AffectedRange {
            introduced: follows.then(|| format!("{epoch}{topic}")),
            end: RangeEnd::Fixed(fix),
        }
    }
}

/// `amazon-linux-2---docker` is release 2 with the topic `docker` of its extras.
fn release_and_product(collection: &str) -> Option<(String, &str)> {
    let (base, topic) = collection.split_once("---").unwrap_or((collection, ""));
    let version = match base {
        "amazon-linux" | "amazon-linux-ami" => "2018.03",
        _ => base.strip_prefix("amazon-linux-")?,
    };
    let distribution = Distribution {
        id: "amzn".to_owned(),
        version: version.to_owned(),
        ..Distribution::default()
    };
    Some((Ecosystem::of(&distribution)?.1, topic))
}

fn moment(moment: &Moment<'_>) -> i64 {
    parse_time(&moment.date.replacen(' ', "T", 1))
}

#[cfg(test)]
mod tests {
    use plimsoll_package::{RangeEnd, VendorSeverity};

    use super::read_amazon;
    use crate::sink::{Fact, LeftOut, Sink, Tally};

    fn read(text: &str) -> (Vec<Fact>, Tally) {
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        read_amazon("a", text.as_bytes(), &mut Sink::new(&mut tally, &mut take)).unwrap();
        (facts, tally)
    }

    #[test]
    fn packages_of_all_machines_are_one_row() {
        let (facts, tally) = read(
            r#"{"ID": "ALAS2DOCKER-2099-015", "Issued": {"Date": "2099-09-15 20:55:00"}, "Updated": null,
            "Severity": "Important", "References": {"Reference": [
                {"ID": "CVE-2099-2", "Type": "cve"}, {"ID": "RHSA-1"}, {"ID": "CVE-2099-1"}]},
            "Pkglist": {"Collection": {"Short": "amazon-linux-2---docker", "Package": [
                {"Arch": "x86_64", "Epoch": "1", "Name": "docker", "Version": "20", "Release": "1.amzn2"},
                {"Arch": "aarch64", "Epoch": "1", "Name": "docker", "Version": "20",
                    "Release": "1.amzn2"},
                {"Arch": "src", "Epoch": "1", "Name": "docker", "Version": "20", "Release": "1.amzn2"},
                {"Arch": "x86_64", "Epoch": "0", "Name": "a", "Version": "2", "Release": "1"},
                {"Arch": "x86_64", "Name": "b"}]}}}"#,
        );
        let Fact::Advisory(advisory) = &facts[0] else { panic!("one record") };
        assert_eq!(advisory.id, "ALAS2DOCKER-2099-015");
        assert_eq!(advisory.upstream, ["CVE-2099-1", "CVE-2099-2"]);
        assert!(advisory.published > 0);
        let rows: Vec<_> = advisory
            .affected
            .iter()
            .map(|it| {
                (it.release.as_str(), it.product.as_str(), it.package.as_str(), &it.ranges[0].end)
            })
            .collect();
        let fixed = |it: &str| RangeEnd::Fixed(it.to_owned());
        let (a, docker) = (fixed("2-1"), fixed("1:20-1.amzn2"));
        assert_eq!(rows, [("2", "docker", "a", &a), ("2", "docker", "docker", &docker)]);
        assert_eq!(advisory.affected[0].severity, Some(VendorSeverity::High));
        assert_eq!(tally.left_out.get(&LeftOut::NotInstalled), Some(&1));
        assert_eq!(tally.left_out.get(&LeftOut::NoVersion), Some(&1));
    }

    #[test]
    fn a_topic_speaks_of_its_own_versions() {
        let (facts, _) = read(
            r#"{"ID": "ALAS2PHP8.1-2099-1", "Pkglist": {"Collection": {
            "Short": "amazon-linux-2---php8.1", "Package": [
            {"Arch": "x86_64", "Epoch": "1", "Name": "php", "Version": "8.1.20", "Release": "1"},
            {"Arch": "x86_64", "Name": "php-odd", "Version": "3.1", "Release": "1"}]}}}"#,
        );
        let Fact::Advisory(advisory) = &facts[0] else { panic!("one record") };
        assert!(advisory.affected[0].affects("1:8.1.19-1"));
        assert!(!advisory.affected[0].affects("1:5.4.16-46"), "of the main repository");
        assert!(advisory.affected[1].affects("3.0-1"));
    }

    #[test]
    fn the_first_release_is_known_by_two_names() {
        for short in ["amazon-linux", "amazon-linux-ami"] {
            let (facts, _) = read(&format!(
                r#"{{"ID": "ALAS-2099-1", "Pkglist": {{"Collection": {{"Short": "{short}", "Package": [
                {{"Arch": "i686", "Name": "a", "Version": "1", "Release": "1"}}]}}}}}}"#
            ));
            let Fact::Advisory(advisory) = &facts[0] else { panic!("one record") };
            assert_eq!(advisory.id, "ALAS-2099-1");
            assert_eq!(advisory.affected[0].product, "");
        }
    }
}
