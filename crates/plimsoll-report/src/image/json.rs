//! An image for machines: what it is, what is in it and what is wrong with it, in one document.

use std::io;

use plimsoll_finding::{Disposition, Finding};
use plimsoll_package::{AffectedStatus, VendorSeverity};
use plimsoll_policy::Verdict;
use serde::Serialize;

use crate::{
    image::{
        Advisories, FoundPackage, Image, Vulnerability,
        view::{View, day, total},
    },
    mask::Masks,
    run::Run,
    wire::v1::{self, Twins, image as wire},
};

/// Writes the document of `image` on one line: it is for machines, and large. Packages,
/// vulnerabilities and findings are turned into their wire form one by one.
pub fn write(
    image: &Image,
    verdict: &Verdict,
    run: &Run,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let view = View::new(image, verdict, &masks);
    let v1::Report { schema, tool, run, outcome, coverage, stats, .. } =
        v1::Report::frame(verdict, run, &masks);
    let head = Head { schema, tool, run, outcome, image: image_twin(&view) };
    let mut head = serde_json::to_vec(&head)?;
    // The object goes on after the fields that are known as a whole.
    head.pop();
    out.write_all(&head)?;
    array("packages", image.packages.iter().map(|it| package(&view, it)), out)?;
    vulnerabilities(&view, out)?;
    let twins = Twins::new(verdict, &masks);
    let all = verdict.findings.chunks().iter().flat_map(|it| twins.of(it)).enumerate();
    let others = all.filter(|it| !view.is_of_vulnerability(it.0)).map(|it| it.1);
    array("findings", others, out)?;
    array("advice", image.advice.iter().map(|it| advice(&view, it)), out)?;
    let tail = Tail {
        coverage,
        advisories: image.advisories.as_ref().map(advisories_twin),
        stats: image_stats(&view, stats),
    };
    let tail = serde_json::to_vec(&tail)?;
    out.write_all(b",")?;
    out.write_all(tail.strip_prefix(b"{").unwrap_or(&tail))?;
    writeln!(out)
}

/// The first fields of a [`wire::ImageReport`].
#[derive(Serialize)]
struct Head {
    schema: &'static str,
    tool: v1::Tool,
    run: v1::RunInfo,
    outcome: v1::Outcome,
    image: wire::Image,
}

/// Its last fields.
#[derive(Serialize)]
struct Tail {
    coverage: Vec<v1::Coverage>,
    advisories: Option<wire::Advisories>,
    stats: wire::ImageStats,
}

/// A further field of an open object: an array, written item by item.
fn array<T: Serialize>(
    name: &str,
    items: impl Iterator<Item = T>,
    mut out: &mut dyn io::Write,
) -> io::Result<()> {
    write!(out, ",\"{name}\":[")?;
    for (number, item) in items.enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        serde_json::to_writer(&mut out, &item)?;
    }
    out.write_all(b"]")
}

pub(crate) fn image_twin(view: &View<'_>) -> wire::Image {
    let image = view.image;
    let words = |text: &str| view.masks.text(text);
    let os = match (view.distribution(), image.platform.split('/').next()) {
        (name, Some(os)) if name.is_empty() => os.to_owned(),
        (name, _) => name,
    };
    wire::Image {
        name: words(&image.name),
        source: image.source,
        digest: image.digest.clone(),
        references: image.references.iter().map(|it| words(it)).collect(),
        os,
        platform: image.platform.clone(),
        created: image.created.clone(),
        distribution: image.distribution.as_ref().map(|it| wire::Distribution {
            id: it.id.clone(),
            version: it.version.clone(),
            codename: it.codename.clone(),
            name: it.pretty_name.clone(),
        }),
        support: image
            .support
            .as_ref()
            .map(|it| wire::Support { words: it.words.clone(), ended: it.is_dead }),
        base: image.base.as_ref().map(|it| wire::BaseImage {
            name: words(&it.name),
            evidence: words(&it.evidence),
            layers: it.n_layers,
            packages: image.packages.iter().filter(|it| it.in_base).count(),
            vulnerabilities: view.counts().in_base,
        }),
        settings: image
            .settings
            .iter()
            .map(|(name, value)| wire::Setting { name, value: words(value) })
            .collect(),
        layers: layers(view),
        size: total(&image.layers, |it| it.size),
        wasted: total(&image.layers, |it| it.wasted),
        owned_files: image.n_owned_files,
    }
}

fn layers(view: &View<'_>) -> Vec<wire::Layer> {
    let both = view.image.layers.iter().zip(view.by_layer());
    both.map(|(layer, counts)| wire::Layer {
        digest: layer.digest.clone(),
        instruction: view.masks.text(&layer.instruction),
        size: layer.size,
        files: layer.n_files,
        wasted: layer.wasted,
        in_base: layer.in_base,
        packages: counts.packages,
        vulnerabilities: counts.vulnerabilities,
        findings: counts.findings,
    })
    .collect()
}

fn package(view: &View<'_>, found: &FoundPackage) -> wire::Package {
    let package = &found.package;
    let owner = found.owner.and_then(|it| view.image.packages.get(it));
    wire::Package {
        name: package.full_name(),
        version: package.version.clone(),
        purl: found.purl.clone(),
        kind: package.kind.name(),
        installed: package.installed,
        development: package.development,
        range: package.range.clone(),
        layer: layer(view, found),
        layer_index: found.layer,
        in_base: found.in_base,
        owner: owner.map(|it| it.package.full_name()),
        path: package.path.clone(),
        architecture: package.architecture.clone(),
        licence: package.licence.clone(),
    }
}

/// The digest of the layer of a package, where there is one that has a digest.
fn layer(view: &View<'_>, found: &FoundPackage) -> Option<String> {
    let layer = view.image.layers.get(found.layer?)?;
    (!layer.digest.is_empty()).then(|| layer.digest.clone())
}

/// The vulnerabilities in their order. Findings come in theirs, so what is needed of each is kept.
fn vulnerabilities(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let findings = Ends::of(view);
    let all = view.image.vulnerabilities.iter();
    array("vulnerabilities", all.map(|it| vulnerability(view, it, findings.get(it))), out)
}

/// What the wire form of a vulnerability takes from its finding.
#[derive(Clone)]
struct End {
    disposition: v1::Disposition,
    reason: Option<String>,
    fingerprint: String,
}

struct Ends(Vec<Option<End>>);

impl Ends {
    fn of(view: &View<'_>) -> Self {
        let all = view.verdict.findings.iter().enumerate();
        let end = |(number, finding): (usize, Finding)| {
            view.is_of_vulnerability(number).then(|| End {
                disposition: v1::Disposition::from(&finding.disposition),
                reason: reason(view, &finding.disposition),
                fingerprint: finding.fingerprint,
            })
        };
        Self(all.map(end).collect())
    }

    fn get(&self, vulnerability: &Vulnerability) -> Option<&End> {
        self.0.get(vulnerability.finding)?.as_ref()
    }
}

fn reason(view: &View<'_>, disposition: &Disposition) -> Option<String> {
    match disposition {
        Disposition::Open => None,
        Disposition::Baseline => Some(String::from("in the baseline")),
        Disposition::Waived { reason, .. } => Some(view.masks.text(reason)),
        Disposition::NotAffected { reason, document } => {
            Some(view.masks.text(&format!("{reason} ({document})")))
        }
    }
}

fn vulnerability(view: &View<'_>, it: &Vulnerability, end: Option<&End>) -> wire::Vulnerability {
    let found = view.package(it);
    let package = found.map(|it| &it.package);
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    wire::Vulnerability {
        id: it.id.clone(),
        aliases: it.aliases.clone(),
        package: package.map(plimsoll_package::Package::full_name).unwrap_or_default(),
        version: text(package.map(|it| &it.version)),
        purl: text(found.map(|it| &it.purl)),
        path: text(package.map(|it| &it.path)),
        status: AffectedStatus::name(it.status),
        reason: it.reason.clone(),
        fixed_in: it.fixed_in.clone(),
        severity: view.severity(it).into(),
        severity_source: it.severity_source.clone(),
        cvss: it
            .cvss
            .iter()
            .map(|it| wire::Cvss { vector: it.vector.clone(), score: decimal(it.score) })
            .collect(),
        vendor_severity: it.vendor_severity.map(vendor_word),
        kev: it.known_exploited.is_some(),
        kev_since: it.known_exploited.clone().filter(|it| !it.is_empty()),
        epss: it.epss.map(decimal),
        urgency: it.urgency,
        urgency_parts: it.urgency_parts.iter().cloned().collect(),
        published: day(it.published),
        disposition: end.map_or(v1::Disposition::Open, |it| it.disposition),
        disposition_reason: end.and_then(|it| it.reason.clone()),
        fingerprint: end.map(|it| it.fingerprint.clone()).unwrap_or_default(),
        layer: found.and_then(|it| layer(view, it)),
        in_base: found.is_some_and(|it| it.in_base),
    }
}

/// The number that was meant: 0.1 has other digits behind it in single than in double precision.
pub(crate) fn decimal(number: f32) -> f64 {
    (f64::from(number) * 100_000.0).round() / 100_000.0
}

pub(crate) fn vendor_word(severity: VendorSeverity) -> &'static str {
    match severity {
        VendorSeverity::Negligible => "negligible",
        VendorSeverity::Low => "low",
        VendorSeverity::Medium => "medium",
        VendorSeverity::High => "high",
        VendorSeverity::Critical => "critical",
    }
}

fn advice(view: &View<'_>, advice: &crate::image::Advice) -> wire::Advice {
    let mended = view.mended(&advice.mends);
    let ids: std::collections::BTreeSet<&str> = mended.iter().map(|it| it.id.as_str()).collect();
    wire::Advice {
        title: view.masks.text(&advice.title),
        mends: mended.len(),
        ids: ids.into_iter().map(str::to_owned).collect(),
    }
}

/// The facts as they leave the process.
pub(crate) fn advisories_twin(it: &Advisories) -> wire::Advisories {
    wire::Advisories {
        as_of: it.as_of.clone(),
        age_days: it.age_days,
        source: it.source.clone(),
        too_old: it.too_old,
    }
}

fn image_stats(view: &View<'_>, all: v1::Stats) -> wire::ImageStats {
    let counts = view.counts();
    let packages = &view.image.packages;
    let severities = counts.vulnerabilities.severities();
    wire::ImageStats {
        all,
        packages: packages.len(),
        installed: packages.iter().filter(|it| it.package.installed).count(),
        vulnerabilities: view.image.vulnerabilities.len(),
        vulnerabilities_by_severity: severities.map(|it| (it.0.name().to_owned(), it.1)).collect(),
        fixable: counts.fixable,
        known_exploited: counts.known_exploited,
        secrets: counts.secrets.open,
        configuration: counts.configuration.open,
    }
}
