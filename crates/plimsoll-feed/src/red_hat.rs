//! Red Hat's Security Data API, one document for each CVE: packages that are fixed, and the state
//! of those that are not.
//!
//! Packages have source names here, while Red Hat's errata have binary ones. Records are named
//! `REDHAT-CVE-…`, since Red Hat scores faults itself and its score must not pass for another's.

use std::borrow::Cow;

use plimsoll_package::{
    Advisory, Affected, AffectedRange, AffectedStatus, CvssScore, Ecosystem, Partition, RangeEnd,
    VendorSeverity,
};
use serde::Deserialize;

use crate::{
    error::FeedError,
    nullable::nullable,
    osv::vendor_severity,
    sink::{LeftOut, Sink},
    time::parse_time,
};

/// Reads one fault.
pub fn read_red_hat(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let record: Record<'_> =
        serde_json::from_slice(bytes).map_err(|it| FeedError::new(name, it))?;
    if !record.name.starts_with("CVE-") {
        return Err(FeedError::new(name, "it names no CVE"));
    }
    let severity = vendor_severity(&record.threat_severity);
    let mut affected = Vec::new();
    for state in &record.package_state {
        match state_row(state, severity) {
            Ok(row) => affected.push(row),
            Err(why) => sink.leave_out(why, 1),
        }
    }
    for release in &record.affected_release {
        match fixed_row(release, severity) {
            Ok(row) => affected.push(row),
            Err(why) => sink.leave_out(why, 1),
        }
    }
    affected.sort();
    affected.dedup();
    let vectors = [&record.cvss3.cvss3_scoring_vector, &record.cvss.cvss_scoring_vector];
    sink.advisory(Advisory {
        id: format!("REDHAT-{}", record.name),
        aliases: vec![record.name.to_string()],
        cvss: vectors.into_iter().filter_map(|it| CvssScore::new(it.as_ref())).collect(),
        published: parse_time(&record.public_date),
        weaknesses: weaknesses(&record.cwe),
        link: format!("https://access.redhat.com/security/cve/{}", record.name),
        affected,
        ..Advisory::default()
    });
    Ok(())
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    threat_severity: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    public_date: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    cwe: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    cvss: Score2<'a>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    cvss3: Score3<'a>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    affected_release: Vec<Release<'a>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    package_state: Vec<State<'a>>,
}

#[derive(Default, Deserialize)]
struct Score2<'a> {
    #[serde(borrow, default, deserialize_with = "nullable")]
    cvss_scoring_vector: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
struct Score3<'a> {
    #[serde(borrow, default, deserialize_with = "nullable")]
    cvss3_scoring_vector: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Release<'a> {
    #[serde(borrow, default, deserialize_with = "nullable")]
    cpe: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    package: Cow<'a, str>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "named as the document names them")]
struct State<'a> {
    #[serde(borrow, default, deserialize_with = "nullable")]
    cpe: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    fix_state: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    package_name: Cow<'a, str>,
}

/// The partition of a CPE (`cpe:/a:redhat:enterprise_linux:8::appstream`), if an image can be it.
pub(crate) fn partition(cpe: &str) -> Option<Partition> {
    let tail = cpe.split_once(":redhat:")?.1;
    let mut partition = Partition::parse(&format!("Red Hat:{tail}"))?;
    if !partition.product.contains(':') {
        // A repository of the release itself, in which a package is the same as in all others.
        partition.product.clear();
    }
    (!partition.release.is_empty()).then_some(partition)
}

/// The status that Red Hat's words mean, and the word to show.
pub(crate) fn status_of(fix_state: &str) -> (AffectedStatus, &'static str) {
    match fix_state {
        "Not affected" => (AffectedStatus::NotAffected, ""),
        "Will not fix" => (AffectedStatus::WillNotFix, ""),
        "Out of support scope" => (AffectedStatus::EndOfLife, "out-of-support-scope"),
        "Fix deferred" => (AffectedStatus::Deferred, "fix-deferred"),
        "Affected" => (AffectedStatus::Affected, ""),
        // "Under investigation", "New", and what may come: a doubt is told.
        _ => (AffectedStatus::UnderInvestigation, ""),
    }
}

/// Module stream and package of `php:7.2/php`, or of a plain name. `None` for a container image.
fn module_and_package(name: &str) -> Option<(&str, &str)> {
    match name.split_once('/') {
        Some((module, package)) if module.contains(':') && !package.is_empty() => {
            Some((module, package))
        }
        Some(_) => None,
        None if name.is_empty() => None,
        None => Some(("", name)),
    }
}

fn state_row(state: &State<'_>, severity: Option<VendorSeverity>) -> Result<Affected, LeftOut> {
    let partition = partition(&state.cpe).ok_or(LeftOut::OtherProduct)?;
    let (module, package) = module_and_package(&state.package_name).ok_or(LeftOut::NotAPackage)?;
    let (status, reason) = status_of(&state.fix_state);
    let end = (status != AffectedStatus::NotAffected).then_some(RangeEnd::Open);
    Ok(Affected {
        module: module.to_owned(),
        reason: reason.to_owned(),
        ..row(partition, package, status, severity, end)
    })
}

fn fixed_row(release: &Release<'_>, severity: Option<VendorSeverity>) -> Result<Affected, LeftOut> {
    let partition = partition(&release.cpe).ok_or(LeftOut::OtherProduct)?;
    if release.package.is_empty() || release.package.contains('/') {
        return Err(LeftOut::NotAPackage);
    }
    let (package, version) = name_and_version(&release.package).ok_or(LeftOut::NoVersion)?;
    // The package of a module itself (`nodejs:18-8090020240101.rhel9`) is never installed.
    if package.contains(':') {
        return Err(LeftOut::NotAPackage);
    }
    let end = Some(RangeEnd::Fixed(version.to_owned()));
    Ok(row(partition, package, AffectedStatus::Fixed, severity, end))
}

/// `openssl-1:3.0.7-6.el9` is `openssl` and `1:3.0.7-6.el9`.
pub(crate) fn name_and_version(text: &str) -> Option<(&str, &str)> {
    let (before_release, _) = text.rsplit_once('-')?;
    let (name, version) = before_release.rsplit_once('-')?;
    let is_version = version.starts_with(|it: char| it.is_ascii_alphanumeric());
    (!name.is_empty() && is_version).then_some((name, text.get(name.len() + 1..)?))
}

fn row(
    partition: Partition,
    package: &str,
    status: AffectedStatus,
    severity: Option<VendorSeverity>,
    end: Option<RangeEnd>,
) -> Affected {
    Affected {
        ecosystem: Ecosystem::RedHat,
        release: partition.release,
        product: partition.product,
        package: package.to_owned(),
        binaries: Vec::new(),
        module: String::new(),
        status,
        reason: String::new(),
        severity,
        ranges: end.map(|end| AffectedRange { introduced: None, end }).into_iter().collect(),
        versions: Vec::new(),
    }
}

/// Numbers in words such as `CWE-190->CWE-122` and `(CWE-20|CWE-79)`.
pub(crate) fn weaknesses(text: &str) -> Vec<u32> {
    let mut res: Vec<u32> = text
        .split("CWE-")
        .skip(1)
        .take(MAX_WEAKNESSES)
        .filter_map(|it| it.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok())
        .collect();
    res.sort_unstable();
    res.dedup();
    res
}

/// Weaknesses of one fault.
const MAX_WEAKNESSES: usize = 64;

#[cfg(test)]
mod tests {
    use plimsoll_package::{Advisory, AffectedStatus as S};

    use super::{name_and_version, read_red_hat};
    use crate::sink::{Fact, LeftOut, Sink, Tally};

    fn read(text: &str) -> (Advisory, Tally) {
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        read_red_hat("a", text.as_bytes(), &mut Sink::new(&mut tally, &mut take)).unwrap();
        let Some(Fact::Advisory(advisory)) = facts.pop() else { panic!("one record") };
        (advisory, tally)
    }

    const RECORD: &str = r#"{"name": "CVE-2099-1", "threat_severity": "Moderate",
        "public_date": "2099-01-25T00:00:00Z", "cwe": "CWE-190->CWE-122", "cvss": null,
        "cvss3": {"cvss3_scoring_vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"},
        "affected_release": [
        {"cpe": "cpe:/a:redhat:enterprise_linux:8::appstream", "package": "a-b-1:2.0-3.el8"},
        {"cpe": "cpe:/a:redhat:enterprise_linux:8", "package": "nodejs:18-80900.rhel8"},
        {"cpe": "cpe:/a:redhat:enterprise_linux:8"}],
        "package_state": [
        {"cpe": "cpe:/o:redhat:enterprise_linux:8", "fix_state": "Will not fix",
            "package_name": "php:7.2/php"},
        {"cpe": "cpe:/o:redhat:enterprise_linux:9", "fix_state": "Not affected",
            "package_name": "a"},
        {"cpe": "cpe:/o:redhat:enterprise_linux:7", "fix_state": "Out of support scope",
            "package_name": "a"},
        {"cpe": "cpe:/o:redhat:enterprise_linux:6", "fix_state": "Fix deferred",
            "package_name": "a"},
        {"cpe": "cpe:/o:redhat:enterprise_linux:9", "fix_state": "Under investigation",
            "package_name": "b"},
        {"cpe": "cpe:/o:redhat:enterprise_linux:9", "fix_state": "Affected",
            "package_name": "rhel9/image"},
        {"cpe": "cpe:/a:redhat:openshift:4", "fix_state": "Affected", "package_name": "c"}]}"#;

    #[test]
    fn states_are_told_with_their_stream() {
        let (mut advisory, tally) = read(RECORD);
        advisory.affected.retain(|it| it.status != S::Fixed);
        assert_eq!(advisory.id, "REDHAT-CVE-2099-1");
        assert_eq!(advisory.aliases, ["CVE-2099-1"]);
        assert_eq!(advisory.weaknesses, [122, 190]);
        assert_eq!(advisory.cvss.len(), 1);
        let rows: Vec<_> = advisory
            .affected
            .iter()
            .map(|it| (it.release.as_str(), it.module.as_str(), it.package.as_str(), it.status))
            .collect();
        let expected = [
            ("6", "", "a", S::Deferred),
            ("7", "", "a", S::EndOfLife),
            ("8", "php:7.2", "php", S::WillNotFix),
            ("9", "", "a", S::NotAffected),
            ("9", "", "b", S::UnderInvestigation),
        ];
        assert_eq!(rows, expected);
        assert!(advisory.affected[2].affects("1"));
        assert!(!advisory.affected[3].affects("1"));
        assert_eq!(tally.left_out.get(&LeftOut::OtherProduct), Some(&1));
    }

    #[test]
    fn fixes_are_told_by_source_package() {
        let (advisory, _) = read(RECORD);
        let fixed: Vec<_> = advisory.affected.iter().filter(|it| it.status == S::Fixed).collect();
        assert_eq!(fixed.len(), 1);
        assert_eq!((fixed[0].package.as_str(), fixed[0].product.as_str()), ("a-b", ""));
        assert!(fixed[0].affects("1:2.0-2.el8") && !fixed[0].affects("1:2.0-3.el8"));
    }

    #[test]
    fn names_are_told_from_versions() {
        for (text, expected) in [
            ("openssl-1:3.0.7-6.el9", Some(("openssl", "1:3.0.7-6.el9"))),
            ("java-1.8.0-ibm-1:1.8-1.el8", Some(("java-1.8.0-ibm", "1:1.8-1.el8"))),
            ("a-1", None),
            ("", None),
            ("--", None),
        ] {
            assert_eq!(name_and_version(text), expected, "{text}");
        }
    }
}
