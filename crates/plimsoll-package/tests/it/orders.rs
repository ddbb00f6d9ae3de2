//! Every order of versions is total, and agrees with examples of its ecosystem.

use std::cmp::Ordering;

use plimsoll_package::{VersionScheme, compare};
use proptest::prelude::*;

/// Lists that ascend; `|` joins what is equal.
const ASCENDING: &[(VersionScheme, &[&str])] = &[
    (
        VersionScheme::Debian,
        &[
            "~~",
            "~~a",
            "~",
            "|0",
            "1~rc1",
            "1",
            "1a",
            "1+b1",
            "1.0-1~deb12u1",
            "1.0-1",
            "1.0-1+b1",
            "1.0-1.1",
            "1.2",
            "1.10",
            "2026",
            "1:0.1",
            "1:1-1",
            "10:0",
        ],
    ),
    (VersionScheme::Debian, &["1.0|1.0-0|0:1.0|00:1.00", "1.0-1", "1.0-a-1", "1.0.0-1"]),
    (
        VersionScheme::Alpine,
        &[
            "1.0_alpha",
            "1.0_alpha1",
            "1.0_beta",
            "1.0_pre",
            "1.0_rc1",
            "1.0_rc2",
            "1.0",
            "1.0-r0|1.0-r",
            "1.0-r1",
            "1.0-r10",
            "1.0_cvs",
            "1.0_git20240101",
            "1.0_p1",
            "1.0_p1-r1",
            "1.0a",
            "1.0b",
            "1.0b1",
            "1.0.1",
            "1.01",
            "1.1",
            "1.9",
            "1.10",
            "2",
        ],
    ),
    (VersionScheme::Alpine, &["1.0~abc-r1", "1.0~abd-r0"]),
    (VersionScheme::Alpine, &["1.0-rx|1.0-ry", "1.0"]),
    (
        VersionScheme::Rpm,
        &[
            "1.0~rc1-1.el9",
            "1.0",
            "1.0-1.el8",
            "1.0-1.el9",
            "1.0-1.el9_2",
            "1.0-10.el9",
            "1.0^git1-1",
            "1.0.a-1",
            "1.0.1-1",
            "1:0.5-1",
            "2:0.1-1",
        ],
    ),
    (VersionScheme::Rpm, &["0:1.0-1|1.0-1|1_0-01"]),
    (
        VersionScheme::Pacman,
        &["1.0a-1", "1.0rc1-1", "1.0", "1.0-1", "1.0-2", "1.0.a-1", "1.0.1-1", "1:0.1-1"],
    ),
    (
        VersionScheme::Semver,
        &[
            "",
            "latest",
            "1.0.0-0",
            "1.0.0-1",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-rc.2",
            "1.0.0-rc.11",
            "1.0.0-rc2",
            "1.0.0|v1.0.0|1.0|1",
            "1.0.1",
            "1.2.0",
            "1.10.0",
            "18446744073709551616.0.0",
        ],
    ),
    (VersionScheme::Npm, &["1.0.0+a|1.0.0+b|=1.0.0", "1.0.1beta", "1.0.1"]),
    (
        VersionScheme::Golang,
        &[
            "(devel)",
            "v0.0.0-20200101000000-abcdefabcdef",
            "v0.0.0-20210101000000-abcdefabcdef",
            "v0.1.0",
            "v1.0.0-rc.1",
            "v1.0.0|v1.0.0+incompatible|1.0.0",
            "v2.0.0+incompatible",
        ],
    ),
    (
        VersionScheme::Golang,
        &[
            "go1.20.14",
            "go1.21rc2|1.21.0-rc.2|1.21rc2",
            "go1.21rc10",
            "go1.21.0|1.21.0",
            "go1.21.3|1.21.3|go1.21.3-acme|go1.21.3 X:boringcrypto|go1.21.3b7",
            "go1.22-devel_0123abcd|devel go1.22-0123abcd",
            "go1.22.0",
        ],
    ),
    (
        VersionScheme::PyPi,
        &[
            "dog",
            "",
            "1.0-dog",
            "1.0-final",
            "2.0-x",
            "1.0.dev1",
            "1.0a1.dev1",
            "1.0a1",
            "1.0b2|1.0.beta-2",
            "1.0rc1|1.0c1|1.0-pre.1",
            "1.0|1|v1.0.0",
            "1.0+a",
            "1.0+1",
            "1.0.post1.dev1",
            "1.0.post1|1.0-1|1.0r1",
            "1.0.1",
            "1.2",
            "1.10",
            "1!0.1",
        ],
    ),
    (
        VersionScheme::Maven,
        &[
            "1-alpha",
            "1-alpha-1|1alpha1|1a1|1.alpha.0-1",
            "1-b2",
            "1-m1",
            "1-rc1|1-cr1",
            "1-SNAPSHOT|1-snapshot",
            "1|1.0|1-final|1.ga|1-RELEASE",
            "1-sp",
            "1-foo",
            "1-foo-1",
            "1-0.0.1|1.0-0.0.1",
            "1-1",
            "1-2",
            "1.0.1|1.00.01",
            "1.1-alpha",
            "1.1",
        ],
    ),
    (
        VersionScheme::RubyGems,
        &["0.9", "1.0.a", "1.0.b1", "1.0.pre.1|1.0-1", "1.0.rc1|1.0.0.rc1", "1|1.0", "1.0.1"],
    ),
    (
        VersionScheme::Packagist,
        &[
            "1.0-dev",
            "1.0-alpha1",
            "1.0a2",
            "1.0.0-beta.1",
            "1.0-RC1|1.0rc1",
            "1.0|v1.0.0|1.0.0.0",
            "1.0-p1",
            "1.0.1",
            "1.10",
        ],
    ),
    (
        VersionScheme::NuGet,
        &["1.0.0-ALPHA|1.0.0-alpha", "1.0.0-beta", "1.0|1.0.0.0|1.0.0+x", "1.0.0.1"],
    ),
    (VersionScheme::Pub, &["1.0.0-a+1", "1.0.0", "1.0.0+1", "1.0.0+2", "1.0.0+a", "1.0.1"]),
    (VersionScheme::Cran, &["0.9", "1.0", "1.0-1|1.0.1", "1.0.1-0", "1.0-2", "1.10"]),
    (VersionScheme::Hackage, &["1", "1.0", "1.0.0", "1.0.1", "1.10"]),
    (
        VersionScheme::Upstream,
        &[
            "3.12.0a1|3.12a1",
            "3.12.0b1",
            "3.12.0rc1",
            "3.12.0|v3.12|3.12",
            "3.12.0p1",
            "3.12.0w|3.12W",
            "3.12.1",
        ],
    ),
    (VersionScheme::Upstream, &["1.1.1-pre9", "1.1.1", "1.1.1a", "1.1.1w", "3.0.0-alpha1"]),
];

#[test]
fn lists_ascend() {
    let mut faults = Vec::new();
    for (scheme, list) in ASCENDING {
        for (index, group) in list.iter().enumerate() {
            let later = list.get(index + 1..).unwrap_or_default();
            for a in members(group) {
                for b in members(group) {
                    check(*scheme, a, Ordering::Equal, b, &mut faults);
                }
                for b in later.iter().flat_map(|it| members(it)) {
                    check(*scheme, a, Ordering::Less, b, &mut faults);
                    check(*scheme, b, Ordering::Greater, a, &mut faults);
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn members(group: &str) -> impl Iterator<Item = &str> {
    group.split('|')
}

fn check(scheme: VersionScheme, a: &str, expected: Ordering, b: &str, faults: &mut Vec<String>) {
    let order = compare(scheme, a, b);
    if order != expected {
        faults.push(format!("{scheme:?}: `{a}` to `{b}` is {order:?}, not {expected:?}"));
    }
}

#[test]
fn schemes_are_known_by_their_names() {
    for scheme in VersionScheme::ALL {
        assert_eq!(VersionScheme::parse(scheme.name()), Some(*scheme));
    }
    assert_eq!(VersionScheme::parse("redhat"), Some(VersionScheme::Rpm));
    assert_eq!(VersionScheme::parse("unheard-of"), None);
}

#[test]
fn long_versions_are_compared_in_linear_time() {
    // Each of these would take minutes if the time grew with the square of the length.
    let pieces = ["0.", "1-", "a1", "~", "-0", ".0", "_p1", "rc.", "0a", "--", "..", "final-"];
    for scheme in VersionScheme::ALL {
        for piece in pieces {
            let a = format!("1{}", piece.repeat(20_000));
            let b = format!("{a}1");
            assert_eq!(compare(*scheme, &a, &b), compare(*scheme, &b, &a).reverse());
        }
    }
}

fn scheme() -> impl Strategy<Value = VersionScheme> {
    prop::sample::select(VersionScheme::ALL)
}

/// Strings like versions, made from few pieces, so that many of them are alike.
fn version() -> impl Strategy<Value = String> {
    let pieces = vec![
        "0", "1", "2", "00", "01", "10", "9", ".", ".", ".", "-", "_", "~", "^", ":", "+", "#",
        "!", "a", "b", "p", "rc", "alpha", "beta", "dev", "post", "pre", "sp", "ga", "final", "r",
        "-r", "v", "go", "x", "A", "RC", "é", " ", "_p", "_git", "1:", "1!", "c", "m", "snapshot",
    ];
    let word = prop::sample::select(pieces);
    prop::collection::vec(word, 0..8).prop_map(|it| it.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn orders_are_antisymmetric(scheme in scheme(), a in version(), b in version()) {
        prop_assert_eq!(compare(scheme, &a, &b), compare(scheme, &b, &a).reverse());
        let copy = a.clone();
        prop_assert_eq!(compare(scheme, &a, &copy), Ordering::Equal);
    }

    #[test]
    fn orders_are_transitive(
        scheme in scheme(),
        versions in prop::collection::vec(version(), 3..12),
    ) {
        // Sorted by a total order, every earlier one is at most as new as every later one, and
        // equals stand in one block.
        let mut versions = versions;
        versions.sort_by(|a, b| compare(scheme, a, b));
        for (index, a) in versions.iter().enumerate() {
            for (next, b) in versions.iter().enumerate().skip(index + 1) {
                let order = compare(scheme, a, b);
                prop_assert_ne!(order, Ordering::Greater, "{:?}: {} {}", scheme, a, b);
                let between = versions.get(index + 1..next).unwrap_or_default();
                let is_block = between.iter().all(|it| compare(scheme, a, it).is_eq());
                prop_assert!(order.is_ne() || is_block, "{:?}: {} {}", scheme, a, b);
            }
        }
    }

    #[test]
    fn any_text_compares(scheme in scheme(), a in any::<String>(), b in any::<String>()) {
        prop_assert_eq!(compare(scheme, &a, &b), compare(scheme, &b, &a).reverse());
    }
}
