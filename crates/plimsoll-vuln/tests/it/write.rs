//! Records and packages in few words.

use plimsoll_package::{
    Advisory, Affected, AffectedRange, AffectedStatus, CvssScore, Distribution, Ecosystem, Package,
    PackageKind, RangeEnd, SourcePackage, VendorSeverity,
};
use plimsoll_vuln::{SourceInfo, StoreBuilder};

/// A record with these other names.
pub(crate) fn advisory(id: &str, aliases: &[&str], affected: Vec<Affected>) -> Advisory {
    Advisory { id: id.to_owned(), aliases: owned(aliases), affected, ..Advisory::default() }
}

/// An erratum that mends these faults.
pub(crate) fn erratum(id: &str, mends: &[&str], affected: Vec<Affected>) -> Advisory {
    Advisory { id: id.to_owned(), upstream: owned(mends), affected, ..Advisory::default() }
}

pub(crate) fn cvss(mut advisory: Advisory, vector: &str, score: f32) -> Advisory {
    advisory.cvss.push(CvssScore { vector: vector.to_owned(), score });
    advisory
}

/// A statement in `Debian 12 openssl` form; ecosystems of languages have no release: `npm - name`.
pub(crate) fn affected(what: &str) -> Affected {
    let mut words = what.split(' ');
    let ecosystem = match words.next().unwrap() {
        "Debian" => Ecosystem::Debian,
        "Ubuntu" => Ecosystem::Ubuntu,
        "Alpine" => Ecosystem::Alpine,
        "RedHat" => Ecosystem::RedHat,
        "Alma" => Ecosystem::AlmaLinux,
        "Suse" => Ecosystem::Suse,
        "Wolfi" => Ecosystem::Wolfi,
        "npm" => Ecosystem::Npm,
        "PyPI" => Ecosystem::PyPi,
        "Go" => Ecosystem::Go,
        "Maven" => Ecosystem::Maven,
        it => panic!("{it}"),
    };
    let release = words.next().unwrap();
    Affected {
        ecosystem,
        release: if release == "-" { String::new() } else { release.to_owned() },
        product: String::new(),
        package: words.next().unwrap().to_owned(),
        binaries: Vec::new(),
        module: String::new(),
        status: AffectedStatus::Affected,
        reason: String::new(),
        severity: None,
        ranges: Vec::new(),
        versions: Vec::new(),
    }
}

/// A statement with one range up to a fix.
pub(crate) fn fixed(what: &str, fix: &str) -> Affected {
    Affected {
        status: AffectedStatus::Fixed,
        ranges: vec![AffectedRange { introduced: None, end: RangeEnd::Fixed(fix.to_owned()) }],
        ..affected(what)
    }
}

/// A statement of a state without a fix.
pub(crate) fn state(what: &str, status: AffectedStatus, reason: &str) -> Affected {
    Affected { status, reason: reason.to_owned(), ..affected(what) }
}

pub(crate) fn range(introduced: &str, end: RangeEnd) -> AffectedRange {
    let introduced = (!introduced.is_empty()).then(|| introduced.to_owned());
    AffectedRange { introduced, end }
}

pub(crate) fn severity(affected: Affected, severity: VendorSeverity) -> Affected {
    Affected { severity: Some(severity), ..affected }
}

pub(crate) fn product(affected: Affected, product: &str) -> Affected {
    Affected { product: product.to_owned(), ..affected }
}

pub(crate) fn module(affected: Affected, module: &str) -> Affected {
    Affected { module: module.to_owned(), ..affected }
}

pub(crate) fn binaries(affected: Affected, binaries: &[&str]) -> Affected {
    Affected { binaries: owned(binaries), ..affected }
}

pub(crate) fn distribution(id: &str, version: &str) -> Distribution {
    Distribution {
        id: id.to_owned(),
        version: version.to_owned(),
        pretty_name: format!("{id} {version}"),
        ..Distribution::default()
    }
}

pub(crate) fn package(kind: PackageKind, name: &str, version: &str) -> Package {
    Package::new(kind, name, version, "lib/db")
}

/// A binary package with its source package.
pub(crate) fn built(kind: PackageKind, name: &str, version: &str, source: &str) -> Package {
    let source = Some(SourcePackage { name: source.to_owned(), version: None });
    Package { source, ..package(kind, name, version) }
}

/// The bytes of a store of these records of one source.
pub(crate) fn store(advisories: &[Advisory]) -> Vec<u8> {
    let mut builder = StoreBuilder::new(BUILT_AT);
    let source = builder.source(source("test")).unwrap();
    for it in advisories {
        builder.add(source, it);
    }
    finish(builder)
}

pub(crate) fn source(name: &str) -> SourceInfo {
    SourceInfo { name: name.to_owned(), as_of: BUILT_AT, ..SourceInfo::default() }
}

pub(crate) fn finish(builder: StoreBuilder) -> Vec<u8> {
    let mut res = Vec::new();
    builder.finish(&mut res).unwrap();
    res
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|it| (*it).to_owned()).collect()
}

pub(crate) const BUILT_AT: i64 = 1_790_000_000;
