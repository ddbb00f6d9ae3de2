//! Where the advisories about a package stand, and under which names and versions.

use std::cmp::Ordering;

use plimsoll_package::{Distribution, Ecosystem, Package, PackageKind, VersionScheme, compare};

use crate::package_name;

/// The partition that a distribution's advisories stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct System {
    pub(crate) ecosystem: Ecosystem,
    pub(crate) release: String,
}

/// One name to look up, and the version that its rows speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name<'p> {
    pub(crate) name: String,
    pub(crate) version: Installed<'p>,
}

/// A version as it is compared with those of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Installed<'p> {
    pub(crate) text: &'p str,
    /// The file name of an rpm's source package states its version without the epoch; rows are then
    /// compared without theirs.
    pub(crate) is_epoch_known: bool,
}

impl<'p> Installed<'p> {
    /// A version that is all there.
    pub(crate) fn whole(text: &'p str) -> Self {
        Self { text, is_epoch_known: true }
    }

    /// The order of this version and one that a row speaks of.
    pub(crate) fn compare(self, scheme: VersionScheme, other: &str) -> Ordering {
        let without_epoch = || other.split_once(':').map_or(other, |it| it.1);
        compare(scheme, self.text, if self.is_epoch_known { other } else { without_epoch() })
    }
}

pub(crate) fn system(distribution: &Distribution) -> Option<System> {
    let (ecosystem, release) = Ecosystem::of(distribution)?;
    Some(System { ecosystem, release })
}

/// Whether a package manager's packages are what an ecosystem's advisories speak of.
pub(crate) fn is_judged_by(kind: PackageKind, ecosystem: Ecosystem) -> bool {
    let wanted: &[PackageKind] = match ecosystem {
        Ecosystem::Debian | Ecosystem::Ubuntu => &[PackageKind::Deb],
        Ecosystem::Alpine | Ecosystem::Wolfi | Ecosystem::Chainguard | Ecosystem::BellSoft => {
            &[PackageKind::Apk]
        }
        Ecosystem::DockerHardened => &[PackageKind::Deb, PackageKind::Apk],
        Ecosystem::Arch => &[PackageKind::Alpm],
        _ => &[PackageKind::Rpm],
    };
    wanted.contains(&kind)
}

/// Names of a package in the meaning of its ecosystem: see the documentation of
/// [`plimsoll_package::Affected::package`].
pub(crate) fn names(ecosystem: Ecosystem, package: &Package) -> Vec<Name<'_>> {
    let version = Installed::whole(&package.version);
    let own = || Name { name: package.name.clone(), version };
    match ecosystem {
        Ecosystem::Debian
        | Ecosystem::Ubuntu
        | Ecosystem::Alpine
        | Ecosystem::Suse
        | Ecosystem::Wolfi
        | Ecosystem::Chainguard
        | Ecosystem::BellSoft
        | Ecosystem::AzureLinux
        | Ecosystem::OpenEuler => vec![source(package).unwrap_or_else(own)],
        // Errata of Red Hat name binary packages, its states of unfixed faults source packages.
        // Errata of Rocky Linux name binary packages, OSV's records of them source packages. Arch
        // and Docker name either.
        Ecosystem::RedHat | Ecosystem::RockyLinux | Ecosystem::Arch | Ecosystem::DockerHardened => {
            let mut res = vec![own()];
            res.extend(source(package).filter(|it| it.name != package.name));
            res
        }
        Ecosystem::AlmaLinux | Ecosystem::Amazon | Ecosystem::Oracle => vec![own()],
        _ => vec![Name { name: full_name(ecosystem, package), version }],
    }
}

/// Whether a version can be compared at all.
pub(crate) fn has_version(package: &Package) -> bool {
    package.version.bytes().any(|it| it.is_ascii_digit())
}

fn source(package: &Package) -> Option<Name<'_>> {
    let source = package.source.as_ref()?;
    let text = source.version.as_deref().unwrap_or(&package.version);
    let is_file_name = package.kind == PackageKind::Rpm && source.version.is_some();
    let is_epoch_known = !is_file_name || text.contains(':');
    Some(Name { name: source.name.clone(), version: Installed { text, is_epoch_known } })
}

/// The name with its namespace, as the ecosystem's advisories write it.
fn full_name(ecosystem: Ecosystem, package: &Package) -> String {
    let separator = if package.kind == PackageKind::Maven { ":" } else { "/" };
    let name = match package.namespace.as_deref() {
        Some(namespace) if !namespace.is_empty() => {
            format!("{namespace}{separator}{}", package.name)
        }
        _ => package.name.clone(),
    };
    package_name::normal(ecosystem, &name).into_owned()
}
