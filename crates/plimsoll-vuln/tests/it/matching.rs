//! What people rely on, one case each: a record, a package, an answer.

use plimsoll_package::{Advisory, AffectedStatus, Package, PackageKind, RangeEnd, VendorSeverity};
use plimsoll_vuln::{
    Day, Epss, Exposure, KnownExploited, MatchGap, MatchOptions, PackageRef, SeverityOrigin, Store,
    StoreBuilder, match_packages,
};

use crate::write::{
    BUILT_AT, advisory, affected, binaries, built, cvss, distribution, erratum, finish, fixed,
    module, package, product, range, severity, source, state, store,
};

/// Matches as `id package status fix`, in the order of their urgency.
#[track_caller]
fn check(advisories: &[Advisory], system: (&str, &str), packages: &[Package], wanted: &[&str]) {
    check_with(advisories, system, packages, &MatchOptions::default(), wanted);
}

#[track_caller]
fn check_with(
    advisories: &[Advisory],
    (id, version): (&str, &str),
    packages: &[Package],
    options: &MatchOptions<'_>,
    wanted: &[&str],
) {
    let bytes = store(advisories);
    let store = Store::open(&bytes).unwrap();
    let asked: Vec<_> = packages.iter().map(|it| PackageRef { package: it, owner: None }).collect();
    let system = distribution(id, version);
    let res = match_packages(&store, Some(&system), &asked, options).unwrap();
    let res: Vec<String> = res
        .matches
        .iter()
        .map(|it| {
            format!(
                "{} {} {} {}",
                it.vulnerability.id,
                packages[it.package].name,
                it.status.name(),
                it.fixed_in.unwrap_or("-")
            )
        })
        .collect();
    assert_eq!(res, wanted);
}

#[test]
fn a_source_package_stands_for_all_that_is_built_from_it() {
    let advisories = [advisory("CVE-2024-1", &[], vec![fixed("Debian 12 openssl", "3.0.11-1")])];
    let old = built(PackageKind::Deb, "libssl3", "3.0.9-1", "openssl");
    let new = built(PackageKind::Deb, "libssl3", "3.0.11-1", "openssl");
    let other = built(PackageKind::Deb, "openssl", "3.0.9-1", "openssl-fork");
    let found = ["CVE-2024-1 libssl3 fixed 3.0.11-1"];
    check(&advisories, ("debian", "12"), &[old.clone(), new, other], &found);
    // Another release's row is not this one's.
    check(&advisories, ("debian", "11"), &[old], &[]);
}

#[test]
fn the_version_of_the_source_package_is_what_is_compared() {
    let advisories = [advisory("CVE-2024-1", &[], vec![fixed("Debian 12 gcc", "12.3-1")])];
    let mut rebuilt = built(PackageKind::Deb, "libgcc-s1", "4:9-1", "gcc");
    rebuilt.source.as_mut().unwrap().version = Some("12.2-1".to_owned());
    check(&advisories, ("debian", "12"), &[rebuilt], &["CVE-2024-1 libgcc-s1 fixed 12.3-1"]);
}

#[test]
fn binary_names_are_what_red_hats_rebuilds_speak_of() {
    let advisories =
        [erratum("ALSA-1", &["CVE-2024-1"], vec![fixed("Alma 8 openssl-libs", "1:1.1.1k-9.el8")])];
    let libs = built(PackageKind::Rpm, "openssl-libs", "1:1.1.1k-7.el8", "openssl");
    let tool = built(PackageKind::Rpm, "openssl", "1:1.1.1k-7.el8", "openssl-libs");
    let found = ["CVE-2024-1 openssl-libs fixed 1:1.1.1k-9.el8"];
    check(&advisories, ("almalinux", "8.9"), &[libs, tool], &found);
}

#[test]
fn fixed_in_nought_is_not_affected() {
    let advisories = [
        advisory("CVE-2024-1", &[], vec![fixed("Alpine 3.20 busybox", "0")]),
        advisory(
            "CVE-2024-2",
            &[],
            vec![state("Alpine 3.20 busybox", AffectedStatus::NotAffected, "")],
        ),
    ];
    let busybox = package(PackageKind::Apk, "busybox", "1.36.1-r1");
    check(&advisories, ("alpine", "3.20.1"), &[busybox], &[]);
}

#[test]
fn an_erratum_and_the_record_of_its_fault_are_told_once() {
    let advisories = [
        advisory("CVE-2024-1", &[], vec![fixed("Debian 12 curl", "7.88-10")]),
        advisory("CVE-2024-2", &[], vec![fixed("Debian 12 curl", "7.88-9")]),
        erratum("DSA-1-1", &["CVE-2024-1", "CVE-2024-2"], vec![fixed("Debian 12 curl", "7.88-10")]),
    ];
    let curl = package(PackageKind::Deb, "curl", "7.88-8");
    let both = ["CVE-2024-1 curl fixed 7.88-10", "CVE-2024-2 curl fixed 7.88-9"];
    check(&advisories, ("debian", "12"), &[curl], &both);
    // The record of the second fault knows better than the erratum when it was mended.
    let curl = package(PackageKind::Deb, "curl", "7.88-9");
    check(&advisories, ("debian", "12"), &[curl], &both[..1]);
}

#[test]
fn an_erratum_alone_tells_of_each_of_its_faults() {
    let advisories = [erratum(
        "RHSA-2024:1",
        &["CVE-2024-1", "CVE-2024-2"],
        vec![fixed("RedHat 9 curl", "0:7.76-10.el9")],
    )];
    let curl = package(PackageKind::Rpm, "curl", "7.76-9.el9");
    let found = ["CVE-2024-1 curl fixed 0:7.76-10.el9", "CVE-2024-2 curl fixed 0:7.76-10.el9"];
    check(&advisories, ("rhel", "9.4"), &[curl], &found);
    let nameless = [erratum("RHBA-2024:9", &[], vec![fixed("RedHat 9 curl", "7.76-10.el9")])];
    let curl = package(PackageKind::Rpm, "curl", "7.76-9.el9");
    let found = ["RHBA-2024:9 curl fixed 7.76-10.el9"];
    check(&nameless, ("rhel", "9.4"), &[curl], &found);
}

#[test]
fn names_of_one_fault_are_told_once_under_its_cve() {
    let advisories = [
        advisory("GHSA-x", &["CVE-2024-1"], vec![fixed("PyPI - Jinja2", "3.1.3")]),
        advisory("PYSEC-1", &["GHSA-x"], vec![fixed("PyPI - jinja2", "3.1.4")]),
    ];
    let jinja = package(PackageKind::PyPi, "Jinja2", "3.1.2");
    // Both must be done with.
    check(&advisories, ("debian", "12"), &[jinja], &["CVE-2024-1 Jinja2 fixed 3.1.4"]);
    let jinja = package(PackageKind::PyPi, "jinja2", "3.1.3");
    check(&advisories, ("debian", "12"), &[jinja], &["CVE-2024-1 jinja2 fixed 3.1.4"]);
}

#[test]
fn the_fix_is_of_the_branch_that_is_installed() {
    let mut go = affected("Go - stdlib");
    go.status = AffectedStatus::Fixed;
    go.ranges = vec![
        range("", RangeEnd::Fixed("1.20.11".to_owned())),
        range("1.21.0-0", RangeEnd::Fixed("1.21.4".to_owned())),
    ];
    let advisories = [advisory("GO-2023-1", &["CVE-2023-1"], vec![go])];
    for (version, wanted) in [
        ("1.20.5", Some("CVE-2023-1 stdlib fixed 1.20.11")),
        ("1.21.0", Some("CVE-2023-1 stdlib fixed 1.21.4")),
        ("1.20.11", None),
        ("1.21.4", None),
    ] {
        let stdlib = package(PackageKind::Golang, "stdlib", version);
        let wanted: Vec<&str> = wanted.into_iter().collect();
        check(&advisories, ("debian", "12"), &[stdlib], &wanted);
    }
}

#[test]
fn overlapping_ranges_are_left_behind_together() {
    let mut one = affected("npm - x");
    one.ranges = vec![
        range("1.0.0", RangeEnd::Fixed("1.5.0".to_owned())),
        range("1.4.0", RangeEnd::Fixed("2.0.0".to_owned())),
    ];
    let advisories = [advisory("GHSA-x", &["CVE-2024-1"], vec![one])];
    let x = package(PackageKind::Npm, "x", "1.2.0");
    check(&advisories, ("debian", "12"), &[x], &["CVE-2024-1 x fixed 2.0.0"]);
    let mut last = affected("npm - x");
    last.ranges = vec![range("1.0.0", RangeEnd::LastAffected("1.5.0".to_owned()))];
    last.versions = vec!["0.1.0".to_owned()];
    let advisories = [advisory("GHSA-x", &["CVE-2024-1"], vec![last])];
    for (version, is_found) in [("1.5.0", true), ("1.5.1", false), ("0.1.0", true), ("0.2", false)]
    {
        let found = ["CVE-2024-1 x affected -"];
        let wanted = if is_found { &found[..] } else { &[] };
        check(&advisories, ("debian", "12"), &[package(PackageKind::Npm, "x", version)], wanted);
    }
}

#[test]
fn full_names_carry_their_namespace() {
    let advisories = [
        advisory("GHSA-1", &[], vec![fixed("npm - @scope/name", "2.0.0")]),
        advisory("GHSA-2", &[], vec![fixed("Maven - org.group:name", "2.0.0")]),
        advisory("GO-1", &[], vec![fixed("Go - example.org/a/name", "2.0.0")]),
    ];
    let with = |kind, namespace: &str, version: &str| Package {
        namespace: Some(namespace.to_owned()),
        ..package(kind, "name", version)
    };
    let packages = [
        with(PackageKind::Npm, "@scope", "1.0.0"),
        with(PackageKind::Maven, "org.group", "1.0.0"),
        with(PackageKind::Golang, "example.org/a", "v1.0.0"),
        package(PackageKind::Npm, "name", "1.0.0"),
    ];
    let found = ["GHSA-1 name fixed 2.0.0", "GHSA-2 name fixed 2.0.0", "GO-1 name fixed 2.0.0"];
    check(&advisories, ("debian", "12"), &packages, &found);
}

#[test]
fn only_what_is_installed_counts_unless_asked() {
    let advisories = [advisory("GHSA-1", &[], vec![fixed("npm - x", "2.0.0")])];
    let mut stated = package(PackageKind::Npm, "x", "1.0.0");
    stated.installed = false;
    check(&advisories, ("debian", "12"), std::slice::from_ref(&stated), &[]);
    let options = MatchOptions { with_statements: true, ..MatchOptions::default() };
    check_with(&advisories, ("debian", "12"), &[stated], &options, &["GHSA-1 x fixed 2.0.0"]);
}

#[test]
fn module_streams_are_kept_apart() {
    let eighteen = fixed("RedHat 8 nodejs", "1:18.19.1-1.module+el8.9.0+1+a");
    let twenty = fixed("RedHat 8 nodejs", "1:20.11.1-1.module+el8.9.0+1+b");
    let rows = vec![module(eighteen.clone(), "nodejs:18"), module(twenty.clone(), "nodejs:20")];
    let advisories = [erratum("RHSA-1", &["CVE-2024-1"], rows)];
    let node = |version: &str, stream: Option<&str>| Package {
        module: stream.map(str::to_owned),
        ..package(PackageKind::Rpm, "nodejs", version)
    };
    let eighteen_found = ["CVE-2024-1 nodejs fixed 1:18.19.1-1.module+el8.9.0+1+a"];
    for (version, stream, wanted) in [
        ("1:18.18.0-1.module+el8.8.0+1+c", Some("nodejs:18"), &eighteen_found[..]),
        ("1:18.18.0-1.module+el8.8.0+1+c", Some("nodejs:18:8090020240101:rhel8"), &eighteen_found),
        ("1:18.19.1-1.module+el8.9.0+1+a", Some("nodejs:18"), &[]),
        ("1:18.18.0-1.module+el8.8.0+1+c", None, &eighteen_found),
        ("1:16.18.0-1.module+el8.8.0+1+c", Some("nodejs:16"), &[]),
        ("1:16.18.0-1.el8", None, &[]),
    ] {
        check(&advisories, ("rhel", "8.9"), &[node(version, stream)], wanted);
    }
    // A feed that only has versions, as AlmaLinux's.
    let rows = vec![fixed("Alma 8 nodejs", "1:18.19.1-1.module_el8.9.0+1+a"), twenty];
    let advisories = [erratum("ALSA-1", &["CVE-2024-1"], rows)];
    let found = ["CVE-2024-1 nodejs fixed 1:18.19.1-1.module_el8.9.0+1+a"];
    let old = node("1:18.18.0-1.module_el8.8.0+1+c", Some("nodejs:18"));
    check(&advisories, ("almalinux", "8.9"), &[old], &found);
    let new = node("1:18.19.1-1.module_el8.9.0+1+a", Some("nodejs:18"));
    check(&advisories, ("almalinux", "8.9"), &[new], &[]);
}

#[test]
fn the_lowest_fix_of_the_main_stream_counts() {
    let main = |fix: &str| product(fixed("RedHat 9 kernel", fix), "baseos");
    let extended = |fix: &str| product(fixed("RedHat 9 kernel", fix), "rhel_eus:9.0::baseos");
    let advisories = [
        erratum("RHSA-1", &["CVE-2024-1"], vec![main("5.14.0-284.25.1.el9_2")]),
        erratum("RHSA-2", &["CVE-2024-1"], vec![main("5.14.0-362.8.1.el9_3")]),
        erratum("RHSA-3", &["CVE-2024-1"], vec![extended("5.14.0-70.64.1.el9_0")]),
    ];
    let lowest = ["CVE-2024-1 kernel fixed 5.14.0-284.25.1.el9_2"];
    let of_stream = ["CVE-2024-1 kernel fixed 5.14.0-70.64.1.el9_0"];
    for (version, wanted) in [
        ("5.14.0-362.1.1.el9_3", &[][..]),
        ("5.14.0-284.30.1.el9_2", &[]),
        // Above the fix of an extended stream, and not mended all the same.
        ("5.14.0-162.1.1.el9_1", &lowest[..]),
        ("5.14.0-70.70.1.el9_0", &[]),
        ("5.14.0-70.13.1.el9_0", &of_stream[..]),
    ] {
        let kernel = package(PackageKind::Rpm, "kernel", version);
        check(&advisories, ("rhel", "9.4"), &[kernel], wanted);
    }
    let known = ["rhel_eus:9.0::baseos".to_owned()];
    let options = MatchOptions { products: Some(&known), ..MatchOptions::default() };
    let kernel = package(PackageKind::Rpm, "kernel", "5.14.0-162.1.1.el9_1");
    check_with(&advisories, ("rhel", "9.0"), &[kernel], &options, &[]);
}

#[test]
fn products_on_top_of_the_distribution_do_not_speak_for_it() {
    let layered = |name: &str, fix: &str| {
        product(fixed(&format!("RedHat 9 {name}"), fix), "openshift:4.17::el9")
    };
    let advisories = [
        erratum(
            "RHSA-1",
            &["CVE-2024-1"],
            vec![layered("runc", "1.1.1-1.el9"), layered("ose-tool", "4.17-2.el9")],
        ),
        erratum(
            "RHSA-2",
            &["CVE-2024-1"],
            vec![product(fixed("RedHat 9 runc", "1.1.9-1.el9"), "appstream")],
        ),
    ];
    let packages = [
        package(PackageKind::Rpm, "runc", "1.1.5-1.el9"),
        package(PackageKind::Rpm, "ose-tool", "4.17-1.el9"),
    ];
    let found = ["CVE-2024-1 runc fixed 1.1.9-1.el9", "CVE-2024-1 ose-tool fixed 4.17-2.el9"];
    check(&advisories, ("rhel", "9.4"), &packages, &found);
}

#[test]
fn a_state_of_red_hat_names_the_source_package() {
    let advisories = [advisory(
        "CVE-2024-1",
        &[],
        vec![state("RedHat 9 openssl", AffectedStatus::WillNotFix, "Will not fix")],
    )];
    let libs = built(PackageKind::Rpm, "openssl-libs", "1:3.0.7-1.el9", "openssl");
    let found = ["CVE-2024-1 openssl-libs will-not-fix -"];
    check(&advisories, ("rhel", "9.4"), &[libs], &found);
}

#[test]
fn binaries_limit_a_statement() {
    let limited = binaries(fixed("Suse 15.5 curl", "8.0-1"), &["libcurl4"]);
    let advisories = [erratum("SUSE-SU-2024:1-1", &["CVE-2024-1"], vec![limited])];
    let packages = [
        built(PackageKind::Rpm, "libcurl4", "7.0-1", "curl"),
        built(PackageKind::Rpm, "curl-doc", "7.0-1", "curl"),
    ];
    check(&advisories, ("sles", "15.5"), &packages, &["CVE-2024-1 libcurl4 fixed 8.0-1"]);
}

#[test]
fn what_subscribers_get_is_only_a_note() {
    let ordinary = state("Ubuntu 22.04 x", AffectedStatus::Affected, "");
    let paid = product(fixed("Ubuntu 22.04 x", "1.0-1ubuntu1~esm1"), "Pro");
    let both = [advisory("CVE-2024-1", &[], vec![ordinary, paid.clone()])];
    let only_paid = [advisory("CVE-2024-1", &[], vec![paid.clone()])];
    let mended = [advisory("CVE-2024-1", &[], vec![fixed("Ubuntu 22.04 x", "1.0-0"), paid])];
    let system = distribution("ubuntu", "22.04");
    for (advisories, wanted) in [(&both, 1), (&only_paid, 1), (&mended, 0)] {
        let bytes = store(advisories);
        let store = Store::open(&bytes).unwrap();
        let x = package(PackageKind::Deb, "x", "1.0-1");
        let asked = [PackageRef { package: &x, owner: None }];
        let res = match_packages(&store, Some(&system), &asked, &MatchOptions::default()).unwrap();
        assert_eq!(res.matches.len(), wanted);
        for it in res.matches {
            assert_eq!((it.status, it.fixed_in), (AffectedStatus::Affected, None));
            assert_eq!(it.fixed_for_subscribers, Some("1.0-1ubuntu1~esm1"));
        }
    }
}

#[test]
fn language_packages_of_the_distribution_are_judged_by_it() {
    let advisories = [
        advisory("CVE-2024-1", &[], vec![fixed("Debian 12 python-jinja", "3.1.2-2")]),
        advisory("GHSA-x", &["CVE-2024-1"], vec![fixed("PyPI - jinja2", "3.1.3")]),
    ];
    let bytes = store(&advisories);
    let store = Store::open(&bytes).unwrap();
    let system = built(PackageKind::Deb, "python3-jinja", "3.1.2-2", "python-jinja");
    let language = package(PackageKind::PyPi, "jinja2", "3.1.2");
    let asked = [
        PackageRef { package: &system, owner: None },
        PackageRef { package: &language, owner: Some(&system) },
    ];
    let options = MatchOptions::default();
    let debian = distribution("debian", "12");
    let res = match_packages(&store, Some(&debian), &asked, &options).unwrap();
    assert!(res.matches.is_empty(), "{:?}", res.matches);
    assert_eq!(res.judged_by_distribution, 1);
    // Where nothing is known of the distribution, upstream's word is better than none.
    let unknown = distribution("debian", "99");
    let res = match_packages(&store, Some(&unknown), &asked, &options).unwrap();
    assert_eq!((res.matches.len(), res.judged_by_distribution), (1, 0));
}

#[test]
fn what_cannot_be_judged_is_said() {
    let bytes = store(&[advisory("CVE-1", &[], vec![fixed("Debian 12 x", "1")])]);
    let store = Store::open(&bytes).unwrap();
    let packages = [
        package(PackageKind::Deb, "x", "0.1"),
        package(PackageKind::Npm, "y", "1.0"),
        package(PackageKind::Npm, "z", "1.0"),
        package(PackageKind::CocoaPods, "p", "1.0"),
        package(PackageKind::Rpm, "r", "1.0"),
    ];
    let asked: Vec<_> = packages.iter().map(|it| PackageRef { package: it, owner: None }).collect();
    let told = |system: Option<(&str, &str)>| {
        let system = system.map(|(id, version)| distribution(id, version));
        let options = MatchOptions::default();
        let res = match_packages(&store, system.as_ref(), &asked, &options).unwrap();
        res.gaps.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        told(Some(("debian", "12"))),
        [
            "the distribution is not known: its one rpm package was not judged",
            "no advisories for npm packages: its 2 packages were not judged",
            "no source of advisories for cocoapods packages: its one cocoapods package was not \
             judged",
        ]
    );
    assert!(
        told(Some(("debian", "11")))
            .contains(&"no advisories for debian 11: its one package was not judged".to_owned())
    );
    assert!(told(Some(("plan9", "4"))).contains(
        &"no source of advisories for plan9 4: its 2 packages were not judged".to_owned()
    ));
    assert_eq!(told(None).len(), 4);
}

#[test]
fn a_package_without_a_version_is_a_gap() {
    let bytes = store(&[advisory("GO-1", &[], vec![fixed("Go - a/b", "1.0.0")])]);
    let store = Store::open(&bytes).unwrap();
    let main =
        Package { namespace: Some("a".to_owned()), ..package(PackageKind::Golang, "b", "(devel)") };
    let asked = [PackageRef { package: &main, owner: None }];
    let res = match_packages(&store, None, &asked, &MatchOptions::default()).unwrap();
    assert_eq!(res.gaps, [MatchGap::NoVersion { package: 0, name: "b".to_owned() }]);
}

#[test]
fn severity_exploitation_and_likelihood_are_told_with_their_origin() {
    let mut builder = StoreBuilder::new(BUILT_AT);
    let test = builder.source(source("test")).unwrap();
    let low = severity(fixed("Debian 12 x", "2"), VendorSeverity::Low);
    builder.add(test, &cvss(advisory("CVE-2024-1", &[], vec![low]), "CVSS:3.1/a", 9.8));
    let plain = advisory("DEBIAN-CVE-2024-2", &[], vec![fixed("Debian 12 x", "2")]);
    builder.add(test, &plain);
    // What another feed knows of the fault is known of its twin.
    builder.add(test, &cvss(advisory("CVE-2024-2", &[], Vec::new()), "CVSS:3.1/b", 7.5));
    let postponed = state("Debian 12 x", AffectedStatus::Affected, "postponed");
    builder.add(test, &cvss(advisory("CVE-2024-3", &[], vec![postponed]), "CVSS:3.1/c", 9.8));
    let known = KnownExploited { added: Day(19_000), ransomware: true };
    builder.known_exploited(Some(Day(20_000)), [("CVE-2024-2", known)]);
    builder.epss(Some(Day(20_000)), [("CVE-2024-1", Epss { score: 0.25, percentile: 0.9 })]);
    let bytes = finish(builder);
    let store = Store::open(&bytes).unwrap();
    let x = package(PackageKind::Deb, "x", "1");
    let asked = [PackageRef { package: &x, owner: None }];
    let exposure = Exposure { root: true, ..Exposure::default() };
    let options = MatchOptions { exposure, ..MatchOptions::default() };
    let system = distribution("debian", "12");
    let res = match_packages(&store, Some(&system), &asked, &options).unwrap();
    let [exploited, likely, postponed] = &res.matches[..] else { panic!("{:?}", res.matches) };
    assert_eq!(exploited.vulnerability.id, "CVE-2024-2");
    assert_eq!(exploited.aliases, ["DEBIAN-CVE-2024-2"]);
    assert_eq!(exploited.vulnerability.known_exploited, Some(known));
    assert_eq!(exploited.severity, Some(VendorSeverity::High));
    assert_eq!(exploited.severity_origin, SeverityOrigin::Cvss);
    assert_eq!(likely.vulnerability.id, "CVE-2024-1");
    assert_eq!(likely.severity_origin, SeverityOrigin::Vendor);
    assert_eq!(likely.cvss.as_ref().unwrap().vector, "CVSS:3.1/a");
    assert_eq!((likely.urgency.likelihood, likely.urgency.severity), (10, 4));
    assert_eq!(postponed.status, AffectedStatus::Deferred);
    assert_eq!(
        (postponed.reason, postponed.severity),
        ("postponed", Some(VendorSeverity::Negligible))
    );
    assert!(postponed.urgency.likelihood_unknown);
    assert_eq!(postponed.urgency.exposure, 2);
}

#[test]
fn a_malicious_package_is_as_urgent_as_can_be() {
    let mut record = advisory("MAL-2024-1", &[], vec![affected("npm - evil")]);
    record.malicious = true;
    let bytes = store(&[record]);
    let store = Store::open(&bytes).unwrap();
    let evil = package(PackageKind::Npm, "evil", "1.0.0");
    let asked = [PackageRef { package: &evil, owner: None }];
    let res = match_packages(&store, None, &asked, &MatchOptions::default()).unwrap();
    assert_eq!(res.matches[0].severity_origin, SeverityOrigin::Malicious);
    assert!(res.matches[0].urgency.score >= 80);
}
