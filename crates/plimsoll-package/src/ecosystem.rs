//! Who numbers versions and tells of faults: one ecosystem per order of versions and source of
//! advisories.
//!
//! It must not know files: a distribution is what its reader made of os-release.

use crate::package::PackageKind;

/// An ecosystem. Names are those of the OSV schema where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Ecosystem {
    /// Debian.
    Debian = 1,
    /// Ubuntu.
    Ubuntu = 2,
    /// Alpine.
    Alpine = 3,
    /// Red Hat Enterprise Linux, CentOS and UBI.
    RedHat = 4,
    /// AlmaLinux.
    AlmaLinux = 5,
    /// Rocky Linux.
    RockyLinux = 6,
    /// Amazon Linux.
    Amazon = 7,
    /// SUSE and openSUSE.
    Suse = 8,
    /// Wolfi.
    Wolfi = 9,
    /// Chainguard.
    Chainguard = 10,
    /// Arch.
    Arch = 11,
    /// Oracle Linux.
    Oracle = 12,
    /// Bellsoft's Alpaquita and hardened images.
    BellSoft = 13,
    /// Docker hardened images.
    DockerHardened = 14,
    /// Azure Linux, and CBL-Mariner before it.
    AzureLinux = 15,
    /// openEuler.
    OpenEuler = 16,
    /// npm.
    Npm = 32,
    /// PyPI.
    PyPi = 33,
    /// Go.
    Go = 34,
    /// crates.io.
    CratesIo = 35,
    /// Maven.
    Maven = 36,
    /// NuGet.
    NuGet = 37,
    /// RubyGems.
    RubyGems = 38,
    /// Packagist.
    Packagist = 39,
    /// Pub.
    Pub = 40,
    /// Hex.
    Hex = 41,
    /// Swift packages by URL.
    SwiftUrl = 42,
    /// Conan.
    Conan = 43,
    /// Hackage.
    Hackage = 44,
    /// CRAN.
    Cran = 45,
    /// Programs known by their binary, judged by upstream's own version.
    Upstream = 64,
}

/// Where a feed or an image stands: an ecosystem, its release, and a product inside the release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// The ecosystem.
    pub ecosystem: Ecosystem,
    /// The release, as [`Ecosystem::of`] gives it for an image of it; empty where there is none.
    pub release: String,
    /// Product inside the release that an image may or may not use: a repository of Red Hat's
    /// (`appstream`) or the whole product (`rhel_eus:9.2::appstream`), `Pro` for Ubuntu's paid one,
    /// a SUSE product without its version (`Linux Enterprise Module for Basesystem`).
    pub product: String,
}

impl Ecosystem {
    /// Every ecosystem, in the order of their declaration.
    pub const ALL: &[Self] = &[
        Self::Debian,
        Self::Ubuntu,
        Self::Alpine,
        Self::RedHat,
        Self::AlmaLinux,
        Self::RockyLinux,
        Self::Amazon,
        Self::Suse,
        Self::Wolfi,
        Self::Chainguard,
        Self::Arch,
        Self::Oracle,
        Self::BellSoft,
        Self::DockerHardened,
        Self::AzureLinux,
        Self::OpenEuler,
        Self::Npm,
        Self::PyPi,
        Self::Go,
        Self::CratesIo,
        Self::Maven,
        Self::NuGet,
        Self::RubyGems,
        Self::Packagist,
        Self::Pub,
        Self::Hex,
        Self::SwiftUrl,
        Self::Conan,
        Self::Hackage,
        Self::Cran,
        Self::Upstream,
    ];

    /// The word for it in every output: OSV's, where it has one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debian => "Debian",
            Self::Ubuntu => "Ubuntu",
            Self::Alpine => "Alpine",
            Self::RedHat => "Red Hat",
            Self::AlmaLinux => "AlmaLinux",
            Self::RockyLinux => "Rocky Linux",
            Self::Amazon => "Amazon Linux",
            Self::Suse => "SUSE",
            Self::Wolfi => "Wolfi",
            Self::Chainguard => "Chainguard",
            Self::Arch => "Arch Linux",
            Self::Oracle => "Oracle Linux",
            Self::BellSoft => "Alpaquita",
            Self::DockerHardened => "Docker Hardened Images",
            Self::AzureLinux => "Azure Linux",
            Self::OpenEuler => "openEuler",
            Self::Npm => "npm",
            Self::PyPi => "PyPI",
            Self::Go => "Go",
            Self::CratesIo => "crates.io",
            Self::Maven => "Maven",
            Self::NuGet => "NuGet",
            Self::RubyGems => "RubyGems",
            Self::Packagist => "Packagist",
            Self::Pub => "Pub",
            Self::Hex => "Hex",
            Self::SwiftUrl => "SwiftURL",
            Self::Conan => "ConanCenter",
            Self::Hackage => "Hackage",
            Self::Cran => "CRAN",
            Self::Upstream => "upstream",
        }
    }

    /// The ecosystem and release that a word of OSV's names: `Debian:12` is Debian and `12`.
    pub fn parse(text: &str) -> Option<(Self, String)> {
        Partition::parse(text).map(|it| (it.ecosystem, it.release))
    }

    /// The ecosystem that judges packages of a kind; `None` for kinds that a distribution's
    /// ecosystem judges, and for those that none does.
    pub fn of_kind(kind: PackageKind) -> Option<Self> {
        match kind {
            PackageKind::Npm => Some(Self::Npm),
            PackageKind::PyPi => Some(Self::PyPi),
            PackageKind::Golang => Some(Self::Go),
            PackageKind::Cargo => Some(Self::CratesIo),
            PackageKind::Maven => Some(Self::Maven),
            PackageKind::Gem => Some(Self::RubyGems),
            PackageKind::Composer => Some(Self::Packagist),
            PackageKind::NuGet => Some(Self::NuGet),
            PackageKind::Swift => Some(Self::SwiftUrl),
            PackageKind::Pub => Some(Self::Pub),
            PackageKind::Hex => Some(Self::Hex),
            PackageKind::Conan => Some(Self::Conan),
            PackageKind::Hackage => Some(Self::Hackage),
            PackageKind::Cran => Some(Self::Cran),
            PackageKind::Generic => Some(Self::Upstream),
            PackageKind::Deb
            | PackageKind::Apk
            | PackageKind::Rpm
            | PackageKind::Alpm
            | PackageKind::CocoaPods
            | PackageKind::Conda
            | PackageKind::Julia
            | PackageKind::LuaRocks => None,
        }
    }
}

impl Partition {
    /// Reads OSV's words for an ecosystem: `Ubuntu:Pro:22.04:LTS`, `Alpine:v3.20`,
    /// `Red Hat:enterprise_linux:9::appstream`, `SUSE:Linux Enterprise Server 15 SP5`. `None` for
    /// an ecosystem that nothing here judges.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, tail) = text.split_once(':').unwrap_or((text, ""));
        let ecosystem = ecosystem_by_name(name.trim())?;
        let tail = tail.trim();
        let (release, product) = match ecosystem {
            Ecosystem::Debian => (debian_release(tail), String::new()),
            Ecosystem::Ubuntu => ubuntu_partition(tail),
            Ecosystem::Alpine => (tail.trim_start_matches('v').to_owned(), String::new()),
            Ecosystem::RedHat => red_hat_partition(tail),
            Ecosystem::AlmaLinux
            | Ecosystem::RockyLinux
            | Ecosystem::Oracle
            | Ecosystem::AzureLinux => (major(tail).to_owned(), String::new()),
            Ecosystem::Suse if name.eq_ignore_ascii_case("openSUSE") => {
                (tail.to_owned(), String::new())
            }
            Ecosystem::Suse => suse_partition(tail),
            Ecosystem::BellSoft if !name.eq_ignore_ascii_case("Alpaquita") => {
                (tail.to_owned(), "Hardened Containers".to_owned())
            }
            _ => (tail.to_owned(), String::new()),
        };
        Some(Self { ecosystem, release, product })
    }
}

fn ecosystem_by_name(name: &str) -> Option<Ecosystem> {
    const OTHER_NAMES: &[(&str, Ecosystem)] = &[
        ("openSUSE", Ecosystem::Suse),
        ("Arch", Ecosystem::Arch),
        ("Amazon", Ecosystem::Amazon),
        ("BellSoft Hardened Containers", Ecosystem::BellSoft),
        ("DHI", Ecosystem::DockerHardened),
    ];
    let is_it = |it: &str| it.eq_ignore_ascii_case(name);
    let by_name = Ecosystem::ALL.iter().copied().find(|it| is_it(it.name()));
    by_name.or_else(|| OTHER_NAMES.iter().find(|it| is_it(it.0)).map(|it| it.1))
}

/// What stands before the first dot.
pub(crate) fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or_default()
}

/// What stands before the second dot.
pub(crate) fn major_minor(version: &str) -> &str {
    let end = version.match_indices('.').nth(1).map_or(version.len(), |it| it.0);
    version.get(..end).unwrap_or(version)
}

/// Debian counts whole numbers since its fourth release.
pub(crate) fn debian_release(version: &str) -> String {
    let is_old = matches!(major(version), "0" | "1" | "2" | "3");
    if is_old { major_minor(version).to_owned() } else { major(version).to_owned() }
}

/// `Pro:FIPS-updates:22.04:LTS` is `22.04` with the product `Pro:FIPS-updates`.
fn ubuntu_partition(tail: &str) -> (String, String) {
    let is_release = |it: &&str| it.starts_with(|letter: char| letter.is_ascii_digit());
    let release = tail.split(':').find(is_release).unwrap_or_default();
    let product: Vec<_> = tail.split(':').take_while(|it| !is_release(it)).collect();
    (release.to_owned(), product.join(":"))
}

/// The tail is the end of a CPE: product, version, update, edition. The release is the number of
/// the Enterprise Linux that the product is for, where the tail tells it.
fn red_hat_partition(tail: &str) -> (String, String) {
    /// Products with a name like the base system's, but a count of their own.
    const OWN_COUNT: &[&str] = &["rhel_software_collections", "rhel_dotnet", "rhel_satellite"];
    let mut parts = tail.split(':');
    let product = parts.next().unwrap_or_default();
    let version = parts.next().unwrap_or_default();
    let edition = tail.rsplit(':').next().unwrap_or_default();
    if product == "enterprise_linux" {
        let repository = tail.split(':').nth(3).unwrap_or_default();
        return (major(version).to_owned(), repository.to_owned());
    }
    let of_edition = edition.strip_prefix("el").filter(|it| is_number(it));
    let is_base =
        product.starts_with("rhel_") && !OWN_COUNT.iter().any(|it| product.starts_with(it));
    let of_version = if is_base { major(version) } else { "" };
    (of_edition.unwrap_or(of_version).to_owned(), tail.to_owned())
}

/// `Linux Enterprise Server 15 SP5-LTSS` is `15.5` with the product `Linux Enterprise Server LTSS`.
fn suse_partition(tail: &str) -> (String, String) {
    let is_enterprise = tail.starts_with("Linux Enterprise") || tail.starts_with("Package Hub");
    let is_micro = tail.starts_with("Linux Enterprise Micro") || tail.starts_with("Linux Micro");
    let mut product = Vec::new();
    let mut release = String::new();
    for word in tail.split_whitespace() {
        let (word, suffix) = word.split_once('-').unwrap_or((word, ""));
        let pack = word.strip_prefix("SP").filter(|it| is_number(it));
        if let (Some(pack), false) = (pack, release.is_empty()) {
            release.push('.');
            release.push_str(pack);
        } else if word.starts_with(|it: char| it.is_ascii_digit()) {
            // Only the last number is the release: `Module for Python 2 15 SP1`.
            if !release.is_empty() {
                product.push(release.clone());
            }
            word.clone_into(&mut release);
        } else {
            product.push(word.to_owned());
        }
        if !suffix.is_empty() {
            product.push(suffix.to_owned());
        }
    }
    if is_micro {
        return (format!("Micro {release}"), product.join(" "));
    }
    if is_enterprise && !release.is_empty() {
        return (release, product.join(" "));
    }
    (String::new(), tail.to_owned())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{Ecosystem, Partition};
    use crate::package::PackageKind;

    #[test]
    fn words_of_osv_are_understood() {
        use Ecosystem as E;
        let cases = [
            ("Debian:12", E::Debian, "12", ""),
            ("Debian:6.0", E::Debian, "6", ""),
            ("Debian:3.1", E::Debian, "3.1", ""),
            ("Debian", E::Debian, "", ""),
            ("Ubuntu:22.04:LTS", E::Ubuntu, "22.04", ""),
            ("Ubuntu:24.10", E::Ubuntu, "24.10", ""),
            ("Ubuntu:Pro:18.04:LTS", E::Ubuntu, "18.04", "Pro"),
            ("Ubuntu:Pro:FIPS-updates:22.04:LTS", E::Ubuntu, "22.04", "Pro:FIPS-updates"),
            ("Alpine:v3.20", E::Alpine, "3.20", ""),
            ("Alpine:edge", E::Alpine, "edge", ""),
            ("Red Hat:enterprise_linux:9::appstream", E::RedHat, "9", "appstream"),
            ("Red Hat:enterprise_linux:10.0", E::RedHat, "10", ""),
            ("Red Hat:rhel_eus:9.2::baseos", E::RedHat, "9", "rhel_eus:9.2::baseos"),
            ("Red Hat:rhel_els:7", E::RedHat, "7", "rhel_els:7"),
            (
                "Red Hat:rhel_software_collections:3::el7",
                E::RedHat,
                "7",
                "rhel_software_collections:3::el7",
            ),
            ("Red Hat:openshift:4.17::el9", E::RedHat, "9", "openshift:4.17::el9"),
            ("Red Hat:rhev_manager:4.3", E::RedHat, "", "rhev_manager:4.3"),
            ("AlmaLinux:8", E::AlmaLinux, "8", ""),
            ("Rocky Linux:9", E::RockyLinux, "9", ""),
            ("openSUSE:Leap 15.6", E::Suse, "Leap 15.6", ""),
            ("openSUSE:Tumbleweed", E::Suse, "Tumbleweed", ""),
            (
                "SUSE:Linux Enterprise Module for Basesystem 15 SP5",
                E::Suse,
                "15.5",
                "Linux Enterprise Module for Basesystem",
            ),
            (
                "SUSE:Linux Enterprise Server 12 SP3-LTSS",
                E::Suse,
                "12.3",
                "Linux Enterprise Server LTSS",
            ),
            (
                "SUSE:Linux Enterprise High Performance Computing 15-LTSS",
                E::Suse,
                "15",
                "Linux Enterprise High Performance Computing LTSS",
            ),
            (
                "SUSE:Linux Enterprise Module for Python 2 15 SP1",
                E::Suse,
                "15.1",
                "Linux Enterprise Module for Python 2",
            ),
            ("SUSE:Linux Enterprise Micro 5.3", E::Suse, "Micro 5.3", "Linux Enterprise Micro"),
            ("SUSE:OpenStack Cloud 9", E::Suse, "", "OpenStack Cloud 9"),
            ("Wolfi", E::Wolfi, "", ""),
            ("Alpaquita:stream", E::BellSoft, "stream", ""),
            ("BellSoft Hardened Containers:23", E::BellSoft, "23", "Hardened Containers"),
            ("DHI", E::DockerHardened, "", ""),
            ("npm", E::Npm, "", ""),
            ("crates.io", E::CratesIo, "", ""),
            ("SwiftURL", E::SwiftUrl, "", ""),
        ];
        for (text, ecosystem, release, product) in cases {
            let expected =
                Partition { ecosystem, release: release.to_owned(), product: product.to_owned() };
            assert_eq!(Partition::parse(text), Some(expected), "{text}");
            assert_eq!(Ecosystem::parse(text), Some((ecosystem, release.to_owned())));
        }
    }

    #[test]
    fn words_of_distributions_by_source_package_are_understood() {
        let release = |text: &str| Ecosystem::parse(text);
        assert_eq!(release("Azure Linux:3"), Some((Ecosystem::AzureLinux, "3".to_owned())));
        let pack = "22.03-LTS-SP3".to_owned();
        assert_eq!(release("openEuler:22.03-LTS-SP3"), Some((Ecosystem::OpenEuler, pack)));
    }

    #[test]
    fn words_of_nobody_we_judge_are_not_understood() {
        for text in ["", "Android", "GIT", "Linux", ":12", "OSS-Fuzz"] {
            assert_eq!(Partition::parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_understood_and_unique() {
        for ecosystem in Ecosystem::ALL {
            assert_eq!(Ecosystem::parse(ecosystem.name()), Some((*ecosystem, String::new())));
        }
    }

    #[test]
    fn kinds_of_distributions_have_no_ecosystem_of_their_own() {
        assert_eq!(Ecosystem::of_kind(PackageKind::Gem), Some(Ecosystem::RubyGems));
        for kind in [PackageKind::Deb, PackageKind::Apk, PackageKind::Rpm, PackageKind::Alpm] {
            assert_eq!(Ecosystem::of_kind(kind), None);
        }
    }
}
