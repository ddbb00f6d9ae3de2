//! Red Hat's CSAF-VEX documents, one for each CVE: every product and package with its state. They
//! tell both what the errata tell and what the Security Data API tells.

use std::collections::BTreeMap;

use plimsoll_package::{
    Advisory, Affected, AffectedRange, AffectedStatus, CvssScore, Ecosystem, Partition, Purl,
    RangeEnd, VendorSeverity, parse_purl,
};

use crate::{
    csaf::{Document, Tree, Vulnerability},
    error::FeedError,
    osv::vendor_severity,
    red_hat::{partition, status_of, weaknesses},
    rocky::has_module_tag,
    sink::{LeftOut, Sink},
    time::parse_time,
};

/// Reads one document.
pub fn read_red_hat_csaf(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let document: Document<'_> =
        serde_json::from_slice(bytes).map_err(|it| FeedError::new(name, it))?;
    let tree = Tree::new(&document.product_tree);
    let severity = vendor_severity(&document.document.aggregate_severity.text);
    for vulnerability in &document.vulnerabilities {
        let Some(cve) = vulnerability.cve.as_deref().filter(|it| it.starts_with("CVE-")) else {
            sink.unreadable(FeedError::new(name, "a vulnerability has no CVE"));
            continue;
        };
        let scores = vulnerability.scores.iter().flat_map(|it| [&it.cvss_v3, &it.cvss_v2]);
        let mut cvss: Vec<CvssScore> = Vec::new();
        for vector in scores.flatten() {
            if !cvss.iter().any(|it| it.vector == vector.vector) && cvss.len() < MAX_SCORES {
                cvss.extend(CvssScore::new(vector.vector.as_ref()));
            }
        }
        let affected = rows(vulnerability, &tree, severity, sink);
        sink.advisory(Advisory {
            id: format!("REDHAT-{cve}"),
            aliases: vec![cve.to_owned()],
            cvss,
            published: vulnerability.release_date.as_deref().map_or(0, parse_time),
            modified: parse_time(&document.document.tracking.current_release_date),
            weaknesses: vulnerability.cwe.as_ref().map(|it| weaknesses(&it.id)).unwrap_or_default(),
            link: format!("https://access.redhat.com/security/cve/{cve}"),
            affected,
            ..Advisory::default()
        });
    }
    Ok(())
}

fn rows(
    vulnerability: &Vulnerability<'_>,
    tree: &Tree<'_>,
    severity: Option<VendorSeverity>,
    sink: &mut Sink<'_>,
) -> Vec<Affected> {
    let words = states(vulnerability);
    let mut res = Vec::new();
    for (group, products) in &vulnerability.product_status {
        sink.leave_out(LeftOut::TooMany, products.len().saturating_sub(MAX_PRODUCTS));
        for product in products.iter().take(MAX_PRODUCTS) {
            let word = words.get(product.as_str()).copied();
            let (status, reason) = match (group.as_str(), word) {
                ("fixed" | "first_fixed", _) => (AffectedStatus::Fixed, ""),
                ("known_not_affected", _) => (AffectedStatus::NotAffected, ""),
                ("known_affected", Some(word)) => status_of(word),
                ("known_affected", None) => (AffectedStatus::Affected, ""),
                ("under_investigation", _) => (AffectedStatus::UnderInvestigation, ""),
                _ => continue,
            };
            match row(product, status, tree) {
                Ok(row) => res.push(Affected { reason: reason.to_owned(), severity, ..row }),
                Err(why) => sink.leave_out(why, 1),
            }
        }
    }
    res.sort();
    res.dedup();
    res
}

/// Red Hat's own word for the state of each product without a fix. Documents write it as the
/// details of a remediation.
fn states<'v>(vulnerability: &'v Vulnerability<'_>) -> BTreeMap<&'v str, &'v str> {
    let is_state = |it: &&crate::csaf::Words<'_>| {
        matches!(it.category.as_ref(), "none_available" | "no_fix_planned" | "fix_planned")
    };
    let remediations = vulnerability.remediations.iter().filter(is_state);
    remediations
        .flat_map(|it| it.product_ids.iter().map(|id| (id.as_str(), it.details.as_ref())))
        .collect()
}

fn row(product: &str, status: AffectedStatus, tree: &Tree<'_>) -> Result<Affected, LeftOut> {
    let (mut part, mut whole) = tree.parts(product).ok_or(LeftOut::NotAPackage)?;
    let mut stream = String::new();
    // A package in a module is one thing in another which is itself one in a product.
    for _ in 0..MAX_NESTING {
        let inner = tree.parts(whole).map(|(module, product)| ((part, module), product));
        let outer = tree.parts(part).map(|(inner_part, module)| ((inner_part, module), whole));
        let Some(((package, module), product)) = inner.or(outer) else { break };
        if let Some(purl) = purl_of(tree, module) {
            stream = module_stream(&purl);
        }
        (part, whole) = (package, product);
    }
    let cpe = tree.helper(whole).map(|it| it.cpe.as_ref()).unwrap_or_default();
    let partition = partition(cpe).ok_or(LeftOut::OtherProduct)?;
    let purl = purl_of(tree, part).ok_or(LeftOut::NotAPackage)?;
    if purl.kind != "rpm" {
        return Err(LeftOut::NotAPackage);
    }
    let architecture = purl.qualifiers.get("arch").map(String::as_str);
    let is_fixed = status == AffectedStatus::Fixed;
    let is_extra = purl.name.ends_with("-debuginfo") || purl.name.ends_with("-debugsource");
    if is_extra || (is_fixed && architecture == Some("src")) {
        return Err(LeftOut::NotInstalled);
    }
    if let Some(module) = purl.qualifiers.get("rpmmod") {
        stream = name_and_stream(module);
    }
    rpm_row(partition, &purl, status, stream)
}

fn rpm_row(
    partition: Partition,
    purl: &Purl,
    status: AffectedStatus,
    stream: String,
) -> Result<Affected, LeftOut> {
    let range = match status {
        AffectedStatus::Fixed => {
            let version = purl.version.as_deref().ok_or(LeftOut::NoVersion)?;
            let epoch = purl.qualifiers.get("epoch").map_or("0", String::as_str);
            Some(RangeEnd::Fixed(format!("{epoch}:{version}")))
        }
        AffectedStatus::NotAffected => None,
        _ => Some(RangeEnd::Open),
    };
    let is_modular = match &range {
        Some(RangeEnd::Fixed(version)) => has_module_tag(version),
        _ => true,
    };
    Ok(Affected {
        ecosystem: Ecosystem::RedHat,
        release: partition.release,
        product: partition.product,
        package: purl.name.clone(),
        binaries: Vec::new(),
        module: if is_modular { stream } else { String::new() },
        status,
        reason: String::new(),
        severity: None,
        ranges: range.map(|end| AffectedRange { introduced: None, end }).into_iter().collect(),
        versions: Vec::new(),
    })
}

fn purl_of(tree: &Tree<'_>, id: &str) -> Option<Purl> {
    parse_purl(&tree.helper(id)?.purl).ok()
}

/// The stream of a module's own purl: `pkg:rpmmod/redhat/nodejs@18:80900…`, or with the stream in
/// the name.
fn module_stream(purl: &Purl) -> String {
    if purl.kind != "rpmmod" {
        return String::new();
    }
    match &purl.version {
        Some(version) => name_and_stream(&format!("{}:{version}", purl.name)),
        None => name_and_stream(&purl.name),
    }
}

/// `nodejs:18` of `nodejs:18:8090020240101:rhel8`.
fn name_and_stream(module: &str) -> String {
    let mut parts = module.splitn(3, ':');
    match (parts.next(), parts.next()) {
        (Some(name), Some(stream)) => format!("{name}:{stream}"),
        _ => String::new(),
    }
}

/// Products of one status; the largest documents have some ten thousand.
const MAX_PRODUCTS: usize = 200_000;

/// Scores of one fault.
const MAX_SCORES: usize = 64;

/// How deep a product is in others: package, module, product.
const MAX_NESTING: usize = 4;

#[cfg(test)]
mod tests {
    use plimsoll_package::{AffectedStatus as S, VendorSeverity};

    use super::read_red_hat_csaf;
    use crate::sink::{Fact, LeftOut, Sink, Tally};

    #[test]
    fn fixes_and_states_are_read_with_their_stream() {
        let text = br#"{"document": {"aggregate_severity": {"text": "Important"},
            "tracking": {"id": "CVE-2099-1", "current_release_date": "2099-01-02T00:00:00Z"}},
            "product_tree": {"branches": [{"branches": [
            {"product": {"product_id": "AppStream-8", "product_identification_helper":
                {"cpe": "cpe:/a:redhat:enterprise_linux:8::appstream"}}},
            {"product": {"product_id": "rhel_9", "product_identification_helper":
                {"cpe": "cpe:/o:redhat:enterprise_linux:9"}}},
            {"product": {"product_id": "a", "product_identification_helper":
                {"purl": "pkg:rpm/redhat/a@1.0-2.el8?arch=x86_64&epoch=1"}}},
            {"product": {"product_id": "a-src", "product_identification_helper":
                {"purl": "pkg:rpm/redhat/a@1.0-2.el8?arch=src&epoch=1"}}},
            {"product": {"product_id": "node", "product_identification_helper": {"purl":
                "pkg:rpm/redhat/nodejs@18-1.module%2Bel8.9.0%2B1%2Ba?arch=x86_64"}}},
            {"product": {"product_id": "mod", "product_identification_helper":
                {"purl": "pkg:rpmmod/redhat/nodejs@18:8090020240101:rhel8"}}},
            {"product": {"product_id": "b", "product_identification_helper":
                {"purl": "pkg:rpm/redhat/b?arch=src"}}}]}],
            "relationships": [
            {"product_reference": "a", "relates_to_product_reference": "AppStream-8",
                "full_product_name": {"product_id": "8:a"}},
            {"product_reference": "a-src", "relates_to_product_reference": "AppStream-8",
                "full_product_name": {"product_id": "8:a-src"}},
            {"product_reference": "mod", "relates_to_product_reference": "AppStream-8",
                "full_product_name": {"product_id": "8:mod"}},
            {"product_reference": "node", "relates_to_product_reference": "8:mod",
                "full_product_name": {"product_id": "8:mod:node"}},
            {"product_reference": "b", "relates_to_product_reference": "rhel_9",
                "full_product_name": {"product_id": "9:b"}},
            {"product_reference": "a", "relates_to_product_reference": "rhel_9",
                "full_product_name": {"product_id": "9:a"}}]},
            "vulnerabilities": [{"cve": "CVE-2099-1", "cwe": {"id": "CWE-79"},
            "product_status": {"fixed": ["8:a", "8:a-src", "8:mod:node"],
                "known_affected": ["9:b", "odd"], "known_not_affected": ["9:a"]},
            "remediations": [{"category": "no_fix_planned", "details": "Will not fix",
                "product_ids": ["9:b"]}],
            "scores": [{"cvss_v3": {"vectorString":
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}}]}]}"#;
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        read_red_hat_csaf("a", text, &mut Sink::new(&mut tally, &mut take)).unwrap();
        let Fact::Advisory(advisory) = &facts[0] else { panic!("a record") };
        let rows: Vec<_> = advisory
            .affected
            .iter()
            .map(|it| (it.release.as_str(), it.module.as_str(), it.package.as_str(), it.status))
            .collect();
        let expected = [
            ("8", "", "a", S::Fixed),
            ("8", "nodejs:18", "nodejs", S::Fixed),
            ("9", "", "a", S::NotAffected),
            ("9", "", "b", S::WillNotFix),
        ];
        assert_eq!(rows, expected);
        assert!(advisory.affected[0].affects("1:1.0-1.el8"));
        assert!(!advisory.affected[0].affects("1:1.0-2.el8"));
        assert_eq!(advisory.affected[0].severity, Some(VendorSeverity::High));
        assert_eq!((advisory.cvss.len(), &advisory.weaknesses[..]), (1, &[79][..]));
        assert_eq!(tally.left_out.get(&LeftOut::NotInstalled), Some(&1));
        assert_eq!(tally.left_out.get(&LeftOut::NotAPackage), Some(&1));
    }
}
