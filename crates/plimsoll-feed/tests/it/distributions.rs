//! Which name and which version of a package a distribution's records speak of: one record of each
//! feed in its own form, a package that it means, and one that it does not.

use plimsoll_feed::{FEEDS, Fact, Sink, Tally, read_document};
use plimsoll_package::{Distribution, Package, PackageKind, SourcePackage};
use plimsoll_vuln::{
    MatchGap, MatchOptions, Matches, PackageRef, SourceInfo, Store, StoreBuilder, match_packages,
};

/// A store of one document of one feed.
fn store_of(feed: &str, document: &str) -> Vec<u8> {
    let feed = FEEDS.iter().find(|it| it.name == feed).unwrap();
    let mut builder = StoreBuilder::new(0);
    let source = SourceInfo { name: feed.name.to_owned(), ..SourceInfo::default() };
    let source = builder.source(source).unwrap();
    let mut tally = Tally::default();
    let mut take = |fact| {
        if let Fact::Advisory(advisory) = fact {
            builder.add(source, &advisory);
        }
    };
    read_document(feed, "a", document.as_bytes(), &mut Sink::new(&mut tally, &mut take)).unwrap();
    assert_eq!(tally.unreadable, 0, "{:?}", tally.errors);
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    bytes
}

/// `ID VERSION` of os-release; `PRETTY_NAME` may follow.
fn system(words: &str) -> Distribution {
    let mut words = words.splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    Distribution { id: word(), version: word(), pretty_name: word(), ..Distribution::default() }
}

/// `KIND NAME VERSION SOURCE SOURCE-VERSION`, the last two where they differ from the package's.
fn package(words: &str) -> Package {
    let words: Vec<&str> = words.split(' ').collect();
    let kind = match words[0] {
        "deb" => PackageKind::Deb,
        "apk" => PackageKind::Apk,
        "rpm" => PackageKind::Rpm,
        it => panic!("{it}"),
    };
    let source = words.get(3).map(|name| SourcePackage {
        name: (*name).to_owned(),
        version: words.get(4).map(|it| (*it).to_owned()),
    });
    Package { source, ..Package::new(kind, words[1], words[2], "lib/db") }
}

fn matches<'s>(store: &'s Store<'_>, distribution: &str, words: &str) -> Matches<'s> {
    let package = package(words);
    let asked = [PackageRef { package: &package, owner: None }];
    let options = MatchOptions::default();
    match_packages(store, Some(&system(distribution)), &asked, &options).unwrap()
}

/// Checks that the record speaks of the packages before `;`, and not of those behind it.
#[track_caller]
fn check(feed: &str, document: &str, distribution: &str, affected: &[&str], clean: &[&str]) {
    let bytes = store_of(feed, document);
    let store = Store::open(&bytes).unwrap();
    for (packages, wanted) in [(affected, &["CVE-2099-1"][..]), (clean, &[])] {
        for words in packages {
            let res = matches(&store, distribution, words);
            let found: Vec<&str> = res.matches.iter().map(|it| it.vulnerability.id).collect();
            assert_eq!(found, wanted, "{feed}: {words}: {:?}", res.gaps);
            assert!(res.gaps.is_empty(), "{feed}: {words}: {:?}", res.gaps);
        }
    }
}

fn osv(id: &str, ecosystem: &str, name: &str, fixed: &str, extra: &str) -> String {
    format!(
        r#"{{"id": "{id}", "upstream": ["CVE-2099-1"], "affected": [{{"package":
        {{"ecosystem": "{ecosystem}", "name": "{name}"}}, "ranges": [{{"type": "ECOSYSTEM",
        "events": [{{"introduced": "0"}}, {{"fixed": "{fixed}"}}]}}]{extra}}}]}}"#
    )
}

#[test]
fn debian_names_source_packages() {
    let record = osv("DEBIAN-CVE-2099-1", "Debian:12", "gcc-12", "12.2.0-15", "");
    let old = ["deb libgcc-s1 12.2.0-14 gcc-12", "deb gcc 4:13.0-1 gcc-12 12.2.0-14"];
    let clean = ["deb libgcc-s1 12.2.0-15 gcc-12", "deb gcc-12 1.0-1 gcc-defaults 1.0"];
    check("osv-debian", &record, "debian 12", &old, &clean);
}

#[test]
fn ubuntu_names_source_packages_and_their_binaries() {
    let extra = r#", "ecosystem_specific": {"binaries": [{"binary_name": "libcurl4"}]}"#;
    let record = osv("UBUNTU-CVE-2099-1", "Ubuntu:22.04:LTS", "curl", "7.81.0-1ubuntu1.16", extra);
    let old = ["deb libcurl4 7.81.0-1ubuntu1.15 curl"];
    let clean = ["deb libcurl4 7.81.0-1ubuntu1.16 curl", "deb curl-doc 7.81.0-1ubuntu1.15 curl"];
    check("osv-ubuntu", &record, "ubuntu 22.04", &old, &clean);
}

#[test]
fn alpine_names_origins() {
    let record = r#"{"distroversion": "v3.20", "reponame": "main", "packages": [{"pkg": {
        "name": "openssl", "secfixes": {"3.3.1-r0": ["CVE-2099-1"]}}}]}"#;
    let old = ["apk libcrypto3 3.3.0-r3 openssl"];
    let clean = ["apk libcrypto3 3.3.1-r0 openssl", "apk openssl 3.3.0-r3 openssl-fork"];
    check("alpine-secdb", record, "alpine 3.20.1", &old, &clean);
}

#[test]
fn wolfi_and_chainguard_name_origins() {
    for (feed, ecosystem, id) in
        [("osv-wolfi", "Wolfi", "wolfi"), ("osv-chainguard", "Chainguard", "chainguard")]
    {
        let record = osv("CGA-1", ecosystem, "ruby-3.1", "3.1.6-r2", "");
        let old = ["apk ruby-3.1-dev 3.1.6-r1 ruby-3.1"];
        let clean = ["apk ruby-3.1-dev 3.1.6-r2 ruby-3.1", "apk ruby-3.1-dev 3.1.6-r1 ruby-3.2"];
        check(feed, &record, &format!("{id} 20230201"), &old, &clean);
    }
}

#[test]
fn red_hat_names_binary_packages() {
    let name = "Red Hat:enterprise_linux:9::baseos";
    let record = osv("RHSA-2099:1", name, "openssl-libs", "1:3.0.7-25.el9", "");
    let old = ["rpm openssl-libs 1:3.0.7-24.el9 openssl"];
    let clean = ["rpm openssl-libs 1:3.0.7-25.el9 openssl", "rpm openssl 1:3.0.7-24.el9"];
    check("osv-red-hat", &record, "rhel 9.4", &old, &clean);
}

#[test]
fn a_source_version_without_an_epoch_is_compared_without_one() {
    // A sub-package may have a version of its own. The rest is known by its source's file name.
    let name = "Red Hat:enterprise_linux:9::baseos";
    let record = osv("RHSA-2099:1", name, "perl", "4:5.32.1-481.el9", "");
    let old = ["rpm perl-Errno 1.30-480.el9 perl 5.32.1-480.el9"];
    let clean = ["rpm perl-Errno 1.30-481.el9 perl 5.32.1-481.el9"];
    check("osv-red-hat", &record, "rhel 9.4", &old, &clean);
}

#[test]
fn alma_names_binary_packages() {
    let record = osv("ALSA-2099:1", "AlmaLinux:9", "openssl-libs", "1:3.0.7-25.el9", "");
    let old = ["rpm openssl-libs 1:3.0.7-24.el9 openssl"];
    let clean = [
        "rpm openssl-libs 1:3.0.7-25.el9 openssl",
        "rpm openssl-devel 1:3.0.7-24.el9 openssl-libs",
    ];
    check("osv-almalinux", &record, "almalinux 9.4", &old, &clean);
}

#[test]
fn rocky_names_source_packages_in_the_bucket() {
    let record = osv("RLSA-2099:1", "Rocky Linux:9", "dotnet6.0", "0:6.0.118-1.el9", "");
    let old = [
        "rpm dotnet6.0 6.0.117-1.el9",
        "rpm aspnetcore-runtime-6.0 6.0.17-1.el9 dotnet6.0 6.0.117-1.el9",
    ];
    let clean = [
        "rpm aspnetcore-runtime-6.0 6.0.18-1.el9 dotnet6.0 6.0.118-1.el9",
        "rpm dotnet-host 6.0.17-1.el9 dotnet7.0 7.0.1-1.el9",
    ];
    check("osv-rocky-linux", &record, "rocky 9.4", &old, &clean);
    let with_epoch = osv("RLSA-2099:2", "Rocky Linux:9", "buildah", "2:1.33.10-1.el9_4", "");
    let old = ["rpm buildah-tests 2:1.33.9-1.el9_4 buildah", "rpm b 1-1 buildah 1.33.9-1.el9_4"];
    let clean =
        ["rpm buildah-tests 2:1.33.10-1.el9_4 buildah", "rpm b 1-1 buildah 1.33.10-1.el9_4"];
    check("osv-rocky-linux", &with_epoch, "rocky 9.4", &old, &clean);
}

#[test]
fn rocky_names_binary_packages_in_its_errata() {
    let record = r#"{"name": "RLSA-2099:1", "cves": [{"name": "CVE-2099-1"}], "rpms": {
        "Rocky Linux 9": {"nvras": ["openssl-libs-1:3.0.7-25.el9.x86_64.rpm"]}}}"#;
    let old = ["rpm openssl-libs 1:3.0.7-24.el9 openssl"];
    let clean = ["rpm openssl-libs 1:3.0.7-25.el9 openssl"];
    check("rocky-errata", record, "rocky 9.4", &old, &clean);
}

#[test]
fn amazon_names_binary_packages() {
    let record = r#"{"ID": "ALAS2023-2099-1", "References": {"Reference": [{"ID": "CVE-2099-1"}]},
        "Pkglist": {"Collection": {"Short": "amazon-linux-2023", "Package": [
        {"Name": "openssl-libs", "Epoch": "1", "Version": "3.0.8", "Release": "1.amzn2023.0.4",
         "Arch": "x86_64"}]}}}"#;
    let old = ["rpm openssl-libs 1:3.0.8-1.amzn2023.0.3 openssl"];
    let clean = ["rpm openssl-libs 1:3.0.8-1.amzn2023.0.4 openssl", "rpm openssl 1:3.0.8-1"];
    check("amazon-alas", record, "amzn 2023", &old, &clean);
}

#[test]
fn suse_names_source_packages_and_their_binaries() {
    let extra = r#", "ecosystem_specific": {"binaries": [{"libopenssl3": "3.0.8-2",
        "perl-openssl": "3.0.8-2"}]}"#;
    let name = "SUSE:Linux Enterprise Module for Basesystem 15 SP5";
    let record = osv("SUSE-SU-2099:1-1", name, "openssl-3", "3.0.8-2", extra);
    let old = ["rpm libopenssl3 3.0.8-1 openssl-3", "rpm perl-openssl 1.0-1 openssl-3 3.0.8-1"];
    let clean = ["rpm libopenssl3 3.0.8-2 openssl-3", "rpm openssl-3-doc 3.0.8-1 openssl-3"];
    check("osv-suse", &record, "sles 15.5", &old, &clean);
    let leap = osv("openSUSE-SU-2099:1-1", "openSUSE:Leap 15.6", "curl", "8.6.0-2", "");
    check("osv-opensuse", &leap, "opensuse-leap 15.6", &["rpm libcurl4 8.6.0-1 curl"], &[]);
}

#[test]
fn azure_linux_and_mariner_name_source_packages() {
    let record = osv("AZL-1", "Azure Linux:3", "zlib", "1.3.1-1", "");
    let clean = ["rpm zlib-devel 1.3.1-1.azl3 zlib"];
    check("osv-azure-linux", &record, "azurelinux 3.0", &["rpm zlib-devel 1.3.0-1 zlib"], &clean);
    let record = osv("AZL-1", "Azure Linux:2", "zlib", "1.3.1-1", "");
    check("osv-azure-linux", &record, "mariner 2.0", &["rpm zlib 1.2.13-2.cm2"], &[]);
}

#[test]
fn open_euler_names_source_packages_of_a_service_pack() {
    let record = osv("OESA-2099-1", "openEuler:22.03-LTS-SP3", "openssl", "1.1.1wa-5.oe2203", "");
    let release = "openEuler 22.03 openEuler 22.03 (LTS-SP3)";
    let old = ["rpm openssl-libs 1:1.1.1wa-4.oe2203 openssl"];
    let record = record.replace("1.1.1wa-5", "1:1.1.1wa-5");
    let clean = ["rpm openssl-libs 1:1.1.1wa-5.oe2203 openssl"];
    check("osv-openeuler", &record, release, &old, &clean);
}

#[test]
fn a_distribution_without_a_feed_is_a_gap() {
    let bytes = store_of("osv-azure-linux", &osv("AZL-1", "Azure Linux:3", "zlib", "1", ""));
    let store = Store::open(&bytes).unwrap();
    for (distribution, is_known) in [("photon 5.0", false), ("openEuler 22.03", true)] {
        let res = matches(&store, distribution, "rpm zlib 1.0-1");
        let is_told = match res.gaps.as_slice() {
            [MatchGap::NoAdvisories { .. }] => is_known,
            [MatchGap::UnknownDistribution { .. }] => !is_known,
            _ => false,
        };
        assert!(res.matches.is_empty() && is_told, "{distribution}: {:?}", res.gaps);
    }
}
