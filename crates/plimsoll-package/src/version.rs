//! Orders of versions: which of two versions is the older one, as each ecosystem's own tool says.
//!
//! Every order is total: any two strings compare, nothing fails, and what an ecosystem would
//! refuse to parse has a place too, which the module of its scheme documents. Different strings
//! may be equal (`1.0` and `1.0.0` of npm). Comparing takes time linear in the length of the
//! strings; numbers have no largest value, since digits are compared as text.

mod text;
mod alpine;
mod debian;
mod dotted;
mod golang;
mod maven;
mod packagist;
mod pacman;
mod pypi;
mod rpm;
mod rubygems;
mod semver;
mod upstream;

use std::cmp::Ordering;

use crate::{ecosystem::Ecosystem, package::PackageKind};

/// A way to order versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VersionScheme {
    /// dpkg: `epoch:upstream-revision`.
    Debian,
    /// apk-tools: `1.2.3a_rc1-r4`.
    Alpine,
    /// rpm: `epoch:version-release` with `~` and `^`.
    Rpm,
    /// Arch's pacman.
    Pacman,
    /// Semantic Versioning 2.0.0, also for crates, Hex, Swift and Conan.
    Semver,
    /// npm: Semantic Versioning, read loosely.
    Npm,
    /// Go modules and Go toolchains.
    Golang,
    /// Python's PEP 440, and the order that setuptools had before it.
    PyPi,
    /// Maven's version order specification.
    Maven,
    /// RubyGems.
    RubyGems,
    /// Composer.
    Packagist,
    /// NuGet: four numbers, labels without regard to case.
    NuGet,
    /// Dart's pub: Semantic Versioning with build numbers that count.
    Pub,
    /// R.
    Cran,
    /// Haskell.
    Hackage,
    /// Programs that follow no ecosystem's rules.
    Upstream,
}

impl VersionScheme {
    /// Every scheme, in the order of their declaration.
    pub const ALL: &[Self] = &[
        Self::Debian,
        Self::Alpine,
        Self::Rpm,
        Self::Pacman,
        Self::Semver,
        Self::Npm,
        Self::Golang,
        Self::PyPi,
        Self::Maven,
        Self::RubyGems,
        Self::Packagist,
        Self::NuGet,
        Self::Pub,
        Self::Cran,
        Self::Hackage,
        Self::Upstream,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debian => "debian",
            Self::Alpine => "alpine",
            Self::Rpm => "rpm",
            Self::Pacman => "pacman",
            Self::Semver => "semver",
            Self::Npm => "npm",
            Self::Golang => "golang",
            Self::PyPi => "pypi",
            Self::Maven => "maven",
            Self::RubyGems => "rubygems",
            Self::Packagist => "packagist",
            Self::NuGet => "nuget",
            Self::Pub => "pub",
            Self::Cran => "cran",
            Self::Hackage => "hackage",
            Self::Upstream => "upstream",
        }
    }

    /// The scheme that a word names.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "redhat" => Some(Self::Rpm),
            "generic" => Some(Self::Upstream),
            _ => Self::ALL.iter().copied().find(|it| it.name() == name),
        }
    }
}

/// Which of two versions is older. Total for every scheme: see the module of each.
pub fn compare(scheme: VersionScheme, a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    match scheme {
        VersionScheme::Debian => debian::compare(a, b),
        VersionScheme::Alpine => alpine::compare(a, b),
        VersionScheme::Rpm => rpm::compare(a, b),
        VersionScheme::Pacman => pacman::compare(a, b),
        VersionScheme::Semver | VersionScheme::Npm => semver::compare(a, b),
        VersionScheme::NuGet => semver::compare_nuget(a, b),
        VersionScheme::Pub => semver::compare_pub(a, b),
        VersionScheme::Golang => golang::compare(a, b),
        VersionScheme::PyPi => pypi::compare(a, b),
        VersionScheme::Maven => maven::compare(a, b),
        VersionScheme::RubyGems => rubygems::compare(a, b),
        VersionScheme::Packagist => packagist::compare(a, b),
        VersionScheme::Cran | VersionScheme::Hackage => dotted::compare(a, b),
        VersionScheme::Upstream => upstream::compare(a, b),
    }
}

impl Ecosystem {
    /// How the ecosystem orders its versions.
    pub fn scheme(self) -> VersionScheme {
        match self {
            Self::Debian | Self::Ubuntu => VersionScheme::Debian,
            Self::Alpine | Self::Wolfi | Self::Chainguard | Self::BellSoft => VersionScheme::Alpine,
            Self::RedHat
            | Self::AlmaLinux
            | Self::RockyLinux
            | Self::Amazon
            | Self::Suse
            | Self::Oracle
            | Self::AzureLinux
            | Self::OpenEuler => VersionScheme::Rpm,
            Self::Arch => VersionScheme::Pacman,
            Self::Npm => VersionScheme::Npm,
            Self::PyPi => VersionScheme::PyPi,
            Self::Go => VersionScheme::Golang,
            Self::Maven => VersionScheme::Maven,
            Self::NuGet => VersionScheme::NuGet,
            Self::RubyGems => VersionScheme::RubyGems,
            Self::Packagist => VersionScheme::Packagist,
            Self::Pub => VersionScheme::Pub,
            Self::CratesIo | Self::Hex | Self::SwiftUrl | Self::Conan => VersionScheme::Semver,
            Self::Hackage => VersionScheme::Hackage,
            Self::Cran => VersionScheme::Cran,
            Self::DockerHardened | Self::Upstream => VersionScheme::Upstream,
        }
    }
}

impl PackageKind {
    /// How packages of this kind order their versions.
    pub fn scheme(self) -> VersionScheme {
        match self {
            Self::Deb => VersionScheme::Debian,
            Self::Apk => VersionScheme::Alpine,
            Self::Rpm => VersionScheme::Rpm,
            Self::Alpm => VersionScheme::Pacman,
            Self::Npm => VersionScheme::Npm,
            Self::PyPi => VersionScheme::PyPi,
            Self::Golang => VersionScheme::Golang,
            Self::Maven => VersionScheme::Maven,
            Self::Gem | Self::CocoaPods => VersionScheme::RubyGems,
            Self::Composer => VersionScheme::Packagist,
            Self::NuGet => VersionScheme::NuGet,
            Self::Pub => VersionScheme::Pub,
            Self::Cargo | Self::Hex | Self::Swift | Self::Conan | Self::Julia => {
                VersionScheme::Semver
            }
            Self::Hackage => VersionScheme::Hackage,
            Self::Cran => VersionScheme::Cran,
            Self::Conda | Self::LuaRocks | Self::Generic => VersionScheme::Upstream,
        }
    }
}
