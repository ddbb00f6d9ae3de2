//! Known faults of the packages of an image: as findings, and as what outputs show of them.

use std::collections::BTreeMap;

use plimsoll_finding::{Confidence, Disposition, Finding};
use plimsoll_package::{Distribution, Ecosystem, Package, VendorSeverity};
use plimsoll_report::image::Vulnerability;
use plimsoll_vuln::{
    Exposure, MALICIOUS_PACKAGE, Match, MatchOptions, Matches, PackageRef, SeverityOrigin, Store,
    StoreError, VULNERABLE_PACKAGE, finding_severity, match_packages,
};

use super::{contents::Contents, describe::package_place};

/// What matching came to.
#[derive(Default)]
pub(crate) struct Known {
    /// One for each fault of each package; the finding of one has the same number.
    pub(crate) vulnerabilities: Vec<Vulnerability>,
    /// The findings.
    pub(crate) findings: Vec<Finding>,
    /// What could not be judged, and why.
    pub(crate) gaps: Vec<String>,
    /// By which ecosystems' rows it was judged, and the sources of those.
    pub(crate) asked: BTreeMap<Ecosystem, u64>,
}

/// How packages are judged.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MatchChoice {
    /// Statements of lock files too.
    pub(crate) with_statements: bool,
    /// Only what has a fix.
    pub(crate) only_fixable: bool,
    /// How the image is reached.
    pub(crate) exposure: Exposure,
}

/// Judges the packages of `contents` by `store`.
pub(crate) fn judge_packages(
    name: &str,
    contents: &Contents,
    store: &Store<'_>,
    choice: MatchChoice,
) -> Result<Known, StoreError> {
    let all = &contents.inventory().packages;
    let packages: Vec<PackageRef<'_>> = all
        .iter()
        .map(|it| PackageRef {
            package: &it.package,
            owner: it.owner.and_then(|owner| all.get(owner)).map(|it| &it.package),
        })
        .collect();
    let sets = &contents.inventory().content_sets;
    let options = MatchOptions {
        products: (!sets.is_empty()).then_some(sets.as_slice()),
        with_statements: choice.with_statements,
        exposure: choice.exposure,
    };
    let distribution: Option<&Distribution> = contents.inventory().distribution.as_ref();
    let res = match_packages(store, distribution, &packages, &options)?;
    let Matches { matches, gaps, asked, .. } = res;
    let gaps = gaps.iter().map(ToString::to_string).collect();
    let mut res = Known { gaps, asked, ..Known::default() };
    for found in &matches {
        if choice.only_fixable && found.fixed_in.is_none() {
            continue;
        }
        let Some(package) = all.get(found.package) else { continue };
        let mut vulnerability = shown(found)?;
        vulnerability.finding = res.findings.len();
        let place = package_place(name, contents, &package.package, package.layer);
        res.findings.push(finding(found, &vulnerability, &package.package, place));
        res.vulnerabilities.push(vulnerability);
    }
    Ok(res)
}

fn finding(
    found: &Match<'_>,
    vulnerability: &Vulnerability,
    package: &Package,
    place: plimsoll_finding::Place,
) -> Finding {
    let rule = if found.vulnerability.malicious { &MALICIOUS_PACKAGE } else { &VULNERABLE_PACKAGE };
    let fixed = match (&vulnerability.fixed_in, found.fixed_for_subscribers) {
        (Some(version), _) => format!("fixed in {version}"),
        (None, Some(version)) => format!("fixed for subscribers in {version}"),
        (None, None) => format!("no fix: {}", found.status.name()),
    };
    let mut names = vec![vulnerability.id.clone()];
    names.extend(vulnerability.aliases.iter().cloned());
    Finding {
        rule,
        severity: vulnerability.severity,
        confidence: Confidence::High,
        message: format!(
            "{} in {} {}: {fixed}",
            vulnerability.id,
            package.full_name(),
            package.version
        ),
        place,
        related: Vec::new(),
        evidence: vulnerability
            .urgency_parts
            .iter()
            .map(|(part, words)| format!("{part}: {words}"))
            .collect(),
        fixes: Vec::new(),
        secrets: Vec::new(),
        disposition: Disposition::Open,
        names,
        fingerprint: String::new(),
    }
}

fn shown(found: &Match<'_>) -> Result<Vulnerability, StoreError> {
    let fault = &found.vulnerability;
    let mut aliases: Vec<String> = found
        .aliases
        .iter()
        .chain(&found.told_by)
        .filter(|it| **it != fault.id)
        .map(|it| (*it).to_owned())
        .collect();
    aliases.sort();
    aliases.dedup();
    let severity = if fault.malicious { Some(VendorSeverity::Critical) } else { found.severity };
    Ok(Vulnerability {
        id: fault.id.to_owned(),
        aliases,
        package: found.package,
        status: found.status,
        reason: found.reason.to_owned(),
        fixed_in: found.fixed_in.map(str::to_owned),
        severity: finding_severity(severity),
        severity_source: severity_source(found.severity_origin).to_owned(),
        vendor_severity: found.vendor_severity,
        cvss: fault.cvss()?,
        known_exploited: fault.known_exploited.map(|it| it.added.to_string()),
        epss: fault.epss.map(|it| it.score),
        urgency: found.urgency.score,
        urgency_parts: urgency_parts(found),
        published: fault.published,
        finding: 0,
    })
}

fn severity_source(origin: SeverityOrigin) -> &'static str {
    match origin {
        SeverityOrigin::Vendor => "vendor",
        SeverityOrigin::VendorDecision => "vendor's decision",
        SeverityOrigin::Cvss => "CVSS",
        SeverityOrigin::Malicious => "malicious",
        SeverityOrigin::Nowhere => "not known",
    }
}

fn urgency_parts(found: &Match<'_>) -> Vec<(&'static str, String)> {
    let urgency = found.urgency;
    let mut res = vec![("urgency", format!("{} of 100", urgency.score))];
    if let Some(known) = found.vulnerability.known_exploited {
        let ransomware = if known.ransomware { ", by ransomware too" } else { "" };
        res.push(("known exploited", format!("since {}{ransomware}", known.added)));
    }
    match found.vulnerability.epss {
        Some(epss) => res.push((
            "likelihood",
            format!("{:.1} % within 30 days (EPSS)", f64::from(epss.score) * 100.0),
        )),
        None => res.push(("likelihood", "not known".to_owned())),
    }
    let severity = found.severity.map_or("not known", |it| match it {
        VendorSeverity::Negligible => "negligible",
        VendorSeverity::Low => "low",
        VendorSeverity::Medium => "medium",
        VendorSeverity::High => "high",
        VendorSeverity::Critical => "critical",
    });
    res.push(("severity", format!("{severity}, by {}", severity_source(found.severity_origin))));
    if !found.reason.is_empty() {
        res.push(("the vendor says", found.reason.to_owned()));
    }
    res
}
