//! Which tag of an official image to build on instead of the present one.
//!
//! A tag is a version and words: `3.11.4-slim-bookworm`. Words that name a distribution's release
//! (`bookworm`, `alpine3.19`) may change; all others (`slim`, `fpm`, `jdk`) say what is in the
//! image and stay, save that a slimmer sister may be offered. Only tags of the graph are named, so
//! every answer can be pulled.

use std::cmp::{Ordering, Reverse};

use plimsoll_package::{Distribution, VersionScheme, compare};

use crate::{
    day::Day,
    end_of_life::{Support, distribution_product},
    end_of_life::{codename_is, cycle_support, find_cycle, product_of_image},
    side_table::{Cycle, ImageRepository, Product, TagGroup},
};

/// The base image as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct BaseImage<'b> {
    /// Repository, without `library/`.
    pub repository: &'b str,
    /// Tag as the `FROM` line names it; empty where it is not known.
    pub tag: &'b str,
    /// Version of the program that the image carries, where something in it says so.
    pub version: Option<&'b str>,
    /// The distribution in it.
    pub distribution: Option<&'b Distribution>,
}

/// Another tag, and what it is better in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recommendation {
    /// What it is better in.
    pub kind: RecommendationKind,
    /// The tag.
    pub tag: String,
    /// Why, as one sentence without a final dot.
    pub why: String,
    /// Version of the program in it, as far as tags tell.
    pub version: String,
    /// The release of a distribution that it stands on, where its tags tell.
    pub distribution: Option<Distribution>,
}

/// What a tag is better in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecommendationKind {
    /// The present release gets no fixes any more; this one does.
    SupportedRelease,
    /// The same release with later fixes.
    NewerPatch,
    /// A later release that promises to be compatible.
    NewerMinor,
    /// The same version with less in it.
    Slimmer,
}

/// Tags to move to, the most needed first. Nothing is said of a tag that cannot be understood.
pub fn recommend(
    base: &BaseImage<'_>,
    repository: &ImageRepository,
    products: &[Product],
    today: Day,
) -> Vec<Recommendation> {
    let graph = Graph::new(repository, products, today);
    let Some(present) = graph.present(base) else { return Vec::new() };
    let mut res = Vec::new();
    res.extend(graph.supported_release(&present));
    res.extend(graph.newer_patch(&present));
    res.extend(graph.newer_minor(&present));
    res.extend(graph.slimmer(&present));
    res.retain(|it| it.tag != base.tag);
    res.sort();
    res.dedup_by(|a, b| a.tag == b.tag);
    res
}

/// An image of the graph.
#[derive(Clone, Debug)]
struct Image<'g> {
    group: &'g TagGroup,
    version: Version,
    /// What is in it: words that are no release of a distribution, sorted.
    words: Vec<String>,
    /// The release of a distribution that it stands on.
    suite: Option<Suite>,
}

/// The image as it is, which the graph may not have any more.
#[derive(Clone, Debug)]
struct Present {
    version: Version,
    words: Vec<String>,
    suite: Option<Suite>,
    support: Support,
    shape: Shape,
}

/// How much a tag says, so that the answer can be of the same kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Shape {
    /// How many parts its version has; three name a release that never moves.
    n_parts: usize,
    /// Whether it names a release of a distribution.
    names_suite: bool,
}

/// A version in a tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Version {
    text: String,
    parts: Vec<u64>,
    is_preview: bool,
}

/// A release of a distribution, as a tag names it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Suite {
    /// As endoflife.date calls the distribution.
    product: &'static str,
    /// Its code name or number.
    release: String,
}

struct Graph<'g> {
    images: Vec<Image<'g>>,
    product: Option<&'g Product>,
    products: &'g [Product],
    today: Day,
    /// The image is itself a distribution, so that its code names are its versions.
    is_distribution: bool,
}

impl<'g> Graph<'g> {
    fn new(repository: &'g ImageRepository, products: &'g [Product], today: Day) -> Self {
        let product = product_of_image(products, &repository.name);
        let is_distribution =
            SUITE_PRODUCTS.iter().any(|it| product.is_some_and(|p| p.name == *it));
        let mut res = Self { images: Vec::new(), product, products, today, is_distribution };
        let images = repository
            .groups
            .iter()
            .filter(|it| is_linux(it))
            .take(MAX_IMAGES)
            .filter_map(|it| res.image(it));
        res.images = images.collect();
        res
    }

    /// Reads the words of a group of tags: the tag with the most to say tells the most.
    fn image(&self, group: &'g TagGroup) -> Option<Image<'g>> {
        let tags = group.tags.iter().chain(&group.shared_tags);
        let mut best: Option<Present> = None;
        let mut suite = None;
        for tag in tags {
            let Some(it) = self.read(tag) else { continue };
            suite = suite.or_else(|| it.suite.clone());
            // The whole version, and of words only those that no other tag does without: a release
            // of a distribution that the table does not know yet is left out so.
            let rank = |it: &Present| (it.version.parts.len(), Reverse(it.words.len()));
            if best.as_ref().is_none_or(|best| rank(&it) > rank(best)) {
                best = Some(it);
            }
        }
        let Present { version, words, .. } = best?;
        Some(Image { group, version, words, suite })
    }

    /// The image that is used: of the graph where it has the tag, else as the tag reads.
    fn present(&self, base: &BaseImage<'_>) -> Option<Present> {
        let tag = if base.tag.is_empty() { "latest" } else { base.tag };
        let known = self.images.iter().find(|it| has_tag(it.group, tag));
        let read = self.read(tag);
        let mut res = match (known, read) {
            (Some(image), read) => Present {
                version: image.version.clone(),
                words: image.words.clone(),
                suite: image.suite.clone(),
                support: Support::Unknown,
                shape: read.map(|it| it.shape).unwrap_or_default(),
            },
            (None, Some(read)) => read,
            (None, None) => return None,
        };
        if let Some(version) = base.version.map(Version::read).filter(|it| !it.parts.is_empty())
            && !self.is_distribution
        {
            res.version = version;
        }
        if res.suite.is_none() {
            res.suite = base.distribution.and_then(suite_of);
        }
        res.support = self.support(&res.version);
        Some(res)
    }

    /// Takes a tag apart. `None` for one without a version that says nothing of a release.
    fn read(&self, tag: &str) -> Option<Present> {
        let mut words: Vec<&str> = tag.split('-').collect();
        let mut version = Version::default();
        if let Some(first) = words.first()
            && first.bytes().next().is_some_and(|it| it.is_ascii_digit())
        {
            version = Version::read(first);
            words.remove(0);
        }
        let mut suite = None;
        let mut rest = Vec::new();
        for word in words {
            if is_preview(word) {
                version.is_preview = true;
            } else if let Some(it) = self.suite(word) {
                suite = Some(it);
                if word.starts_with("alpine") {
                    rest.push("alpine".to_owned());
                }
            } else if !is_date(word) && !FLOATING.contains(&word) {
                rest.push(word.to_owned());
            }
        }
        let shape = Shape { n_parts: version.parts.len(), names_suite: suite.is_some() };
        if self.is_distribution && version.parts.is_empty() {
            version = self.version_of_codename(suite.as_ref()?)?;
        }
        if version.parts.is_empty() && suite.is_none() && rest.is_empty() {
            return None;
        }
        rest.sort();
        rest.dedup();
        Some(Present { version, words: rest, suite, support: Support::Unknown, shape })
    }

    /// The release of a distribution that a word names.
    fn suite(&self, word: &str) -> Option<Suite> {
        let numbered = word.strip_prefix("alpine").filter(|it| !it.is_empty());
        if let Some(release) = numbered {
            return Some(Suite { product: "alpine-linux", release: release.to_owned() });
        }
        SUITE_PRODUCTS.iter().find_map(|product| {
            let cycles = &self.products.iter().find(|it| it.name == *product)?.cycles;
            let cycle = cycles.iter().find(|it| codename_is(it, word))?;
            Some(Suite { product, release: cycle.name.clone() })
        })
    }

    fn version_of_codename(&self, suite: &Suite) -> Option<Version> {
        (self.product?.name == suite.product).then(|| Version::read(&suite.release))
    }

    fn support(&self, version: &Version) -> Support {
        let Some(product) = self.product else { return Support::Unknown };
        find_cycle(product, &version.text)
            .map_or(Support::Unknown, |it| cycle_support(&product.name, it, self.today))
    }

    fn suite_support(&self, suite: &Suite) -> Support {
        let product = self.products.iter().find(|it| it.name == suite.product);
        let cycle = product.and_then(|it| find_cycle(it, &suite.release));
        cycle.map_or(Support::Unknown, |it| cycle_support(suite.product, it, self.today))
    }

    /// Where the program's release or the distribution's is not fully supported: the nearest that
    /// is.
    fn supported_release(&self, present: &Present) -> Option<Recommendation> {
        if needs_change(present.support) {
            let nearest = self
                .sisters(present)
                .filter(|it| it.version.cmp(&present.version) == Ordering::Greater)
                .filter(|it| self.is_fine(it))
                .min_by_key(|it| (self.ends_soon(&it.version), self.distance(present, it)))?;
            let why = format!("{}, and {} is supported", state(present), nearest.version.text);
            let kind = RecommendationKind::SupportedRelease;
            return Some(self.recommendation(kind, nearest, present, why));
        }
        let suite = present.suite.as_ref().filter(|_| !self.is_distribution)?;
        if !needs_change(self.suite_support(suite)) {
            return None;
        }
        let same = self
            .sisters(present)
            .filter(|it| it.version.shares(&present.version, present.version.parts.len().min(2)))
            .filter(|it| self.is_fine(it))
            .min_by_key(|it| self.distance(present, it))?;
        let on = same.suite.as_ref()?;
        let why = format!(
            "{} {} gets no full support any more, and {} {} does",
            suite.product, suite.release, on.product, on.release
        );
        let kind = RecommendationKind::SupportedRelease;
        Some(self.recommendation(kind, same, present, why))
    }

    /// For a tag that never moves, or an image whose version is known to be older than its tag's:
    /// the last patch of the same minor release.
    fn newer_patch(&self, present: &Present) -> Option<Recommendation> {
        let newest = self
            .sisters(present)
            .filter(|it| it.suite == present.suite || !self.keeps_suite(present))
            .filter(|it| self.is_patch(&present.version, &it.version))
            .filter(|it| it.version.cmp(&present.version) == Ordering::Greater)
            .max_by_key(|it| self.closeness(present, it))?;
        let why = format!("{} has the fixes since {}", newest.version.text, present.version.text);
        let kind = RecommendationKind::NewerPatch;
        Some(self.recommendation(kind, newest, present, why))
    }

    /// The newest minor release of the same major one.
    fn newer_minor(&self, present: &Present) -> Option<Recommendation> {
        if present.version.parts.len() < 2 || self.is_distribution {
            return None;
        }
        let newest = self
            .sisters(present)
            .filter(|it| it.version.shares(&present.version, 1) && it.version.parts.len() > 1)
            .filter(|it| !it.version.shares(&present.version, 2) && self.is_fine(it))
            .filter(|it| !self.is_patch(&present.version, &it.version))
            .filter(|it| it.version.cmp(&present.version) == Ordering::Greater)
            .max_by_key(|it| self.closeness(present, it))?;
        let why = format!(
            "{} is a later release of the same major version as {}",
            newest.version.text, present.version.text
        );
        let kind = RecommendationKind::NewerMinor;
        Some(self.recommendation(kind, newest, present, why))
    }

    /// The slim sister of the same version on the same distribution.
    fn slimmer(&self, present: &Present) -> Option<Recommendation> {
        if present.words.iter().any(|it| SLIM.contains(&it.as_str())) {
            return None;
        }
        let mut wanted = present.words.clone();
        wanted.push("slim".to_owned());
        wanted.sort();
        let n_parts = present.version.parts.len().min(2);
        let slim = self
            .images
            .iter()
            .filter(|it| it.words == wanted && !it.version.is_preview)
            .filter(|it| it.version.shares(&present.version, n_parts))
            .max_by_key(|it| self.closeness(present, it))?;
        let why = "the slim variant has fewer packages, and so fewer faults".to_owned();
        let kind = RecommendationKind::Slimmer;
        Some(self.recommendation(kind, slim, present, why))
    }

    fn recommendation(
        &self,
        kind: RecommendationKind,
        image: &Image<'_>,
        present: &Present,
        why: String,
    ) -> Recommendation {
        Recommendation {
            kind,
            tag: self.tag(image, present.shape),
            why,
            version: image.version.text.clone(),
            distribution: self.distribution(image),
        }
    }

    /// The release of a distribution that an image stands on, in the words of its os-release.
    fn distribution(&self, image: &Image<'_>) -> Option<Distribution> {
        let (product, version) = match (&image.suite, self.product) {
            (Some(suite), _) => (suite.product, suite.release.clone()),
            (None, Some(product)) if self.is_distribution => {
                (product.name.as_str(), image.version.text.clone())
            }
            _ => return None,
        };
        let id = product.strip_suffix("-linux").unwrap_or(product).to_owned();
        Some(Distribution { id, version, ..Distribution::default() })
    }

    /// Released images with the same things in them.
    fn sisters(&self, present: &Present) -> impl Iterator<Item = &Image<'g>> {
        self.images.iter().filter(|it| it.words == present.words && !it.version.is_preview)
    }

    /// Whether neither the program nor the distribution lacks full support.
    fn is_fine(&self, image: &Image<'_>) -> bool {
        !needs_change(self.support(&image.version))
            && image.suite.as_ref().is_none_or(|it| !needs_change(self.suite_support(it)))
    }

    /// Whether a version is one of the same minor release: of products whose releases have one
    /// number, as PostgreSQL's, the second number is the patch.
    fn is_patch(&self, present: &Version, other: &Version) -> bool {
        match present.parts.len() {
            0 | 1 => false,
            2 => {
                let release = self.product.and_then(|it| find_cycle(it, &present.text));
                release.is_some_and(|it| !it.name.contains('.')) && other.shares(present, 1)
            }
            _ => other.shares(present, 2),
        }
    }

    /// Whether support ends so soon that moving there is hardly worth it.
    fn ends_soon(&self, version: &Version) -> bool {
        match self.support(version) {
            Support::Supported { until: Some(until) } => {
                until.0.saturating_sub(self.today.0) < DAYS_WORTH_MOVING
            }
            _ => false,
        }
    }

    /// Whether there is an image on the same release of the distribution at all.
    fn keeps_suite(&self, present: &Present) -> bool {
        self.sisters(present)
            .any(|it| it.suite == present.suite && it.version.shares(&present.version, 2))
    }

    /// Nearest version first; of one version the same distribution, then the newest release.
    fn distance<'i>(&self, present: &Present, image: &'i Image<'_>) -> (ByVersion<'i>, bool, i64) {
        let is_other = image.suite != present.suite;
        (ByVersion(&image.version), is_other, -self.age_rank(image))
    }

    /// Newest version last; of one version the same distribution, then the newest release.
    fn closeness<'i>(&self, present: &Present, image: &'i Image<'_>) -> (ByVersion<'i>, bool, i64) {
        (ByVersion(&image.version), image.suite == present.suite, self.age_rank(image))
    }

    /// The day on which the image's distribution was released.
    fn age_rank(&self, image: &Image<'_>) -> i64 {
        let suite = image.suite.as_ref();
        let cycle: Option<&Cycle> = suite.and_then(|suite| {
            let product = self.products.iter().find(|it| it.name == suite.product)?;
            find_cycle(product, &suite.release)
        });
        cycle.and_then(|it| it.released).map_or(0, |it| i64::from(it.0))
    }

    /// The tag of an image that says as much as the present one. Of tags without a version, only a
    /// distribution's code names stay where they are.
    fn tag(&self, image: &Image<'_>, shape: Shape) -> String {
        let names_release = self.is_distribution && shape.names_suite && shape.n_parts == 0;
        let wanted = if shape.n_parts == 0 && !names_release { 2 } else { shape.n_parts };
        let rank = |tag: &&String| {
            let read = self.read(tag).map(|it| it.shape).unwrap_or_default();
            let is_moving = read.n_parts == 0 && !(names_release && read.names_suite);
            let is_dated = tag.split('-').skip(1).any(is_date);
            let is_other = read.names_suite != shape.names_suite;
            (is_moving, is_dated, read.n_parts.abs_diff(wanted), is_other, tag.len())
        };
        let tags = image.group.tags.iter().chain(&image.group.shared_tags);
        tags.min_by_key(rank).cloned().unwrap_or_default()
    }
}

/// Versions by their parts. A preview comes before what it previews.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ByVersion<'v>(&'v Version);

impl PartialOrd for ByVersion<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ByVersion<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(other.0)
    }
}

impl Version {
    fn read(text: &str) -> Self {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = Vec::new();
        let mut is_preview = false;
        for part in text.split(['.', '_', '+', 'u']).take(MAX_PARTS) {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let Some(Ok(number)) = part.get(..digits).map(str::parse) else { break };
            parts.push(number);
            if digits < part.len() {
                is_preview = part.get(digits..).is_some_and(is_preview_suffix);
                break;
            }
        }
        Self { text: text.to_owned(), parts, is_preview }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        compare(VersionScheme::Upstream, &self.text, &other.text)
    }

    /// Whether the first parts are the same.
    fn shares(&self, other: &Self, n: usize) -> bool {
        self.parts.len() >= n
            && other.parts.len() >= n
            && self.parts.iter().take(n).eq(other.parts.iter().take(n))
    }
}

fn needs_change(support: Support) -> bool {
    matches!(support, Support::Dead { .. } | Support::ExtendedOnly { .. })
}

fn state(present: &Present) -> String {
    let version = &present.version.text;
    match present.support {
        Support::ExtendedOnly { .. } => format!("{version} has only extended support"),
        Support::Dead { ended: Some(day) } => format!("support of {version} ended on {day}"),
        _ => format!("{version} is not supported any more"),
    }
}

fn suite_of(distribution: &Distribution) -> Option<Suite> {
    let product = distribution_product(distribution)?;
    let n_parts = if product == "debian" { 1 } else { 2 };
    let release: Vec<&str> = distribution.version.split('.').take(n_parts).collect();
    Some(Suite { product, release: release.join(".") })
}

fn is_linux(group: &TagGroup) -> bool {
    group.architectures.is_empty()
        || !group.architectures.iter().all(|it| it.starts_with("windows"))
}

fn has_tag(group: &TagGroup, tag: &str) -> bool {
    group.tags.iter().chain(&group.shared_tags).any(|it| it == tag)
}

fn is_preview(word: &str) -> bool {
    ["rc", "alpha", "beta", "preview", "ea", "dev", "experimental", "nightly", "tip"]
        .iter()
        .any(|it| word.strip_prefix(it).is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit())))
}

fn is_preview_suffix(suffix: &str) -> bool {
    let suffix = suffix.to_ascii_lowercase();
    ["rc", "a", "b", "alpha", "beta", "dev", "pre"].iter().any(|it| {
        suffix.strip_prefix(it).is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()))
    })
}

/// A day as images of distributions carry it: `20260803`.
fn is_date(word: &str) -> bool {
    word.len() >= 8 && word.bytes().all(|it| it.is_ascii_digit() || it == b'.')
}

/// Distributions whose releases stand in tags.
const SUITE_PRODUCTS: &[&str] = &["debian", "ubuntu", "alpine-linux"];

/// Words for whatever is newest.
const FLOATING: &[&str] = &["latest", "current", "stable", "mainline", "lts", "edge"];

/// Words of images that are slim already.
const SLIM: &[&str] = &["slim", "alpine", "busybox", "distroless", "minimal", "scratch"];

/// Support for fewer days than these is not worth moving to, where there is longer one.
const DAYS_WORTH_MOVING: i32 = 180;

/// Most parts of a version.
const MAX_PARTS: usize = 8;

/// Most images of one repository; real ones have a few hundred.
const MAX_IMAGES: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::side_table::End;

    fn cycle(name: &str, codename: &str, released: &str, end: &str) -> Cycle {
        Cycle {
            name: name.to_owned(),
            codename: codename.to_owned(),
            released: Day::parse(released),
            end: Day::parse(end).map_or(End::Unknown, End::On),
            ..Cycle::default()
        }
    }

    fn product(name: &str, cycles: Vec<Cycle>) -> Product {
        Product { name: name.to_owned(), identifiers: Vec::new(), cycles }
    }

    fn products() -> Vec<Product> {
        vec![
            product(
                "debian",
                vec![
                    cycle("13", "Trixie", "2025-08-09", "2028-08-09"),
                    cycle("12", "Bookworm", "2023-06-10", "2026-07-11"),
                    cycle("11", "Bullseye", "2021-08-14", "2024-08-14"),
                ],
            ),
            product(
                "alpine-linux",
                vec![
                    cycle("3.24", "", "2026-06-01", "2028-05-01"),
                    cycle("3.23", "", "2025-12-03", "2027-11-01"),
                ],
            ),
            product(
                "python",
                vec![
                    cycle("3.14", "", "2025-10-07", "2030-10-31"),
                    cycle("3.13", "", "2024-10-07", "2029-10-31"),
                    cycle("3.9", "", "2020-10-05", "2025-10-31"),
                ],
            ),
        ]
    }

    fn group(tags: &str, shared: &str) -> TagGroup {
        let words = |it: &str| it.split_whitespace().map(str::to_owned).collect();
        TagGroup { tags: words(tags), shared_tags: words(shared), ..TagGroup::default() }
    }

    fn python() -> ImageRepository {
        ImageRepository {
            name: "python".to_owned(),
            groups: vec![
                group("3.15.0rc1-trixie 3.15-rc-trixie", "3.15.0rc1 3.15-rc"),
                group("3.14.7-trixie 3.14-trixie 3-trixie trixie", "3.14.7 3.14 3 latest"),
                group("3.14.7-slim-trixie 3.14-slim-trixie 3.14.7-slim 3.14-slim slim", ""),
                group("3.14.7-alpine3.24 3.14-alpine3.24 3.14.7-alpine 3.14-alpine alpine", ""),
                group("3.13.9-trixie 3.13-trixie", "3.13.9 3.13"),
                group("3.13.9-slim-trixie 3.13-slim-trixie 3.13.9-slim 3.13-slim", ""),
                group("3.13.9-bookworm 3.13-bookworm", ""),
                group("3.13.9-slim-bookworm 3.13-slim-bookworm", ""),
                group("3.13.9-windowsservercore", ""),
            ],
        }
    }

    fn debian() -> ImageRepository {
        ImageRepository {
            name: "debian".to_owned(),
            groups: vec![
                group("bookworm bookworm-20260803 12.15 12", ""),
                group("bookworm-slim bookworm-20260803-slim 12.15-slim 12-slim", ""),
                group("trixie trixie-20260803 13.6 13 latest", ""),
                group("trixie-slim trixie-20260803-slim 13.6-slim 13-slim", ""),
            ],
        }
    }

    fn check(repository: &ImageRepository, tag: &str, wanted: &[(RecommendationKind, &str)]) {
        let base = BaseImage { repository: &repository.name, tag, ..BaseImage::default() };
        let today = Day::parse("2026-08-21").unwrap();
        let res = recommend(&base, repository, &products(), today);
        let res: Vec<_> = res.iter().map(|it| (it.kind, it.tag.as_str())).collect();
        assert_eq!(res, wanted, "{tag}");
    }

    #[test]
    fn an_exact_tag_is_led_to_the_last_patch() {
        use RecommendationKind::{NewerMinor, NewerPatch, Slimmer};
        check(
            &python(),
            "3.13.2-trixie",
            &[
                (NewerPatch, "3.13.9-trixie"),
                (NewerMinor, "3.14.7-trixie"),
                (Slimmer, "3.13.9-slim-trixie"),
            ],
        );
        check(&python(), "3.14.7-slim-trixie", &[]);
    }

    #[test]
    fn a_dead_release_is_led_to_the_nearest_that_lives() {
        use RecommendationKind::{NewerMinor, SupportedRelease};
        check(&python(), "3.9-slim", &[(SupportedRelease, "3.13-slim"), (NewerMinor, "3.14-slim")]);
    }

    #[test]
    fn a_living_release_on_an_old_distribution_is_led_to_a_new_one() {
        use RecommendationKind::{NewerMinor, SupportedRelease};
        check(
            &python(),
            "3.13-slim-bookworm",
            &[(SupportedRelease, "3.13-slim-trixie"), (NewerMinor, "3.14-slim-trixie")],
        );
    }

    #[test]
    fn a_distribution_goes_by_its_code_names() {
        use RecommendationKind::{Slimmer, SupportedRelease};
        check(&debian(), "bookworm-slim", &[(SupportedRelease, "trixie-slim")]);
        check(&debian(), "12-slim", &[(SupportedRelease, "13-slim")]);
        check(&debian(), "bullseye", &[(SupportedRelease, "trixie")]);
        check(&debian(), "trixie", &[(Slimmer, "trixie-slim")]);
        check(&debian(), "13-slim", &[]);
    }

    #[test]
    fn a_product_with_one_number_for_a_release_has_its_patches_in_the_second() {
        let product = product("postgresql", vec![cycle("16", "", "2023-09-14", "2028-11-09")]);
        let repository = ImageRepository {
            name: "postgres".to_owned(),
            groups: vec![group("16.15 16 16.15-trixie", ""), group("17RC1 17-rc", "")],
        };
        let base = BaseImage { repository: "postgres", tag: "16.2", ..BaseImage::default() };
        let res = recommend(&base, &repository, &[product], Day::parse("2026-08-21").unwrap());
        let res: Vec<_> = res.iter().map(|it| (it.kind, it.tag.as_str())).collect();
        assert_eq!(res, [(RecommendationKind::NewerPatch, "16.15")]);
    }

    #[test]
    fn a_release_that_ends_soon_is_not_moved_to_if_there_is_another() {
        let today = Day::parse("2029-08-01").unwrap();
        let base = BaseImage { repository: "python", tag: "3.9-slim", ..BaseImage::default() };
        let products: Vec<Product> =
            products().into_iter().filter(|it| it.name == "python").collect();
        let res = recommend(&base, &python(), &products, today);
        assert_eq!(res[0].kind, RecommendationKind::SupportedRelease);
        assert_eq!(res[0].tag, "3.14-slim");
    }

    #[test]
    fn previews_and_other_platforms_are_never_recommended() {
        for tag in ["3.14-trixie", "3.13.9", "latest", "3.9", "alpine", "3.14-alpine"] {
            let repository = python();
            let base = BaseImage { repository: "python", tag, ..BaseImage::default() };
            let today = Day::parse("2026-08-21").unwrap();
            for it in recommend(&base, &repository, &products(), today) {
                assert!(!it.tag.contains("rc") && !it.tag.contains("windows"), "{tag}: {it:?}");
            }
        }
    }

    #[test]
    fn the_version_in_the_image_tells_how_old_a_moving_tag_is() {
        let repository = python();
        let base = BaseImage {
            repository: "python",
            tag: "3.13-slim",
            version: Some("3.13.2"),
            ..BaseImage::default()
        };
        let today = Day::parse("2026-08-21").unwrap();
        let res = recommend(&base, &repository, &products(), today);
        // The tag itself is right, and needs no more than to be pulled again.
        assert!(res.iter().all(|it| it.kind != RecommendationKind::SupportedRelease), "{res:?}");
    }

    #[test]
    fn strange_tags_get_no_answer_and_no_panic() {
        for tag in ["", "-", "--", "sha256", "99999999999999999999999.1", "3.13.9-", "\u{e9}-1"] {
            let base = BaseImage { repository: "python", tag, ..BaseImage::default() };
            let _ = recommend(&base, &python(), &products(), Day(20_000));
        }
    }
}
