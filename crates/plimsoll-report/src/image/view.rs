//! An image and its verdict seen together: which finding stands behind which vulnerability, what
//! counts, and how much of it. Every output of an image counts here, so that they all agree.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_finding::{Finding, Place, Severity, SubjectKind};
use plimsoll_package::AffectedStatus;
use plimsoll_policy::{Date, Head, Standing, Verdict};

use crate::{
    image::{Advisories, BaseImage, FoundPackage, Image, Layer, Vulnerability},
    mask::Masks,
    tally::{Tally, count},
};

/// What the outputs ask for.
pub(crate) struct View<'a> {
    pub(crate) image: &'a Image,
    pub(crate) verdict: &'a Verdict,
    pub(crate) masks: &'a Masks,
    heads: Vec<Head>,
    /// The findings that vulnerabilities stand for.
    of_vulnerabilities: BTreeSet<usize>,
    /// The layers by their digests.
    layers: BTreeMap<&'a str, usize>,
}

impl<'a> View<'a> {
    pub(crate) fn new(image: &'a Image, verdict: &'a Verdict, masks: &'a Masks) -> Self {
        let heads = verdict.findings.heads().collect();
        let of_vulnerabilities = image.vulnerabilities.iter().map(|it| it.finding).collect();
        let mut layers = BTreeMap::new();
        for (number, layer) in image.layers.iter().enumerate() {
            layers.entry(layer.digest.as_str()).or_insert(number);
        }
        Self { image, verdict, masks, heads, of_vulnerabilities, layers }
    }

    /// The head of its finding; `None` only if the image names a finding that there is not.
    fn head(&self, vulnerability: &Vulnerability) -> Option<Head> {
        self.heads.get(vulnerability.finding).copied()
    }

    /// Whether it counts. One without a finding does: nothing said otherwise.
    pub(crate) fn is_open(&self, vulnerability: &Vulnerability) -> bool {
        self.head(vulnerability).is_none_or(|it| it.standing == Standing::Open)
    }

    /// Its severity, policy applied.
    pub(crate) fn severity(&self, vulnerability: &Vulnerability) -> Severity {
        self.head(vulnerability).map_or(vulnerability.severity, |it| it.severity)
    }

    /// The package that it is a fault of.
    pub(crate) fn package(&self, vulnerability: &Vulnerability) -> Option<&'a FoundPackage> {
        self.image.packages.get(vulnerability.package)
    }

    /// The vulnerabilities that count, the most urgent first.
    pub(crate) fn open(&self) -> impl Iterator<Item = &'a Vulnerability> {
        self.image.vulnerabilities.iter().filter(|it| self.is_open(it))
    }

    /// Whether a finding of the verdict, by its number, is that of a vulnerability.
    pub(crate) fn is_of_vulnerability(&self, number: usize) -> bool {
        self.of_vulnerabilities.contains(&number)
    }

    /// The findings that are no vulnerabilities.
    pub(crate) fn others(&self) -> impl Iterator<Item = Finding> {
        let all = self.verdict.findings.iter().enumerate();
        all.filter(|it| !self.is_of_vulnerability(it.0)).map(|it| it.1)
    }

    /// What is to be counted of the findings that are no vulnerabilities.
    pub(crate) fn other_heads(&self) -> impl Iterator<Item = Head> {
        let all = self.heads.iter().copied().enumerate();
        all.filter(|it| !self.is_of_vulnerability(it.0)).map(|it| it.1)
    }

    /// How many vulnerabilities of `advice`, by their numbers, count.
    pub(crate) fn mended(&self, numbers: &[usize]) -> Vec<&'a Vulnerability> {
        let all = numbers.iter().filter_map(|it| self.image.vulnerabilities.get(*it));
        all.filter(|it| self.is_open(it)).collect()
    }

    /// The counts over all of it.
    pub(crate) fn counts(&self) -> Counts {
        let mut res = Counts::default();
        for vulnerability in &self.image.vulnerabilities {
            let severity = self.severity(vulnerability);
            match self.head(vulnerability) {
                Some(head) => res.vulnerabilities.add(head),
                None => res.vulnerabilities.add_open(severity),
            }
            if !self.is_open(vulnerability) {
                continue;
            }
            res.fixable += usize::from(vulnerability.fixed_in.is_some());
            res.known_exploited += usize::from(vulnerability.known_exploited.is_some());
            res.in_base += usize::from(self.package(vulnerability).is_some_and(|it| it.in_base));
            *res.by_urgency.entry(Urgency::of(vulnerability.urgency)).or_default() += 1;
        }
        for head in self.other_heads() {
            match head.rule.subject {
                SubjectKind::Secret => res.secrets.add(head),
                _ => res.configuration.add(head),
            }
        }
        res
    }

    /// What each layer holds.
    pub(crate) fn by_layer(&self) -> Vec<LayerCounts> {
        let mut res = vec![LayerCounts::default(); self.image.layers.len()];
        for package in &self.image.packages {
            if let Some(layer) = package.layer.and_then(|it| res.get_mut(it)) {
                layer.packages += 1;
            }
        }
        for vulnerability in self.open() {
            let layer = self.package(vulnerability).and_then(|it| it.layer);
            if let Some(layer) = layer.and_then(|it| res.get_mut(it)) {
                layer.vulnerabilities += 1;
                let worst = layer.worst.unwrap_or(Severity::Info);
                layer.worst = Some(worst.max(self.severity(vulnerability)));
            }
        }
        let open = self.others().filter(|it| Head::of(it).standing == Standing::Open);
        for finding in open {
            let layer = self.layer_of(&finding).and_then(|it| res.get_mut(it));
            if let Some(layer) = layer {
                layer.findings += 1;
                layer.worst = Some(layer.worst.unwrap_or(Severity::Info).max(finding.severity));
            }
        }
        res
    }

    /// The number of the layer that a finding points into. Empty layers share a digest; the lowest
    /// one stands for them.
    pub(crate) fn layer_of(&self, finding: &Finding) -> Option<usize> {
        let Place::Image(place) = &finding.place else { return None };
        self.layers.get(place.layer.as_str()).copied().filter(|_| !place.layer.is_empty())
    }

    /// What the base image contributes, in words.
    pub(crate) fn base_words(&self, base: &BaseImage) -> String {
        let n_packages = self.image.packages.iter().filter(|it| it.in_base).count();
        let size = total(&self.image.layers, |it| if it.in_base { it.size } else { 0 });
        let words = format!("{}, {}", count(base.n_layers, "layer"), bytes(size));
        format!("{words}, {}", count(n_packages, "package"))
    }

    /// The distribution in words.
    pub(crate) fn distribution(&self) -> String {
        let Some(distribution) = &self.image.distribution else { return String::new() };
        if !distribution.pretty_name.is_empty() {
            return distribution.pretty_name.clone();
        }
        format!("{} {}", distribution.id, distribution.version).trim().to_owned()
    }

    /// Why nothing is known of vulnerabilities, or how old what is known is.
    pub(crate) fn advisories_words(&self) -> String {
        advisories_words(self.image.advisories.as_ref())
    }

    /// The word for finding nothing of a kind: what was not looked for is not called absent.
    pub(crate) fn nothing_of(&self, kind: SubjectKind) -> &'static str {
        let n_judged = self.verdict.judged.get(&kind).copied().unwrap_or_default();
        if n_judged > 0 { "none" } else { "not looked for" }
    }
}

/// Why nothing is known of vulnerabilities, or how old what is known is.
pub(crate) fn advisories_words(advisories: Option<&Advisories>) -> String {
    let Some(it) = advisories else {
        return String::from("vulnerabilities were not looked for");
    };
    let (Some(day), Some(age)) = (&it.as_of, it.age_days) else {
        let old = if it.too_old { ", which is too little to call anything clean" } else { "" };
        return format!("advisories of unknown age ({}){old}", it.source);
    };
    let age = match age {
        0 => String::from("today"),
        1 => String::from("1 day old"),
        days => format!("{days} days old"),
    };
    let old = if it.too_old { ", which is too old to call anything clean" } else { "" };
    format!("advisories of {day} ({age}; {}){old}", it.source)
}

/// How many there are of what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// Vulnerabilities.
    pub(crate) vulnerabilities: Tally,
    /// Open vulnerabilities by how soon they should be dealt with.
    pub(crate) by_urgency: BTreeMap<Urgency, usize>,
    /// Open vulnerabilities with a fixed version.
    pub(crate) fixable: usize,
    /// Open vulnerabilities that are known to be exploited.
    pub(crate) known_exploited: usize,
    /// Open vulnerabilities in packages of the base image.
    pub(crate) in_base: usize,
    /// Findings about secrets.
    pub(crate) secrets: Tally,
    /// All other findings.
    pub(crate) configuration: Tally,
}

/// What a layer holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayerCounts {
    /// Packages that it brought.
    pub(crate) packages: usize,
    /// Open vulnerabilities of them.
    pub(crate) vulnerabilities: usize,
    /// Other open findings that point into it.
    pub(crate) findings: usize,
    /// The worst of both.
    pub(crate) worst: Option<Severity>,
}

/// How soon a vulnerability should be dealt with, as a word for its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// It is exploited.
    Now,
    /// Severe and likely enough to come before the next release.
    Soon,
    /// With the next rebuild.
    Later,
}

impl Urgency {
    /// The word for a number from 0 to 100. Known exploitation alone gives 60; a critical fault of
    /// which nothing else is known, 30.
    pub(crate) fn of(number: u8) -> Self {
        match number {
            60.. => Self::Now,
            30.. => Self::Soon,
            _ => Self::Later,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Soon => "soon",
            Self::Later => "later",
        }
    }
}

/// A number of bytes in words: `742.1 MB`.
pub(crate) fn bytes(n_bytes: u64) -> String {
    let mut unit = 1_u64;
    for name in ["B", "kB", "MB", "GB", "TB"] {
        if n_bytes < unit.saturating_mul(1000) || name == "TB" {
            if unit == 1 {
                return format!("{n_bytes} B");
            }
            let whole = n_bytes / unit;
            let tenth = n_bytes % unit * 10 / unit;
            return if whole >= 100 {
                format!("{whole} {name}")
            } else {
                format!("{whole}.{tenth} {name}")
            };
        }
        unit *= 1000;
    }
    String::new()
}

/// The day, as `YYYY-MM-DD`, of a second since 1970; `None` for 0, which is not known.
pub(crate) fn day(seconds: i64) -> Option<String> {
    let date = Date::from_unix_days(seconds.div_euclid(86_400)).filter(|_| seconds != 0)?;
    Some(date.to_string())
}

/// The page about a vulnerability, in a public database that knows names of its kind; `None` for a
/// name that is none.
pub(crate) fn advisory_link(id: &str) -> Option<String> {
    let is_name = |it: u8| it.is_ascii_alphanumeric() || b"-_.:".contains(&it);
    if id.is_empty() || id.len() > 64 || !id.bytes().all(is_name) {
        return None;
    }
    Some(if id.starts_with("CVE-") {
        format!("https://nvd.nist.gov/vuln/detail/{id}")
    } else if id.starts_with("GHSA-") {
        format!("https://github.com/advisories/{id}")
    } else {
        format!("https://osv.dev/vulnerability/{id}")
    })
}

/// What the vendor says of a mend: a version, or why there is none.
pub(crate) fn mend_words(vulnerability: &Vulnerability) -> String {
    if let Some(version) = &vulnerability.fixed_in {
        return format!("fixed in {version}");
    }
    String::from(match vulnerability.status {
        AffectedStatus::Fixed | AffectedStatus::Affected => "no fix yet",
        AffectedStatus::WillNotFix => "will not be fixed",
        AffectedStatus::Deferred => "fix deferred",
        AffectedStatus::NotAffected => "not affected",
        AffectedStatus::UnderInvestigation => "under investigation",
        AffectedStatus::EndOfLife => "end of life, no fix",
    })
}

/// Known exploitation and its probability in words; empty where nothing is known.
pub(crate) fn threat_words(vulnerability: &Vulnerability) -> Vec<String> {
    let mut res = Vec::new();
    if vulnerability.known_exploited.is_some() {
        res.push(String::from("KEV"));
    }
    if let Some(epss) = vulnerability.epss {
        let percent = f64::from(epss) * 100.0;
        res.push(match percent {
            10.0.. => format!("EPSS {percent:.0} %"),
            0.1.. => format!("EPSS {percent:.1} %"),
            _ => String::from("EPSS < 0.1 %"),
        });
    }
    if !vulnerability.reason.is_empty() {
        res.push(vulnerability.reason.clone());
    }
    res
}

/// The sum of a number of each layer, as far as it can be said.
pub(crate) fn total(layers: &[Layer], number: impl Fn(&Layer) -> u64) -> u64 {
    layers.iter().fold(0, |sum, it| sum.saturating_add(number(it)))
}

#[cfg(test)]
mod tests {
    use super::{bytes, day};

    #[test]
    fn days_and_sizes_in_words() {
        assert_eq!(day(1), Some(String::from("1970-01-01")));
        assert_eq!(day(951_782_400).as_deref(), Some("2000-02-29"));
        assert_eq!(day(1_767_225_599).as_deref(), Some("2025-12-31"));
        assert_eq!(day(0), None);
        let table = [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (74_210_000, "74.2 MB")];
        for (n_bytes, words) in table {
            assert_eq!(bytes(n_bytes), words);
        }
        assert_eq!(bytes(742_100_000), "742 MB");
        assert_eq!(bytes(u64::MAX), "18446744 TB");
    }
}
