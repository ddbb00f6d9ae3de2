//! Records of the Open Source Vulnerability format (OSV schema 1.x,
//! <https://ossf.github.io/osv-schema/>).
//!
//! What a name and a range mean differs by ecosystem; this file knows how.

use std::borrow::Cow;

use plimsoll_package::{
    Advisory, Affected, AffectedRange, AffectedStatus, CvssScore, Ecosystem, Partition, RangeEnd,
    VendorSeverity, compare,
};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    error::FeedError,
    nullable::nullable,
    sink::{LeftOut, Tally},
    time::parse_time,
    yaml::yaml_value,
};

/// Reads one record. Rows of ecosystems that `wanted` says no to, and of those that are not known,
/// are left out and counted; a record of which no row is left still gives its scores and aliases.
pub fn read_osv(
    name: &str,
    bytes: &[u8],
    wanted: &dyn Fn(Ecosystem) -> bool,
    tally: &mut Tally,
) -> Result<Advisory, FeedError> {
    let record: Record<'_> =
        serde_json::from_slice(bytes).map_err(|it| FeedError::new(name, it))?;
    advisory(name, &record, wanted, tally)
}

/// Reads one record that is written in YAML, as PyPA's database does.
pub fn read_osv_yaml(
    name: &str,
    bytes: &[u8],
    wanted: &dyn Fn(Ecosystem) -> bool,
    tally: &mut Tally,
) -> Result<Advisory, FeedError> {
    let value = yaml_value(name, bytes)?;
    let record = Record::deserialize(&value).map_err(|it| FeedError::new(name, it))?;
    advisory(name, &record, wanted, tally)
}

/// Reads a list of changes, newest first, as OSV's bucket keeps it: the names of records that were
/// changed after `since`, in seconds since 1970. Stops at the first one that was not.
pub fn read_modified_ids(
    text: &str,
    since: i64,
) -> impl Iterator<Item = Result<(i64, &str), FeedError>> {
    text.lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
        .map(|(line, number)| {
            let wrong = || FeedError::new(format!("line {number}"), "it is no moment and id");
            let (moment, id) = line.split_once(',').ok_or_else(wrong)?;
            let moment = parse_time(moment.trim());
            // An id becomes a part of a path or an address.
            let is_id = |it: char| it.is_ascii_alphanumeric() || "-_:.+/ ".contains(it);
            let id = id.trim();
            if moment == 0 || id.is_empty() || id.contains("..") || !id.chars().all(is_id) {
                return Err(wrong());
            }
            Ok((moment, id))
        })
        .take_while(move |it| it.as_ref().map_or(true, |(moment, _)| *moment > since))
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    modified: Cow<'a, str>,
    #[serde(borrow, default)]
    published: Cow<'a, str>,
    #[serde(borrow, default)]
    withdrawn: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    summary: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    aliases: Vec<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    upstream: Vec<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    related: Vec<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    severity: Vec<Severity<'a>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    affected: Vec<AffectedPart<'a>>,
    #[serde(default, deserialize_with = "nullable")]
    database_specific: DatabasePart,
}

#[derive(Deserialize)]
struct Severity<'a> {
    #[serde(borrow, rename = "type", default)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    score: Cow<'a, str>,
}

/// What databases add about a record or a row; each field is of any type in one of them.
#[derive(Default, Deserialize)]
struct DatabasePart {
    #[serde(default)]
    severity: Option<Value>,
    #[serde(default)]
    cwe_ids: Option<Value>,
    #[serde(default)]
    informational: Option<Value>,
}

#[derive(Deserialize)]
struct AffectedPart<'a> {
    #[serde(borrow, default)]
    package: Option<PackagePart<'a>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    ranges: Vec<RangePart<'a>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    versions: Vec<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    severity: Vec<Severity<'a>>,
    #[serde(default, deserialize_with = "nullable")]
    ecosystem_specific: EcosystemPart,
    #[serde(default, deserialize_with = "nullable")]
    database_specific: DatabasePart,
}

#[derive(Deserialize)]
struct PackagePart<'a> {
    #[serde(borrow, default)]
    ecosystem: Cow<'a, str>,
    #[serde(borrow, default)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct RangePart<'a> {
    #[serde(borrow, rename = "type", default)]
    kind: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    events: Vec<Event<'a>>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default)]
    introduced: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    fixed: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    last_affected: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    limit: Option<Cow<'a, str>>,
}

/// What ecosystems add about a package: Debian its urgency, Ubuntu its priority, binaries and who
/// gets the fix, SUSE its binaries.
#[derive(Default, Deserialize)]
struct EcosystemPart {
    #[serde(default)]
    urgency: Option<Value>,
    #[serde(default)]
    ubuntu_priority: Option<Value>,
    #[serde(default)]
    availability: Option<Value>,
    #[serde(default)]
    binaries: Option<Value>,
}

fn advisory(
    name: &str,
    record: &Record<'_>,
    wanted: &dyn Fn(Ecosystem) -> bool,
    tally: &mut Tally,
) -> Result<Advisory, FeedError> {
    if record.id.is_empty() {
        return Err(FeedError::new(name, "it has no id"));
    }
    let mut res = Advisory {
        id: record.id.to_string(),
        published: known_time(&record.published),
        modified: known_time(&record.modified),
        withdrawn: record.withdrawn.as_deref().map(parse_time),
        malicious: record.id.starts_with("MAL-"),
        weaknesses: weaknesses(record),
        ..Advisory::default()
    };
    names(record, &mut res);
    for severity in record.severity.iter().chain(record.affected.iter().flat_map(|it| &it.severity))
    {
        add_score(severity, &mut res.cvss);
    }
    if record.database_specific.is_notice() {
        tally.leave_out(LeftOut::NoVulnerability, record.affected.len());
        return Ok(res);
    }
    tally.leave_out(LeftOut::TooMany, record.affected.len().saturating_sub(MAX_ROWS));
    for affected in record.affected.iter().take(MAX_ROWS) {
        match rows(affected, record, wanted) {
            Ok(rows) => res.affected.extend(rows),
            Err(why) => tally.leave_out(why, 1),
        }
    }
    let n_rows = res.affected.len();
    res.affected.sort();
    res.affected.dedup();
    tally.leave_out(LeftOut::Repeated, n_rows - res.affected.len());
    Ok(res)
}

/// Go's database writes the year 1 where it knows no moment.
fn known_time(text: &str) -> i64 {
    parse_time(text).max(0)
}

/// Which names are the same fault, and which are faults that an erratum bundles.
fn names(record: &Record<'_>, advisory: &mut Advisory) {
    let others = |list: &[Cow<'_, str>]| -> Vec<String> {
        let mut res: Vec<String> = list
            .iter()
            .filter(|it| **it != record.id && !it.is_empty())
            .take(MAX_NAMES)
            .map(ToString::to_string)
            .collect();
        res.sort();
        res.dedup();
        res
    };
    advisory.aliases = others(&record.aliases);
    advisory.upstream = others(&record.upstream);
    // In records about one fault, `related` names what others wrote about similar ones. In errata
    // of vendors who do not fill `upstream`, it names the faults that are mended.
    let is_one_fault = ["CVE-", "GHSA-", "PYSEC-", "GO-", "RUSTSEC-", "MAL-", "OSV-", "DEBIAN-"]
        .iter()
        .any(|it| record.id.starts_with(it));
    if is_one_fault || !advisory.upstream.is_empty() {
        return;
    }
    let faults: Vec<String> = others(&record.related)
        .into_iter()
        .filter(|it| it.starts_with("CVE-") || it.starts_with("GHSA-"))
        .collect();
    let n_cves = faults.iter().filter(|it| it.starts_with("CVE-")).count();
    // An advisory of Chainguard is about one fault in one package, whatever its number of names.
    if record.id.starts_with("CGA-") && n_cves <= 1 {
        advisory.aliases.extend(faults);
        advisory.aliases.sort();
        advisory.aliases.dedup();
    } else {
        advisory.upstream = faults;
    }
}

fn weaknesses(record: &Record<'_>) -> Vec<u32> {
    let list = record.database_specific.cwe_ids.as_ref().and_then(Value::as_array);
    let mut res: Vec<u32> = list
        .into_iter()
        .flatten()
        .take(MAX_NAMES)
        .filter_map(|it| it.as_str()?.strip_prefix("CWE-")?.parse().ok())
        .collect();
    res.sort_unstable();
    res.dedup();
    res
}

fn add_score(severity: &Severity<'_>, scores: &mut Vec<CvssScore>) {
    let is_known = severity.kind.starts_with("CVSS_");
    if !is_known
        || scores.len() >= MAX_SCORES
        || scores.iter().any(|it| it.vector == severity.score)
    {
        return;
    }
    scores.extend(CvssScore::new(severity.score.as_ref()));
}

impl DatabasePart {
    /// Whether it says that a record is no vulnerability: a package without a maintainer is none.
    fn is_notice(&self) -> bool {
        let word = self.informational.as_ref().and_then(Value::as_str);
        matches!(word, Some("unmaintained" | "notice"))
    }
}

/// The rows of one affected package.
fn rows(
    affected: &AffectedPart<'_>,
    record: &Record<'_>,
    wanted: &dyn Fn(Ecosystem) -> bool,
) -> Result<Vec<Affected>, LeftOut> {
    let Some(package) = &affected.package else { return Err(LeftOut::OnlyCommits) };
    let Some(partition) = Partition::parse(&package.ecosystem) else {
        return Err(if package.name.is_empty() {
            LeftOut::OnlyCommits
        } else {
            LeftOut::OtherEcosystem
        });
    };
    let Partition { ecosystem, release, product } = partition;
    if !wanted(ecosystem) {
        return Err(LeftOut::OtherEcosystem);
    }
    if package.name.is_empty() {
        return Err(LeftOut::NotAPackage);
    }
    // The release of an image of these is always known, so rows without one are never looked up.
    if release.is_empty() && matches!(ecosystem, Ecosystem::RedHat | Ecosystem::Suse) {
        return Err(LeftOut::OtherProduct);
    }
    if affected.database_specific.is_notice() {
        return Err(LeftOut::NoVulnerability);
    }
    // A package is built once for all repositories of a release, so in which of them it stands says
    // nothing. Products with a life of their own keep their whole name, which has a colon.
    let is_repository = ecosystem == Ecosystem::RedHat && !product.contains(':');
    let product = if is_repository { String::new() } else { product };
    let row = row(affected, ecosystem, release, product, record)?;
    Ok(also_upstream(row).collect())
}

fn row(
    affected: &AffectedPart<'_>,
    ecosystem: Ecosystem,
    release: String,
    product: String,
    record: &Record<'_>,
) -> Result<Affected, LeftOut> {
    let name = affected.package.as_ref().map(|it| it.name.to_string()).unwrap_or_default();
    let ranges: Vec<AffectedRange> = affected
        .ranges
        .iter()
        .filter(|it| it.kind != "GIT")
        .flat_map(|it| ranges(&it.events, ecosystem))
        .take(MAX_RANGES)
        .collect();
    let mut res = Affected {
        versions: Vec::new(),
        binaries: Vec::new(),
        module: module(&affected.ranges, record.summary.as_deref().unwrap_or_default()),
        status: status(&ranges),
        reason: String::new(),
        severity: None,
        package: name,
        ecosystem,
        release,
        product,
        ranges,
    };
    res.versions = versions(&affected.versions, &res);
    let has_only_commits = !affected.ranges.is_empty() && res.ranges.is_empty();
    if has_only_commits && res.versions.is_empty() {
        return Err(LeftOut::OnlyCommits);
    }
    let extra = &affected.ecosystem_specific;
    let urgency = word(extra.urgency.as_ref())
        .or_else(|| word(extra.ubuntu_priority.as_ref()))
        .unwrap_or_default();
    if urgency == "end-of-life" {
        res.status = AffectedStatus::EndOfLife;
    } else if urgency == "unimportant" {
        urgency.clone_into(&mut res.reason);
    }
    let general =
        || word(record.database_specific.severity.as_ref()).and_then(|it| vendor_severity(&it));
    let of_row =
        || word(affected.database_specific.severity.as_ref()).and_then(|it| vendor_severity(&it));
    res.severity = vendor_severity(&urgency).or_else(of_row).or_else(general);
    let is_for_subscribers =
        word(extra.availability.as_ref()).is_some_and(|it| it.contains("ubuntu pro"));
    if is_for_subscribers && res.product.is_empty() {
        "Pro".clone_into(&mut res.product);
    }
    res.binaries = extra.binaries.as_ref().map(binaries).unwrap_or_default();
    Ok(res)
}

/// A text in any letters as small ones.
fn word(value: Option<&Value>) -> Option<String> {
    Some(value?.as_str()?.to_lowercase())
}

/// Docker's records on programs that it builds from source have upstream's versions, so they are
/// true of such a program wherever it comes from.
fn also_upstream(row: Affected) -> impl Iterator<Item = Affected> {
    let upstream = (row.ecosystem == Ecosystem::DockerHardened)
        .then(|| Affected { ecosystem: Ecosystem::Upstream, ..row.clone() });
    std::iter::once(row).chain(upstream)
}

/// Versions that are listed and in no range. Distributions' lists were made from the range, on the
/// day that the record was made, so beside a range they say nothing.
fn versions(listed: &[Cow<'_, str>], row: &Affected) -> Vec<String> {
    let scheme = row.ecosystem.scheme();
    let is_language = row.ecosystem >= Ecosystem::Npm;
    if !row.ranges.is_empty() && !is_language {
        return Vec::new();
    }
    listed
        .iter()
        .take(MAX_VERSIONS)
        .filter(|it| !row.ranges.iter().take(8).any(|range| range.contains(scheme, it)))
        .map(ToString::to_string)
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Introduced,
    Fixed,
    LastAffected,
}

/// Turns events into half-open ranges, in the order of the ecosystem.
fn ranges(events: &[Event<'_>], ecosystem: Ecosystem) -> Vec<AffectedRange> {
    let scheme = ecosystem.scheme();
    let mut points: Vec<(&str, Kind)> = Vec::with_capacity(events.len());
    for event in events.iter().take(MAX_RANGES * 2) {
        points.extend(event.points());
    }
    points.sort_by(|one, other| {
        // "0" is before every version, whatever the ecosystem's order says.
        let zero = (other.0 == "0").cmp(&(one.0 == "0"));
        zero.then_with(|| compare(scheme, one.0, other.0))
    });
    let mut res: Vec<AffectedRange> = Vec::new();
    let mut open: Option<Option<String>> = None;
    let is_same = |a: &(&str, Kind), b: &(&str, Kind)| {
        (a.0 == "0") == (b.0 == "0") && compare(scheme, a.0, b.0).is_eq()
    };
    for at_version in points.chunk_by(is_same) {
        // What is open ends before the next range begins at the same version; what is not open
        // begins before it ends, as in `introduced` 0 and `fixed` 0, which is no version at all.
        let introduced = at_version.iter().find(|it| it.1 == Kind::Introduced);
        let end = at_version.iter().find(|it| it.1 != Kind::Introduced);
        let was_open = open.is_some();
        if let (Some((version, _)), false) = (introduced, was_open) {
            open = Some((*version != "0").then(|| (*version).to_owned()));
        }
        let is_empty = !was_open && introduced.is_some_and(|it| it.0 != "0");
        if let Some((version, kind)) = end
            && let Some(from) = open.take()
            && (*kind == Kind::LastAffected || !is_empty)
        {
            let end = match kind {
                Kind::LastAffected => RangeEnd::LastAffected((*version).to_owned()),
                _ => RangeEnd::Fixed((*version).to_owned()),
            };
            res.push(AffectedRange { introduced: from, end });
        }
        if let (Some((version, _)), true) = (introduced, was_open && open.is_none()) {
            open = Some(Some((*version).to_owned()));
        }
    }
    res.extend(open.map(|introduced| AffectedRange { introduced, end: RangeEnd::Open }));
    res
}

impl Event<'_> {
    /// A limit is where a range ends, as a fix is.
    fn points(&self) -> impl Iterator<Item = (&str, Kind)> {
        [
            (&self.introduced, Kind::Introduced),
            (&self.fixed, Kind::Fixed),
            (&self.last_affected, Kind::LastAffected),
            (&self.limit, Kind::Fixed),
        ]
        .into_iter()
        .filter_map(|(it, kind)| Some((it.as_deref()?, kind)))
        .filter(|it| it.0 != "*")
    }
}

fn status(ranges: &[AffectedRange]) -> AffectedStatus {
    let is_empty = |it: &AffectedRange| {
        it.introduced.is_none() && matches!(&it.end, RangeEnd::Fixed(version) if version == "0")
    };
    if !ranges.is_empty() && ranges.iter().all(is_empty) {
        AffectedStatus::NotAffected
    } else if ranges.iter().any(|it| matches!(it.end, RangeEnd::Fixed(_))) {
        AffectedStatus::Fixed
    } else {
        AffectedStatus::Affected
    }
}

/// The module stream that versions are of, as far as the record's title tells it.
fn module(ranges: &[RangePart<'_>], title: &str) -> String {
    let is_modular = |it: &Event<'_>| it.fixed.as_deref().is_some_and(crate::rocky::has_module_tag);
    if ranges.iter().flat_map(|it| &it.events).any(is_modular) {
        stream_in_title(title)
    } else {
        String::new()
    }
}

/// The one stream that a title names (`nodejs:18 security update`); empty where it names none or
/// several, so that a package is told by its own version.
pub(crate) fn stream_in_title(title: &str) -> String {
    let is_name = |it: &str| {
        !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it))
    };
    let mut streams = title
        .split_whitespace()
        .filter_map(|it| it.trim_end_matches([',', ';', '.']).split_once(':'))
        .filter(|(name, stream)| is_name(name) && is_name(stream));
    match (streams.next(), streams.next()) {
        (Some((name, stream)), None) => format!("{name}:{stream}"),
        _ => String::new(),
    }
}

/// Names of binary packages: a list of maps from name to version (SUSE), or of objects with
/// `binary_name` (Ubuntu).
fn binaries(value: &Value) -> Vec<String> {
    let mut res = Vec::new();
    for item in value.as_array().into_iter().flatten().filter_map(Value::as_object) {
        match item.get("binary_name").and_then(Value::as_str) {
            Some(name) => res.push(name.to_owned()),
            None => res.extend(item.keys().cloned()),
        }
        if res.len() > MAX_BINARIES {
            // A list that is cut would clear the packages behind the cut; none speaks of all.
            return Vec::new();
        }
    }
    res.sort();
    res.dedup();
    res
}

/// A vendor's word on our scale.
pub(crate) fn vendor_severity(word: &str) -> Option<VendorSeverity> {
    Some(match word.to_ascii_lowercase().as_str() {
        "unimportant" | "negligible" => VendorSeverity::Negligible,
        "low" => VendorSeverity::Low,
        "medium" | "moderate" => VendorSeverity::Medium,
        "high" | "important" => VendorSeverity::High,
        "critical" => VendorSeverity::Critical,
        _ => return None,
    })
}

/// A record with more rows than this is cut; the largest seen has a tenth of them.
const MAX_ROWS: usize = 100_000;

/// Ranges of one row.
const MAX_RANGES: usize = 4_096;

/// Versions of one row that are listed one by one.
const MAX_VERSIONS: usize = 20_000;

/// Names of one record.
const MAX_NAMES: usize = 10_000;

/// Scores of one record.
const MAX_SCORES: usize = 64;

/// Binary packages of one row.
const MAX_BINARIES: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::{read_modified_ids, read_osv, read_osv_yaml};
    use crate::sink::{LeftOut, Tally};
    use plimsoll_package::{
        Advisory, AffectedRange, AffectedStatus, Ecosystem, RangeEnd, VendorSeverity,
    };

    fn read(text: &str) -> Advisory {
        read_osv("a", text.as_bytes(), &|_| true, &mut Tally::default()).unwrap()
    }

    fn show(range: &AffectedRange) -> String {
        let from = range.introduced.as_deref().unwrap_or("*");
        match &range.end {
            RangeEnd::Open => format!("{from}.."),
            RangeEnd::Fixed(version) => format!("{from}..{version}"),
            RangeEnd::LastAffected(version) => format!("{from}..={version}"),
        }
    }

    #[test]
    fn only_rows_of_wanted_and_known_ecosystems_are_kept() {
        let text = r#"{"id": "CVE-2099-1", "modified": "2024-01-02T03:04:05Z", "affected": [
            {"package": {"ecosystem": "Debian:12", "name": "a"},
             "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
             "versions": ["1", "2"], "ecosystem_specific": {"urgency": "unimportant"}},
            {"package": {"ecosystem": "Alpine:v3.20", "name": "a"},
             "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "0"}]}]},
            {"package": {"ecosystem": "Somewhere", "name": "a"}},
            {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}]}"#;
        let all = read(text);
        assert_eq!(all.affected.len(), 2);
        let debian = &all.affected[0];
        assert_eq!((debian.ecosystem, debian.release.as_str()), (Ecosystem::Debian, "12"));
        assert_eq!(debian.status, AffectedStatus::Affected);
        assert_eq!(debian.reason, "unimportant");
        assert_eq!(debian.severity, Some(VendorSeverity::Negligible));
        assert!(debian.versions.is_empty(), "a snapshot of an open range says nothing");
        assert_eq!(all.affected[1].status, AffectedStatus::NotAffected, "fixed in 0");
        let mut tally = Tally::default();
        let alpine =
            read_osv("a", text.as_bytes(), &|it| it == Ecosystem::Alpine, &mut tally).unwrap();
        assert_eq!(alpine.affected.len(), 1);
        assert_eq!(tally.left_out.get(&LeftOut::OtherEcosystem), Some(&2));
        assert_eq!(tally.left_out.get(&LeftOut::OnlyCommits), Some(&1));
    }

    #[test]
    fn events_become_ranges_in_any_order() {
        let text = r#"{"id": "GHSA-x", "affected": [{"package": {"ecosystem": "npm", "name": "@a/b"},
            "ranges": [{"type": "SEMVER", "events": [{"fixed": "2.1.0"}, {"introduced": "2.0.0"},
                {"introduced": "0"}, {"fixed": "1.10.0"}, {"introduced": "3.0.0-rc.1"},
                {"last_affected": "3.0.5"}, {"introduced": "10.0.0"}]}]}],
            "database_specific": {"severity": "MODERATE", "cwe_ids": ["CWE-79", "CWE-20"]},
            "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
                {"type": "CVSS_V3", "score": "nonsense"}], "aliases": ["CVE-2099-2", "GHSA-x"]}"#;
        let advisory = read(text);
        let row = &advisory.affected[0];
        let ranges: Vec<String> = row.ranges.iter().map(show).collect();
        assert_eq!(ranges, ["*..1.10.0", "2.0.0..2.1.0", "3.0.0-rc.1..=3.0.5", "10.0.0.."]);
        assert_eq!(row.severity, Some(VendorSeverity::Medium));
        assert_eq!(advisory.weaknesses, [20, 79]);
        assert_eq!(advisory.aliases, ["CVE-2099-2"]);
        assert_eq!(advisory.cvss.len(), 1);
        assert!((advisory.cvss[0].score - 9.8).abs() < 0.01);
    }

    #[test]
    fn an_erratum_bundles_faults_and_does_not_glue_them() {
        let advisory = read(
            r#"{"id": "RHSA-2099:1", "related": ["CVE-2099-1", "CVE-2099-2"],
            "summary": "Red Hat Security Advisory: nodejs:18 security update", "affected": [
            {"package": {"ecosystem": "Red Hat:enterprise_linux:8::appstream", "name": "nodejs"},
             "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"},
                {"fixed": "1:18.1-1.module+el8.9.0+1+ab"}]}]}]}"#,
        );
        assert!(advisory.aliases.is_empty());
        assert_eq!(advisory.upstream, ["CVE-2099-1", "CVE-2099-2"]);
        let row = &advisory.affected[0];
        assert_eq!((row.release.as_str(), row.module.as_str()), ("8", "nodejs:18"));
        assert_eq!(row.product, "");
        let one = read(r#"{"id": "CGA-1", "related": ["CGA-1", "CVE-2099-1", "GHSA-x"]}"#);
        assert_eq!(one.aliases, ["CVE-2099-1", "GHSA-x"]);
        assert!(one.upstream.is_empty());
        let cve = read(r#"{"id": "CVE-2099-1", "related": ["RHSA-2099:1", "CVE-2099-9"]}"#);
        assert!(cve.aliases.is_empty() && cve.upstream.is_empty());
    }

    #[test]
    fn versions_count_where_no_range_stands() {
        let advisory = read(
            r#"{"id": "MAL-2099-1", "withdrawn": "2024-01-01T00:00:00Z", "affected": [
            {"package": {"ecosystem": "PyPI", "name": "evil"}, "versions": ["1.0", "1.1"]},
            {"package": {"ecosystem": "PyPI", "name": "git-only"},
             "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}]}"#,
        );
        assert!(advisory.malicious);
        assert!(advisory.withdrawn.is_some());
        assert_eq!(advisory.affected.len(), 1);
        assert_eq!(advisory.affected[0].versions, ["1.0", "1.1"]);
    }

    #[test]
    fn binaries_are_read_in_both_forms() {
        let advisory = read(
            r#"{"id": "UBUNTU-CVE-2099-1", "upstream": ["CVE-2099-1"], "affected": [
            {"package": {"ecosystem": "Ubuntu:Pro:22.04:LTS", "name": "a"},
             "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}],
             "ecosystem_specific": {"ubuntu_priority": "high",
                "binaries": [{"binary_name": "liba", "binary_version": "2"}]}},
            {"package": {"ecosystem": "SUSE:Linux Enterprise Server 15 SP5", "name": "a"},
             "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}],
             "ecosystem_specific": {"binaries": [{"libb": "2", "libc": "2"}]}}]}"#,
        );
        let ubuntu = &advisory.affected[0];
        assert_eq!((ubuntu.product.as_str(), ubuntu.severity), ("Pro", Some(VendorSeverity::High)));
        assert_eq!(ubuntu.binaries, ["liba"]);
        assert_eq!(advisory.affected[1].binaries, ["libb", "libc"]);
    }

    #[test]
    fn ranges_that_touch_are_both_kept() {
        for (events, expected) in [
            (r#"{"introduced":"1"},{"fixed":"2"},{"introduced":"2"},{"fixed":"3"}"#, "1..2 2..3"),
            (r#"{"introduced":"2"},{"fixed":"2"}"#, ""),
            (r#"{"introduced":"2"},{"last_affected":"2"}"#, "2..=2"),
            (r#"{"introduced":"0"},{"limit":"*"}"#, "*.."),
            (r#"{"introduced":"0"},{"introduced":"1"},{"fixed":"2"}"#, "*..2"),
        ] {
            let advisory = read(&format!(
                r#"{{"id": "a", "affected": [{{"package": {{"ecosystem": "npm", "name": "a"}},
                "versions": ["9"], "ranges": [{{"type": "SEMVER", "events": [{events}]}}]}}]}}"#
            ));
            let ranges: Vec<_> = advisory.affected[0].ranges.iter().map(show).collect();
            assert_eq!(ranges.join(" "), expected);
        }
    }

    #[test]
    fn a_title_tells_a_stream_only_if_it_names_one() {
        for (title, stream) in [
            ("Important: php:7.4 security update", "php:7.4"),
            ("Moderate: python38:3.8 and python38-devel:3.8 security update", ""),
            ("Moderate: openssl security update", ""),
        ] {
            assert_eq!(super::stream_in_title(title), stream);
        }
    }

    #[test]
    fn notices_are_no_vulnerabilities() {
        let mut tally = Tally::default();
        let text = r#"{"id": "RUSTSEC-2099-0001", "affected": [
            {"package": {"ecosystem": "crates.io", "name": "a"}, "versions": ["1"],
             "database_specific": {"informational": "unmaintained"}},
            {"package": {"ecosystem": "crates.io", "name": "b"}, "versions": ["1"],
             "database_specific": {"informational": "unsound"}}]}"#;
        let advisory = read_osv("a", text.as_bytes(), &|_| true, &mut tally).unwrap();
        assert_eq!(advisory.affected.len(), 1);
        assert_eq!(tally.left_out.get(&LeftOut::NoVulnerability), Some(&1));
    }

    #[test]
    fn a_record_of_docker_counts_for_the_program_wherever_it_is() {
        let advisory = read(
            r#"{"id": "CVE-2099-1", "affected": [{"package": {"ecosystem": "DHI", "name": "node"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "20.0.0"}, {"fixed": "20.1"}]}],
            "database_specific": {"severity": "low"}}]}"#,
        );
        let ecosystems: Vec<_> = advisory.affected.iter().map(|it| it.ecosystem).collect();
        assert_eq!(ecosystems, [Ecosystem::DockerHardened, Ecosystem::Upstream]);
        assert_eq!(advisory.affected[1].severity, Some(VendorSeverity::Low));
    }

    #[test]
    fn records_in_yaml_are_the_same_records() {
        let text = b"id: PYSEC-2099-1\nmodified: 2024-01-01T00:00:00Z\naffected:\n- package:\n    \
            name: a\n    ecosystem: PyPI\n  ranges:\n  - type: ECOSYSTEM\n    events:\n    \
            - introduced: \"0\"\n    - fixed: 1.10\n  versions:\n  - 1.9\n  - 2.0\n";
        let advisory = read_osv_yaml("a", text, &|_| true, &mut Tally::default()).unwrap();
        let row = &advisory.affected[0];
        assert_eq!(row.ranges.iter().map(show).collect::<Vec<_>>(), ["*..1.10"]);
        assert_eq!(row.versions, ["2.0"], "a version outside of the range is affected too");
    }

    #[test]
    fn changes_are_read_until_the_last_known_one() {
        let text = "2025-01-03T00:00:00Z,PyPI/A-1\n2025-01-02T00:00:00Z,A-2\n\
            2025-01-01T00:00:00Z,A-3\nnonsense\n";
        let read = |since| read_modified_ids(text, crate::parse_time(since)).collect::<Vec<_>>();
        let ids: Vec<_> = read("2025-01-01").into_iter().map(|it| it.unwrap().1).collect();
        assert_eq!(ids, ["PyPI/A-1", "A-2"]);
        assert!(read("2024-01-01").last().unwrap().is_err());
        assert!(read_modified_ids("2025-01-03,../../a", 0).next().unwrap().is_err());
    }

    #[test]
    fn what_is_no_record_is_an_error() {
        for text in ["", "[]", "{}", "{\"id\": 1}", "{\"id\": \"x\", \"affected\": 1}"] {
            assert!(
                read_osv("a", text.as_bytes(), &|_| true, &mut Tally::default()).is_err(),
                "{text}"
            );
        }
    }
}
