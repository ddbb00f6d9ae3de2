//! Which base image to build on instead, and what that would mend.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_finding::Severity;
use plimsoll_package::{Package, PackageKind, compare};
use plimsoll_policy::Standing;
use plimsoll_report::image::{
    Image, Vulnerability,
    recommend::{Candidate, CandidateKind, Recommendation},
};
use plimsoll_vuln::{
    BaseImage, MatchOptions, PackageRef, RecommendationKind, Store, StoreError, match_packages,
    recommend,
};

use super::{
    base::{distribution_image, official_image},
    contents::Contents,
    scan::{ImageRequest, Scan, scan},
    target::{Target, parse_target},
};
use crate::{error::Error, run::Progress};

/// Names better bases for an image, the most needed first.
pub fn recommend_images(
    request: &ImageRequest,
    progress: &dyn Progress,
) -> Result<Recommendation, Error> {
    let request = ImageRequest { without_secrets: true, ..request.clone() };
    let Scan { contents, database, today, judged } = scan(&request, progress)?;
    let torn = |it: StoreError| Error::Store { why: it.to_string() };
    let store = database.store()?;
    let image = &judged.image;
    let mut res = Recommendation {
        target: image.name.clone(),
        advisories: image.advisories.clone(),
        ..Recommendation::default()
    };
    if store.repositories().next().is_none() {
        "the advisory store knows no tags of official images; `plimsoll db update` fetches them"
            .clone_into(&mut res.note);
    }
    let Some(base) = present(&request, &contents, image, &store) else {
        if res.note.is_empty() {
            "nothing in it says what it is built from, or that is no official image"
                .clone_into(&mut res.note);
        }
        return Ok(res);
    };
    res.current = base.name();
    res.evidence.clone_from(&base.evidence);
    let Some(repository) = store.repository(&base.repository).map_err(torn)? else {
        return Ok(res);
    };
    let described = BaseImage {
        repository: &base.repository,
        tag: &base.tag,
        version: base.version.as_deref(),
        distribution: contents.inventory().distribution.as_ref(),
    };
    let products = store.products().map_err(torn)?;
    let open = open_faults(&judged.image, &judged.outcome.verdict);
    for found in recommend(&described, &repository, &products, today) {
        let fixes = mended(&base, image, &open, &found, &store).map_err(torn)?;
        res.candidates.push(Candidate {
            reference: format!("{}:{}", base.repository, found.tag),
            kind: kind(found.kind),
            why: found.why,
            fixes,
            released: String::new(),
            size: None,
        });
    }
    Ok(res)
}

/// The official image that is built on.
struct Present {
    repository: String,
    tag: String,
    /// Version of the program in it.
    version: Option<String>,
    evidence: String,
    /// The image is itself the official one, so that all packages are its.
    is_itself: bool,
}

impl Present {
    fn name(&self) -> String {
        match self.tag.as_str() {
            "" => self.repository.clone(),
            tag => format!("{}:{tag}", self.repository),
        }
    }
}

/// What is built on, if it is one of the official images that the store knows: as a label, the
/// image's own name, its variables or its distribution tell.
fn present(
    request: &ImageRequest,
    contents: &Contents,
    image: &Image,
    store: &Store<'_>,
) -> Option<Present> {
    let known = |name: &str, evidence: &str, is_itself: bool| {
        let parsed = plimsoll_dockerfile::ImageReference::parse(name)?;
        let repository = parsed.familiar_name();
        let is_known = store.repository(&repository).ok().flatten().is_some();
        let tag = parsed.tag.as_ref().map(|it| it.text.clone()).unwrap_or_default();
        let version = official_image(contents)
            .and_then(|it| it.name.strip_prefix(&format!("{repository}:")).map(str::to_owned))
            .and_then(|it| it.split('-').next().map(str::to_owned));
        let evidence = evidence.to_owned();
        is_known.then_some(Present { repository, tag, version, evidence, is_itself })
    };
    let asked = match parse_target(&request.target) {
        Target::Image(name) | Target::EngineImage(name) | Target::RegistryImage(name) => Some(name),
        _ => None,
    };
    let own_names = asked.into_iter().chain(image.references.iter().cloned());
    let own_names = own_names.filter(|it| !it.contains('@'));
    let by_layers = image.base.as_ref();
    by_layers
        .and_then(|it| known(&it.name, &it.evidence, false))
        .or_else(|| own_names.into_iter().find_map(|it| known(&it, "its own name", true)))
        .or_else(|| official_image(contents).and_then(|it| known(&it.name, &it.evidence, true)))
        .or_else(|| {
            let it = distribution_image(contents)?;
            known(&it.name, "os-release", false)
        })
}

/// The vulnerabilities that count, with their severity by policy.
fn open_faults<'i>(
    image: &'i Image,
    verdict: &plimsoll_policy::Verdict,
) -> Vec<(&'i Vulnerability, Severity)> {
    let heads: Vec<_> = verdict.findings.heads().collect();
    let all = image.vulnerabilities.iter();
    all.filter_map(|it| {
        let head = heads.get(it.finding)?;
        (head.standing == Standing::Open).then_some((it, head.severity))
    })
    .collect()
}

/// Open vulnerabilities that are gone with another base: those of its system packages for which
/// the release that it stands on has a fix, and those of the program that its version is behind.
/// `None` where the release is not known. What nobody says anything about is not counted.
fn mended(
    base: &Present,
    image: &Image,
    open: &[(&Vulnerability, Severity)],
    found: &plimsoll_vuln::Recommendation,
    store: &Store<'_>,
) -> Result<Option<BTreeMap<Severity, usize>>, StoreError> {
    // A slimmer sister lacks packages, and nothing says which.
    let is_known = found.kind != RecommendationKind::Slimmer;
    let Some(distribution) = found.distribution.as_ref().filter(|_| is_known) else {
        return Ok(None);
    };
    let of_base: Vec<usize> = image
        .packages
        .iter()
        .enumerate()
        .filter(|(_, it)| it.package.kind.is_system() && (it.in_base || base.is_itself))
        .map(|it| it.0)
        .collect();
    let oldest: Vec<Package> = of_base
        .iter()
        .filter_map(|it| image.packages.get(*it))
        .map(|it| oldest(&it.package))
        .collect();
    let packages: Vec<PackageRef<'_>> =
        oldest.iter().map(|package| PackageRef { package, owner: None }).collect();
    let matched = match_packages(store, Some(distribution), &packages, &MatchOptions::default())?;
    if !matched.gaps.is_empty() {
        return Ok(None);
    }
    let fixed: BTreeSet<(usize, &str)> = matched
        .matches
        .iter()
        .filter(|it| it.fixed_in.is_some())
        .filter_map(|it| Some((*of_base.get(it.package)?, it.vulnerability.id)))
        .collect();
    let mut res = BTreeMap::new();
    for (vulnerability, severity) in open {
        let is_fixed = fixed.contains(&(vulnerability.package, vulnerability.id.as_str()));
        if is_fixed || is_behind(base, image, vulnerability, &found.version) {
            *res.entry(*severity).or_default() += 1;
        }
    }
    Ok(Some(res))
}

/// The package in a version that has every fault which was ever fixed.
fn oldest(package: &Package) -> Package {
    let mut res = package.clone();
    "0".clone_into(&mut res.version);
    if let Some(source) = &mut res.source {
        source.version = None;
    }
    res
}

/// Whether a vulnerability is one of the program that the image is about, and fixed in `version`.
fn is_behind(base: &Present, image: &Image, it: &Vulnerability, version: &str) -> bool {
    let package = image.packages.get(it.package).map(|it| &it.package);
    let program =
        package.filter(|it| it.kind == PackageKind::Generic && it.name == base.repository);
    let (Some(program), Some(fixed)) = (program, &it.fixed_in) else { return false };
    compare(program.kind.scheme(), version, fixed).is_ge()
}

fn kind(kind: RecommendationKind) -> CandidateKind {
    match kind {
        RecommendationKind::SupportedRelease => CandidateKind::Supported,
        RecommendationKind::NewerPatch => CandidateKind::NewerPatch,
        RecommendationKind::NewerMinor => CandidateKind::NewerMinor,
        RecommendationKind::Slimmer => CandidateKind::Slimmer,
    }
}
