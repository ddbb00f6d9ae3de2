//! Whether a release is still supported on a day that the caller names.
//!
//! A day on which support ends is its last day. Extended support is told apart from full support
//! and from none: Debian's LTS is free, Ubuntu's ESM and Red Hat's ELS need a subscription, so a
//! release that has only such support counts as dead for who has none.

use plimsoll_package::Distribution;

use crate::{
    day::Day,
    side_table::{Cycle, End, Product},
};

/// How a release stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// Fully supported; `until` is the last day, where one is set.
    Supported {
        /// The last day.
        until: Option<Day>,
    },
    /// Only extended support is left.
    ExtendedOnly {
        /// Last day of full support.
        ended: Option<Day>,
        /// Last day of extended support, where one is set.
        until: Option<Day>,
        /// Who gets it.
        kind: ExtendedSupport,
    },
    /// No support is left.
    Dead {
        /// The last day of the last support, where it is stated.
        ended: Option<Day>,
    },
    /// Nothing is known.
    Unknown,
}

/// Who gets extended support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtendedSupport {
    /// Everybody.
    Free,
    /// Subscribers.
    Subscription,
}

/// A release with its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseSupport {
    /// The product, as the table calls it.
    pub product: String,
    /// The release cycle, as the table calls it; empty where the table does not have it.
    pub cycle: String,
    /// How it stands.
    pub support: Support,
    /// The latest version in the cycle, or empty.
    pub latest: String,
    /// The newest cycle of the product with full support on the day asked for, or empty.
    pub newest_supported: String,
}

impl Support {
    /// Whether security fixes reach somebody without a subscription.
    pub fn is_alive(self) -> Option<bool> {
        match self {
            Self::Supported { .. } | Self::ExtendedOnly { kind: ExtendedSupport::Free, .. } => {
                Some(true)
            }
            Self::ExtendedOnly { kind: ExtendedSupport::Subscription, .. } | Self::Dead { .. } => {
                Some(false)
            }
            Self::Unknown => None,
        }
    }
}

/// How the release of a distribution stands. `None` where the table knows no such product, as with
/// rolling distributions.
pub fn distribution_support(
    products: &[Product],
    distribution: &Distribution,
    today: Day,
) -> Option<ReleaseSupport> {
    let name = distribution_product(distribution)?;
    let product = products.iter().find(|it| it.name == name)?;
    let by_codename = || {
        let wanted = distribution.codename.as_str();
        product.cycles.iter().find(|it| !wanted.is_empty() && codename_is(it, wanted))
    };
    let cycle = if distribution.version.is_empty() {
        by_codename()
    } else {
        find_cycle(product, &distribution.version)
    };
    Some(release(product, cycle, today))
}

/// How a version of a product, such as a language's run time, stands.
pub fn product_support(
    products: &[Product],
    product: &str,
    version: &str,
    today: Day,
) -> Option<ReleaseSupport> {
    let product = products.iter().find(|it| it.name == product)?;
    Some(release(product, find_cycle(product, version), today))
}

/// How the version in a tag of an official image stands: `python`, `3.8.10-slim`.
pub fn image_support(
    products: &[Product],
    repository: &str,
    tag: &str,
    today: Day,
) -> Option<ReleaseSupport> {
    let product = product_of_image(products, repository)?;
    let first_word = tag.split('-').next().unwrap_or_default();
    let cycle = find_cycle(product, first_word)
        .or_else(|| product.cycles.iter().find(|it| codename_is(it, first_word)));
    Some(release(product, cycle, today))
}

/// The product that an official image carries, by its identifiers, else by its name.
pub(crate) fn product_of_image<'p>(
    products: &'p [Product],
    repository: &str,
) -> Option<&'p Product> {
    let is_named = |identifier: &String| {
        let identifier = identifier.split(['?', '@']).next().unwrap_or_default();
        ["pkg:docker/library/", "pkg:docker/", "pkg:oci/", "docker.io/library/"]
            .iter()
            .any(|it| identifier.strip_prefix(it) == Some(repository))
    };
    let alias = IMAGE_PRODUCTS.iter().find(|it| it.0 == repository).map(|it| it.1);
    let by_name = |name: &str| products.iter().find(|it| it.name == name);
    alias
        .and_then(by_name)
        .or_else(|| by_name(repository))
        .or_else(|| products.iter().find(|it| it.identifiers.iter().any(is_named)))
}

/// The product that a distribution is in the table; `None` for one without releases.
pub fn distribution_product(distribution: &Distribution) -> Option<&'static str> {
    let is_stream = distribution.pretty_name.contains("Stream");
    match distribution.id.as_str() {
        "centos" if is_stream => Some("centos-stream"),
        id => DISTRIBUTIONS.iter().find(|it| it.0 == id).map(|it| it.1),
    }
}

/// The cycle that a version belongs to: the one with the longest name that the version begins with,
/// part by part.
pub(crate) fn find_cycle<'p>(product: &'p Product, version: &str) -> Option<&'p Cycle> {
    let version = version.strip_prefix('v').unwrap_or(version);
    let is_in = |cycle: &&Cycle| {
        let name = cycle.name.strip_prefix('v').unwrap_or(&cycle.name);
        let rest = version.strip_prefix(name);
        !name.is_empty()
            && rest.is_some_and(|it| it.is_empty() || it.starts_with(['.', '-', '+', '_', '~']))
    };
    product.cycles.iter().filter(is_in).max_by_key(|it| it.name.len())
}

/// How a cycle stands.
pub(crate) fn cycle_support(product: &str, cycle: &Cycle, today: Day) -> Support {
    let kind = if FREE_EXTENDED.contains(&product) {
        ExtendedSupport::Free
    } else {
        ExtendedSupport::Subscription
    };
    match (is_over(cycle.end, today), is_over(cycle.extended_end, today)) {
        (Some(false), _) => Support::Supported { until: day(cycle.end) },
        (Some(true), Some(false)) => {
            Support::ExtendedOnly { ended: day(cycle.end), until: day(cycle.extended_end), kind }
        }
        (Some(true), extended) => {
            let last = if extended.is_some() { cycle.extended_end } else { cycle.end };
            Support::Dead { ended: day(last).or(day(cycle.end)) }
        }
        (None, _) => Support::Unknown,
    }
}

/// Whether a cycle has full support.
pub(crate) fn is_supported(product: &str, cycle: &Cycle, today: Day) -> bool {
    let is_released = cycle.released.is_none_or(|it| it <= today);
    is_released && matches!(cycle_support(product, cycle, today), Support::Supported { .. })
}

pub(crate) fn codename_is(cycle: &Cycle, codename: &str) -> bool {
    // "Jammy Jellyfish" is `jammy` in tags and in os-release.
    let first_word = cycle.codename.split(' ').next().unwrap_or_default();
    !first_word.is_empty() && first_word.eq_ignore_ascii_case(codename)
}

fn release(product: &Product, cycle: Option<&Cycle>, today: Day) -> ReleaseSupport {
    let newest =
        product.cycles.iter().filter(|it| is_supported(&product.name, it, today)).max_by(|a, b| {
            a.released.cmp(&b.released).then_with(|| b.name.len().cmp(&a.name.len()))
        });
    ReleaseSupport {
        product: product.name.clone(),
        cycle: cycle.map(|it| it.name.clone()).unwrap_or_default(),
        support: cycle.map_or(Support::Unknown, |it| cycle_support(&product.name, it, today)),
        latest: cycle.map(|it| it.latest.clone()).unwrap_or_default(),
        newest_supported: newest.map(|it| it.name.clone()).unwrap_or_default(),
    }
}

fn is_over(end: End, today: Day) -> Option<bool> {
    match end {
        End::Unknown => None,
        End::NotSet => Some(false),
        End::Passed => Some(true),
        End::On(last) => Some(today > last),
    }
}

fn day(end: End) -> Option<Day> {
    match end {
        End::On(day) => Some(day),
        End::Unknown | End::NotSet | End::Passed => None,
    }
}

/// Products whose extended support is open to everybody.
const FREE_EXTENDED: &[&str] = &["debian"];

/// Products by `ID` of os-release. Derivatives keep their own calendar, so none is guessed.
const DISTRIBUTIONS: &[(&str, &str)] = &[
    ("debian", "debian"),
    ("raspbian", "debian"),
    ("ubuntu", "ubuntu"),
    ("alpine", "alpine-linux"),
    ("rhel", "rhel"),
    ("centos", "centos"),
    ("rocky", "rocky-linux"),
    ("almalinux", "almalinux"),
    ("amzn", "amazon-linux"),
    ("ol", "oracle-linux"),
    ("fedora", "fedora"),
    ("sles", "sles"),
    ("opensuse-leap", "opensuse"),
    ("photon", "photon"),
    ("azurelinux", "azure-linux"),
    ("mariner", "cbl-mariner"),
    ("mageia", "mageia"),
    ("linuxmint", "linuxmint"),
];

/// Products whose official image has another name.
const IMAGE_PRODUCTS: &[(&str, &str)] = &[
    ("node", "nodejs"),
    ("golang", "go"),
    ("alpine", "alpine-linux"),
    ("amazonlinux", "amazon-linux"),
    ("rockylinux", "rocky-linux"),
    ("oraclelinux", "oracle-linux"),
    ("postgres", "postgresql"),
    ("mongo", "mongodb"),
    ("mono", "mono"),
    ("httpd", "apache-http-server"),
    ("elasticsearch", "elasticsearch"),
    ("tomcat", "tomcat"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn cycle(name: &str, codename: &str, released: &str, end: &str, extended: &str) -> Cycle {
        let on = |it: &str| match it {
            "" => End::Unknown,
            "never" => End::NotSet,
            "passed" => End::Passed,
            it => End::On(Day::parse(it).unwrap()),
        };
        Cycle {
            name: name.to_owned(),
            codename: codename.to_owned(),
            released: Day::parse(released),
            end: on(end),
            extended_end: on(extended),
            latest: format!("{name}.9"),
            ..Cycle::default()
        }
    }

    fn products() -> Vec<Product> {
        vec![
            Product {
                name: "debian".to_owned(),
                identifiers: Vec::new(),
                cycles: vec![
                    cycle("13", "Trixie", "2025-08-09", "2028-08-09", "2030-06-30"),
                    cycle("12", "Bookworm", "2023-06-10", "2026-07-11", "2028-06-30"),
                    cycle("10", "Buster", "2019-07-06", "2022-09-10", "2024-06-30"),
                ],
            },
            Product {
                name: "ubuntu".to_owned(),
                identifiers: Vec::new(),
                cycles: vec![cycle(
                    "20.04",
                    "Focal Fossa",
                    "2020-04-23",
                    "2025-05-31",
                    "2030-04-02",
                )],
            },
            Product {
                name: "alpine-linux".to_owned(),
                identifiers: Vec::new(),
                cycles: vec![cycle("3.2", "", "2015-05-26", "2017-05-01", "")],
            },
            Product {
                name: "python".to_owned(),
                identifiers: vec!["pkg:docker/library/python".to_owned()],
                cycles: vec![
                    cycle("3.14", "", "2025-10-07", "2030-10-31", ""),
                    cycle("3.1", "", "2009-06-27", "passed", ""),
                ],
            },
        ]
    }

    fn debian(version: &str, codename: &str, id: &str) -> Distribution {
        Distribution {
            id: id.to_owned(),
            version: version.to_owned(),
            codename: codename.to_owned(),
            ..Distribution::default()
        }
    }

    fn check(id: &str, version: &str, codename: &str, today: &str, wanted: Support) {
        let today = Day::parse(today).unwrap();
        let res = distribution_support(&products(), &debian(version, codename, id), today).unwrap();
        assert_eq!(res.support, wanted, "{id} {version} on {today}");
    }

    #[test]
    fn a_release_with_only_free_extended_support_is_neither_dead_nor_fine() {
        let ended = Day::parse("2026-07-11");
        let until = Day::parse("2028-06-30");
        check("debian", "12", "", "2026-07-11", Support::Supported { until: ended });
        let extended = Support::ExtendedOnly { ended, until, kind: ExtendedSupport::Free };
        check("debian", "12", "bookworm", "2026-07-12", extended);
        check("debian", "12.15", "", "2028-06-30", extended);
        check("debian", "12", "", "2028-07-01", Support::Dead { ended: until });
        assert_eq!(extended.is_alive(), Some(true));
    }

    #[test]
    fn extended_support_by_subscription_is_told_apart() {
        let extended = Support::ExtendedOnly {
            ended: Day::parse("2025-05-31"),
            until: Day::parse("2030-04-02"),
            kind: ExtendedSupport::Subscription,
        };
        check("ubuntu", "20.04", "focal", "2026-01-01", extended);
        assert_eq!(extended.is_alive(), Some(false));
    }

    #[test]
    fn what_the_table_does_not_know_is_unknown() {
        check("debian", "", "forky", "2026-01-01", Support::Unknown);
        // 3.20 is not the release 3.2.
        check("alpine", "3.20.1", "", "2026-01-01", Support::Unknown);
        let wolfi = debian("20230201", "", "wolfi");
        assert_eq!(distribution_support(&products(), &wolfi, Day(20_000)), None);
    }

    #[test]
    fn a_release_is_found_by_its_code_name_where_it_has_no_number() {
        let ended = Day::parse("2024-06-30");
        check("debian", "", "buster", "2026-01-01", Support::Dead { ended });
    }

    #[test]
    fn tags_of_images_name_a_version_or_a_code_name() {
        let today = Day::parse("2026-08-01").unwrap();
        let support = |repository, tag| image_support(&products(), repository, tag, today);
        let python = support("python", "3.14.7-slim-trixie").unwrap();
        assert_eq!((python.cycle.as_str(), python.latest.as_str()), ("3.14", "3.14.9"));
        let old = support("python", "3.1").unwrap();
        assert_eq!(old.support, Support::Dead { ended: None });
        assert_eq!(old.newest_supported, "3.14");
        assert_eq!(support("debian", "bookworm-slim").unwrap().cycle, "12");
        assert_eq!(support("unheard-of", "1"), None);
        assert_eq!(support("python", "latest").unwrap().support, Support::Unknown);
    }
}
