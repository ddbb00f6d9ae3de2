//! Which releases get no more fixes: distributions and language runtimes, by image and tag.
//!
//! The dates are those that the makers published, as of [`JUDGED_ON`]; a release that ended later
//! is not listed, so that the same text is judged alike on every day. Knows no rule.

use plimsoll_dockerfile::ImageReference;

/// A release that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndedRelease {
    /// What ended: `Python 3.7`.
    pub(crate) release: String,
    /// The last day of support, as `YYYY-MM-DD`.
    pub(crate) ended: &'static str,
    /// The newest release that is supported, if there is one.
    pub(crate) current: Option<&'static str>,
}

/// What a product is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProductKind {
    /// A Linux distribution.
    Distribution,
    /// A language with what it needs to run.
    Runtime,
}

/// The release of `kind` that the image is built of, if it has ended.
pub(crate) fn ended_release(image: &ImageReference, kind: ProductKind) -> Option<EndedRelease> {
    let tag = image.tag.as_ref().filter(|it| !it.has_variable())?.text.as_str();
    let name = image.familiar_name();
    let own = PRODUCTS.iter().find(|it| it.is_image(&name));
    let found = own.filter(|it| it.kind == kind).and_then(|it| it.ended_by_tag(tag));
    match kind {
        ProductKind::Runtime => found,
        ProductKind::Distribution => found.or_else(|| ended_below(&name, tag)),
    }
}

/// The distribution that a tag names beside the version: `3.12-buster`, `20-alpine3.16`.
fn ended_below(image: &str, tag: &str) -> Option<EndedRelease> {
    for token in tag.split(['-', '_', '+']) {
        if let Some(version) = token.strip_prefix("alpine").filter(|it| !it.is_empty()) {
            let alpine = PRODUCTS.iter().find(|it| it.name == "Alpine")?;
            return alpine.ended_by_tag(version);
        }
        for (codename, product, version, ended) in CODENAMES {
            let is_own = image.eq_ignore_ascii_case(product);
            if token == *codename && (is_own || !AMBIGUOUS_CODENAMES.contains(codename)) {
                let named = PRODUCTS.iter().find(|it| it.name == *product);
                return Some(EndedRelease {
                    release: format!("{product} {version}"),
                    ended,
                    current: named.map(|it| it.current),
                });
            }
        }
    }
    None
}

struct Product {
    name: &'static str,
    kind: ProductKind,
    /// Familiar names; a star at the end stands for anything.
    images: &'static [&'static str],
    /// The newest supported release; empty if there is none.
    current: &'static str,
    /// Release and last day.
    ended: &'static [(&'static str, &'static str)],
}

impl Product {
    fn is_image(&self, name: &str) -> bool {
        self.images.iter().any(|it| match it.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == *it,
        })
    }

    fn ended_by_tag(&self, tag: &str) -> Option<EndedRelease> {
        let version = tag.strip_prefix('v').unwrap_or(tag);
        let version_end = version.find(|it: char| !it.is_ascii_digit() && it != '.');
        let version = version.get(..version_end.unwrap_or(version.len()))?;
        let belongs = |cycle: &str| {
            let mut parts = version.split('.');
            cycle.split('.').all(|it| parts.next() == Some(it))
        };
        let (cycle, ended) = self.ended.iter().find(|it| belongs(it.0))?;
        Some(EndedRelease {
            release: format!("{} {cycle}", self.name),
            ended,
            current: Some(self.current).filter(|it| !it.is_empty()),
        })
    }
}

/// The day of which the tables tell.
#[cfg(test)]
const JUDGED_ON: &str = "2026-11-22";

/// Codenames that are common words, and so mean a release only in the tags of its own image.
#[rustfmt::skip]
static AMBIGUOUS_CODENAMES: &[&str] = &[
    "disco", "groovy", "cosmic", "hardy", "lucid", "precise", "edgy", "artful", "mantic", "plucky",
    "oracular", "lunar", "vivid", "wily", "impish", "kinetic", "natty", "gutsy", "feisty", "dapper",
];

/// Codename, product, release, last day.
#[rustfmt::skip]
static CODENAMES: &[(&str, &str, &str, &str)] = &[
    ("bullseye", "Debian", "11", "2026-08-31"),
    ("buster", "Debian", "10", "2024-06-30"),
    ("stretch", "Debian", "9", "2022-07-01"),
    ("jessie", "Debian", "8", "2020-06-30"),
    ("wheezy", "Debian", "7", "2018-05-31"),
    ("squeeze", "Debian", "6", "2016-02-29"),
    ("lenny", "Debian", "5", "2012-02-06"),
    ("etch", "Debian", "4", "2010-02-15"),
    ("questing", "Ubuntu", "25.10", "2026-07-01"),
    ("plucky", "Ubuntu", "25.04", "2026-01-17"),
    ("oracular", "Ubuntu", "24.10", "2025-07-10"),
    ("mantic", "Ubuntu", "23.10", "2024-07-12"),
    ("lunar", "Ubuntu", "23.04", "2024-01-20"),
    ("kinetic", "Ubuntu", "22.10", "2023-07-20"),
    ("impish", "Ubuntu", "21.10", "2022-07-14"),
    ("hirsute", "Ubuntu", "21.04", "2022-01-20"),
    ("groovy", "Ubuntu", "20.10", "2021-07-22"),
    ("focal", "Ubuntu", "20.04", "2025-05-31"),
    ("eoan", "Ubuntu", "19.10", "2020-07-06"),
    ("disco", "Ubuntu", "19.04", "2020-01-23"),
    ("cosmic", "Ubuntu", "18.10", "2019-07-18"),
    ("bionic", "Ubuntu", "18.04", "2023-05-31"),
    ("artful", "Ubuntu", "17.10", "2018-07-19"),
    ("zesty", "Ubuntu", "17.04", "2018-01-13"),
    ("yakkety", "Ubuntu", "16.10", "2017-07-20"),
    ("xenial", "Ubuntu", "16.04", "2021-04-02"),
    ("wily", "Ubuntu", "15.10", "2016-07-28"),
    ("vivid", "Ubuntu", "15.04", "2016-02-04"),
    ("utopic", "Ubuntu", "14.10", "2015-07-23"),
    ("trusty", "Ubuntu", "14.04", "2019-04-02"),
    ("saucy", "Ubuntu", "13.10", "2014-07-17"),
    ("raring", "Ubuntu", "13.04", "2014-01-27"),
    ("quantal", "Ubuntu", "12.10", "2014-05-16"),
    ("precise", "Ubuntu", "12.04", "2017-04-28"),
    ("oneiric", "Ubuntu", "11.10", "2013-05-09"),
    ("natty", "Ubuntu", "11.04", "2012-10-28"),
    ("maverick", "Ubuntu", "10.10", "2012-04-10"),
    ("lucid", "Ubuntu", "10.04", "2013-05-09"),
    ("karmic", "Ubuntu", "9.10", "2011-04-30"),
    ("jaunty", "Ubuntu", "9.04", "2010-10-23"),
    ("intrepid", "Ubuntu", "8.10", "2010-04-30"),
    ("hardy", "Ubuntu", "8.04", "2013-05-09"),
    ("gutsy", "Ubuntu", "7.10", "2009-04-18"),
    ("feisty", "Ubuntu", "7.04", "2008-10-19"),
    ("edgy", "Ubuntu", "6.10", "2008-04-26"),
    ("dapper", "Ubuntu", "6.06", "2011-06-01"),
    ("breezy", "Ubuntu", "5.10", "2007-04-13"),
    ("hoary", "Ubuntu", "5.04", "2006-10-31"),
    ("warty", "Ubuntu", "4.10", "2006-04-30"),];

#[rustfmt::skip]
static PRODUCTS: &[Product] = &[
    Product {
        name: "Alpine",
        kind: ProductKind::Distribution,
        images: &["alpine"],
        current: "3.24",
        ended: &[
            ("3.21", "2026-11-01"), ("3.20", "2026-04-01"), ("3.19", "2025-11-01"),
            ("3.18", "2025-05-09"), ("3.17", "2024-11-22"), ("3.16", "2024-05-23"),
            ("3.15", "2023-11-01"), ("3.14", "2023-05-01"), ("3.13", "2022-11-01"),
            ("3.12", "2022-05-01"), ("3.11", "2021-11-01"), ("3.10", "2021-05-01"),
            ("3.9", "2020-11-01"), ("3.8", "2020-05-01"), ("3.7", "2019-11-01"),
            ("3.6", "2019-05-01"),
            ("3.5", "2018-11-01"), ("3.4", "2018-05-01"), ("3.3", "2017-11-01"),
            ("3.2", "2017-05-01"),
            ("3.1", "2016-11-01"), ("3.0", "2016-05-01"), ("2.7", "2015-11-01"),
            ("2.6", "2015-05-01"),
            ("2.5", "2014-11-01"), ("2.4", "2014-05-01"), ("2.3", "2013-11-01"),
            ("2.2", "2013-05-01"),
            ("2.1", "2012-11-01"),
        ],
    },
    Product {
        name: "Debian",
        kind: ProductKind::Distribution,
        images: &["debian"],
        current: "13",
        ended: &[
            ("11", "2026-08-31"), ("10", "2024-06-30"), ("9", "2022-07-01"), ("8", "2020-06-30"),
            ("7", "2018-05-31"), ("6", "2016-02-29"), ("5", "2012-02-06"), ("4", "2010-02-15"),
            ("3.1", "2008-03-31"), ("3.0", "2006-06-30"), ("2.2", "2003-06-30"),
            ("2.1", "2000-10-30"),
            ("2.0", "1999-02-15"), ("1.3", "1998-12-08"), ("1.2", "1997-10-23"),
            ("1.1", "1996-12-12"),
        ],
    },
    Product {
        name: "Ubuntu",
        kind: ProductKind::Distribution,
        images: &["ubuntu"],
        current: "26.04",
        ended: &[
            ("25.10", "2026-07-01"), ("25.04", "2026-01-17"), ("24.10", "2025-07-10"),
            ("23.10", "2024-07-12"), ("23.04", "2024-01-20"), ("22.10", "2023-07-20"),
            ("21.10", "2022-07-14"), ("21.04", "2022-01-20"), ("20.10", "2021-07-22"),
            ("20.04", "2025-05-31"), ("19.10", "2020-07-06"), ("19.04", "2020-01-23"),
            ("18.10", "2019-07-18"), ("18.04", "2023-05-31"), ("17.10", "2018-07-19"),
            ("17.04", "2018-01-13"), ("16.10", "2017-07-20"), ("16.04", "2021-04-02"),
            ("15.10", "2016-07-28"), ("15.04", "2016-02-04"), ("14.10", "2015-07-23"),
            ("14.04", "2019-04-02"), ("13.10", "2014-07-17"), ("13.04", "2014-01-27"),
            ("12.10", "2014-05-16"), ("12.04", "2017-04-28"), ("11.10", "2013-05-09"),
            ("11.04", "2012-10-28"), ("10.10", "2012-04-10"), ("10.04", "2013-05-09"),
            ("9.10", "2011-04-30"), ("9.04", "2010-10-23"), ("8.10", "2010-04-30"),
            ("8.04", "2013-05-09"), ("7.10", "2009-04-18"), ("7.04", "2008-10-19"),
            ("6.10", "2008-04-26"), ("6.06", "2011-06-01"), ("5.10", "2007-04-13"),
            ("5.04", "2006-10-31"), ("4.10", "2006-04-30"),
        ],
    },
    Product {
        name: "CentOS",
        kind: ProductKind::Distribution,
        images: &["centos"],
        current: "",
        ended: &[
            ("8", "2021-12-31"), ("7", "2024-06-30"), ("6", "2020-11-30"), ("5", "2017-03-31"),
        ],
    },
    Product {
        name: "CentOS Stream",
        kind: ProductKind::Distribution,
        images: &["quay.io/centos/centos"],
        current: "10",
        ended: &[
            ("8", "2024-05-31"),
        ],
    },
    Product {
        name: "Fedora",
        kind: ProductKind::Distribution,
        images: &["fedora"],
        current: "44",
        ended: &[
            ("42", "2026-05-27"), ("41", "2025-12-15"), ("40", "2025-05-13"), ("39", "2024-11-26"),
            ("38", "2024-05-21"), ("37", "2023-12-05"), ("36", "2023-05-16"), ("35", "2022-12-13"),
            ("34", "2022-06-07"), ("33", "2021-11-30"), ("32", "2021-05-25"), ("31", "2020-11-24"),
            ("30", "2020-05-26"), ("29", "2019-11-26"), ("28", "2019-05-28"), ("27", "2018-11-30"),
            ("26", "2018-05-29"), ("25", "2017-12-12"), ("24", "2017-08-08"), ("23", "2016-12-20"),
            ("22", "2016-07-19"), ("21", "2015-12-01"), ("20", "2015-06-23"), ("19", "2015-01-06"),
        ],
    },
    Product {
        name: "Amazon Linux",
        kind: ProductKind::Distribution,
        images: &["amazonlinux"],
        current: "2023",
        ended: &[
            ("2", "2026-06-30"), ("2018.03", "2023-12-31"), ("2017.09", "2023-12-31"),
            ("2017.03", "2023-12-31"), ("2016.09", "2023-12-31"), ("2016.03", "2023-12-31"),
            ("2015.09", "2023-12-31"), ("2015.03", "2023-12-31"), ("2014.09", "2023-12-31"),
            ("2014.03", "2023-12-31"), ("2013.09", "2023-12-31"), ("2013.03", "2023-12-31"),
            ("2012.09", "2023-12-31"), ("2012.03", "2023-12-31"), ("2011.09", "2023-12-31"),
            ("2010.11", "2023-12-31"),
        ],
    },
    Product {
        name: "Oracle Linux",
        kind: ProductKind::Distribution,
        images: &["oraclelinux"],
        current: "10",
        ended: &[
            ("7", "2024-12-31"), ("6", "2021-03-31"),
        ],
    },
    Product {
        name: "openSUSE Leap",
        kind: ProductKind::Distribution,
        images: &["opensuse/leap"],
        current: "16.0",
        ended: &[
            ("15.6", "2026-04-30"), ("15.5", "2024-12-31"), ("15.4", "2023-12-07"),
            ("15.3", "2022-12-31"), ("15.2", "2022-01-04"), ("15.1", "2021-02-02"),
            ("15.0", "2019-12-03"), ("42.3", "2019-07-01"), ("42.2", "2018-01-26"),
            ("42.1", "2017-05-17"), ("13.2", "2017-01-17"), ("13.1", "2016-02-03"),
            ("12.3", "2015-01-29"), ("12.2", "2014-01-15"), ("12.1", "2013-05-15"),
            ("11.4", "2012-11-05"), ("11.3", "2012-01-20"), ("11.2", "2011-05-12"),
            ("11.1", "2011-01-14"), ("11.0", "2010-07-26"),
        ],
    },
    Product {
        name: "Python",
        kind: ProductKind::Runtime,
        images: &["python"],
        current: "3.14",
        ended: &[
            ("3.10", "2026-10-31"), ("3.9", "2025-10-31"), ("3.8", "2024-10-07"),
            ("3.7", "2023-06-27"), ("3.6", "2021-12-23"), ("3.5", "2020-09-30"),
            ("3.4", "2019-03-18"),
            ("3.3", "2017-09-29"), ("3.2", "2016-02-20"), ("2.7", "2020-01-01"),
            ("3.1", "2012-04-09"),
            ("3.0", "2009-06-27"), ("2.6", "2013-10-29"),
        ],
    },
    Product {
        name: "Node.js",
        kind: ProductKind::Runtime,
        images: &["node"],
        current: "26",
        ended: &[
            ("25", "2026-06-01"), ("23", "2025-06-01"), ("21", "2024-06-01"), ("20", "2026-04-30"),
            ("19", "2023-06-01"), ("18", "2025-04-30"), ("17", "2022-06-01"), ("16", "2023-09-11"),
            ("15", "2021-06-01"), ("14", "2023-04-30"), ("13", "2020-06-01"), ("12", "2022-04-30"),
            ("11", "2019-06-30"), ("10", "2021-04-30"), ("9", "2018-06-30"), ("8", "2019-12-31"),
            ("7", "2017-06-30"), ("6", "2019-04-30"), ("5", "2016-06-30"), ("4", "2018-04-30"),
        ],
    },
    Product {
        name: "PHP",
        kind: ProductKind::Runtime,
        images: &["php"],
        current: "8.5",
        ended: &[
            ("8.1", "2025-12-31"), ("8.0", "2023-11-26"), ("7.4", "2022-11-28"),
            ("7.3", "2021-12-06"),
            ("7.2", "2020-11-30"), ("7.1", "2019-12-01"), ("7.0", "2019-01-10"),
            ("5.6", "2018-12-31"),
            ("5.5", "2016-07-21"), ("5.4", "2015-09-14"), ("5.3", "2014-08-14"),
            ("5.2", "2011-01-06"),
            ("5.1", "2006-08-24"), ("5.0", "2005-09-05"),
        ],
    },
    Product {
        name: "Ruby",
        kind: ProductKind::Runtime,
        images: &["ruby"],
        current: "4.0",
        ended: &[
            ("3.2", "2026-03-31"), ("3.1", "2025-03-26"), ("3.0", "2024-04-23"),
            ("2.7", "2023-03-31"),
            ("2.6", "2022-03-31"), ("2.5", "2021-03-31"), ("2.4", "2020-03-31"),
            ("2.3", "2019-03-31"),
            ("2.2", "2018-03-31"), ("2.1", "2017-03-31"), ("2.0", "2016-02-24"),
            ("1.9", "2015-02-23"),
        ],
    },
    Product {
        name: "Go",
        kind: ProductKind::Runtime,
        images: &["golang"],
        current: "1.27",
        ended: &[
            ("1.25", "2026-08-19"), ("1.24", "2026-02-10"), ("1.23", "2025-08-12"),
            ("1.22", "2025-02-11"), ("1.21", "2024-08-13"), ("1.20", "2024-02-06"),
            ("1.19", "2023-09-06"), ("1.18", "2023-02-01"), ("1.17", "2022-08-02"),
            ("1.16", "2022-03-15"), ("1.15", "2021-08-16"), ("1.14", "2021-02-16"),
            ("1.13", "2020-08-11"), ("1.12", "2020-02-25"), ("1.11", "2019-09-03"),
            ("1.10", "2019-02-25"),
        ],
    },
    Product {
        name: ".NET",
        kind: ProductKind::Runtime,
        images: &["mcr.microsoft.com/dotnet/*"],
        current: "10",
        ended: &[
            ("9", "2026-11-10"), ("8", "2026-11-10"), ("7", "2024-05-14"), ("6", "2024-11-12"),
            ("5", "2022-05-10"), ("3.1", "2022-12-13"), ("3.0", "2020-03-03"),
            ("2.2", "2019-12-23"),
            ("2.1", "2021-08-21"), ("2.0", "2018-10-01"), ("1.1", "2019-06-27"),
            ("1.0", "2019-06-27"),
        ],
    },
    Product {
        name: "Java",
        kind: ProductKind::Runtime,
        images: &["eclipse-temurin"],
        current: "25",
        ended: &[
            ("26", "2026-09-15"), ("24", "2025-09-16"), ("23", "2025-03-18"), ("22", "2024-09-17"),
            ("20", "2023-09-19"), ("19", "2023-03-31"), ("18", "2022-09-30"), ("16", "2021-09-30"),
        ],
    },
    Product {
        name: "Java (Corretto)",
        kind: ProductKind::Runtime,
        images: &["amazoncorretto"],
        current: "25",
        ended: &[
            ("26", "2026-10-31"), ("24", "2025-10-31"), ("23", "2025-04-30"), ("22", "2024-10-15"),
            ("20", "2023-10-17"), ("19", "2023-04-19"), ("18", "2022-10-18"), ("16", "2021-10-19"),
            ("15", "2021-04-20"),
        ],
    },
    Product {
        name: "Perl",
        kind: ProductKind::Runtime,
        images: &["perl"],
        current: "5.44",
        ended: &[
            ("5.38", "2026-07-02"), ("5.36", "2025-05-27"), ("5.34", "2024-05-20"),
            ("5.32", "2023-06-20"), ("5.30", "2022-05-22"), ("5.28", "2021-06-23"),
            ("5.26", "2020-05-30"),
        ],
    },
    Product {
        name: "Elixir",
        kind: ProductKind::Runtime,
        images: &["elixir"],
        current: "1.20",
        ended: &[
            ("1.15", "2026-06-03"), ("1.14", "2025-10-16"), ("1.13", "2024-12-19"),
            ("1.12", "2024-06-12"), ("1.11", "2023-12-22"), ("1.10", "2023-06-19"),
            ("1.9", "2022-09-01"), ("1.8", "2021-12-03"), ("1.7", "2021-05-19"),
            ("1.6", "2020-10-06"),
            ("1.5", "2020-01-27"), ("1.4", "2019-06-24"),
        ],
    },
    Product {
        name: "Erlang/OTP",
        kind: ProductKind::Runtime,
        images: &["erlang"],
        current: "29",
        ended: &[
            ("26", "2026-05-26"), ("25", "2025-05-17"), ("24", "2024-05-10"), ("23", "2024-03-14"),
            ("22", "2024-03-18"), ("21", "2021-06-19"), ("20", "2020-06-21"), ("19", "2019-06-21"),
            ("18", "2018-11-09"), ("17", "2018-10-11"),
        ],
    },];

#[cfg(test)]
mod tests {
    use plimsoll_dockerfile::ImageReference;

    use super::{CODENAMES, JUDGED_ON, PRODUCTS, ProductKind, ended_release};

    #[test]
    fn tags_lead_to_releases() {
        use ProductKind::{Distribution, Runtime};
        for (image, kind, release) in [
            ("python:3.7-slim", Runtime, Some("Python 3.7")),
            ("python:3.1.4", Runtime, Some("Python 3.1")),
            ("docker.io/library/node:14.18.1-bullseye", Runtime, Some("Node.js 14")),
            ("node:14-bullseye", Distribution, Some("Debian 11")),
            ("node:24-alpine3.16", Distribution, Some("Alpine 3.16")),
            ("alpine:3.5", Distribution, Some("Alpine 3.5")),
            ("debian:stretch-slim", Distribution, Some("Debian 9")),
            ("debian:10.3", Distribution, Some("Debian 10")),
            ("ubuntu:focal", Distribution, Some("Ubuntu 20.04")),
            ("centos:7.9.2009", Distribution, Some("CentOS 7")),
            ("mcr.microsoft.com/dotnet/sdk:6.0-alpine", Runtime, Some(".NET 6")),
            ("golang:1.20", Runtime, Some("Go 1.20")),
            ("golang:1.27", Runtime, None),
            ("python:3", Runtime, None),
            ("python:3.14", Runtime, None),
            ("python:${V}", Runtime, None),
            ("alpine:3.24", Distribution, None),
            ("alpine", Distribution, None),
            ("acme/python:3.7", Runtime, None),
            ("gradle:jdk21-groovy", Distribution, None),
            ("ubuntu:24.04", Distribution, None),
        ] {
            let reference = ImageReference::parse(image).unwrap();
            let found = ended_release(&reference, kind).map(|it| it.release);
            assert_eq!(found.as_deref(), release, "{image}");
        }
    }

    #[test]
    fn the_tables_hold_only_what_has_ended() {
        let ended = PRODUCTS.iter().flat_map(|it| it.ended).map(|it| it.1);
        for day in ended.chain(CODENAMES.iter().map(|it| it.3)) {
            assert!(day.len() == 10 && day <= JUDGED_ON, "{day}");
        }
    }
}
