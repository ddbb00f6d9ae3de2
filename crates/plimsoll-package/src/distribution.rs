//! The operating system of an image, as its os-release file states it, and who judges it.
//!
//! It must not know where that file is, nor read it.

use crate::ecosystem::{Ecosystem, debian_release, major, major_minor};

/// A distribution and its release. Words are those of os-release(5).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Distribution {
    /// `ID`, lower case: `debian`, `alpine`, `rhel`, `ubuntu`.
    pub id: String,
    /// `VERSION_ID`: `12`, `3.20.1`, `9.4`; empty for rolling releases and Debian's testing.
    pub version: String,
    /// `VERSION_CODENAME`: `bookworm`.
    pub codename: String,
    /// `ID_LIKE`, in its order.
    pub like: Vec<String>,
    /// `PRETTY_NAME`.
    pub pretty_name: String,
    /// `VARIANT_ID` or `IMAGE_ID`, where one is given.
    pub variant: String,
    /// `CPE_NAME`.
    pub cpe: String,
    /// `SUPPORT_END`, as `YYYY-MM-DD`.
    pub support_end: String,
}

impl Ecosystem {
    /// Whose advisories speak of a distribution's packages, and of which release; `None` if
    /// nobody's do, which whoever asks has to report as a gap.
    ///
    /// A derivative is judged as what it is made from, where its os-release says so without doubt.
    pub fn of(distribution: &Distribution) -> Option<(Self, String)> {
        let id = distribution.id.to_ascii_lowercase();
        let version = distribution.version.trim();
        let of_major = |ecosystem| Some((ecosystem, major(version).to_owned()));
        let of_version = |ecosystem| Some((ecosystem, version.to_owned()));
        match id.as_str() {
            "debian" | "raspbian" => Some((Self::Debian, debian(distribution))),
            "ubuntu" => Some((Self::Ubuntu, ubuntu(distribution))),
            "alpine" => Some((Self::Alpine, alpine(version))),
            "rhel" | "centos" | "scientific" => of_major(Self::RedHat),
            "almalinux" => of_major(Self::AlmaLinux),
            "rocky" => of_major(Self::RockyLinux),
            "ol" | "oracle" => of_major(Self::Oracle),
            "amzn" => Some((Self::Amazon, amazon(version))),
            "sles" | "sled" | "sles_sap" | "sle_hpc" | "sle-hpc" => of_version(Self::Suse),
            "sle-micro" | "sl-micro" | "suse-microos" => {
                Some((Self::Suse, format!("Micro {}", major_minor(version))))
            }
            "opensuse-leap" | "opensuse" => Some((Self::Suse, format!("Leap {version}"))),
            "opensuse-tumbleweed" | "opensuse-microos" => {
                Some((Self::Suse, "Tumbleweed".to_owned()))
            }
            "wolfi" => Some((Self::Wolfi, String::new())),
            "chainguard" => Some((Self::Chainguard, String::new())),
            "arch" | "archarm" => Some((Self::Arch, String::new())),
            "azurelinux" | "mariner" => of_major(Self::AzureLinux),
            "openeuler" => Some((Self::OpenEuler, open_euler(distribution))),
            "alpaquita" | "bellsoft-hardened-containers" => of_version(Self::BellSoft),
            _ => derivative(&id, distribution),
        }
    }
}

/// Codenames of Debian releases, newest last.
const DEBIAN_CODENAMES: &[(&str, &str)] = &[
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
    ("sid", "sid"),
];

/// Codenames of Ubuntu releases with long support, newest last, and those between the last two.
const UBUNTU_CODENAMES: &[(&str, &str)] = &[
    ("trusty", "14.04"),
    ("xenial", "16.04"),
    ("bionic", "18.04"),
    ("focal", "20.04"),
    ("jammy", "22.04"),
    ("noble", "24.04"),
    ("oracular", "24.10"),
    ("plucky", "25.04"),
    ("questing", "25.10"),
    ("resolute", "26.04"),
];

/// Derivatives of Ubuntu with a count of their own: its `ID`, its major version, the base.
const UBUNTU_DERIVATIVES: &[(&str, &str, &str)] = &[
    ("linuxmint", "19", "18.04"),
    ("linuxmint", "20", "20.04"),
    ("linuxmint", "21", "22.04"),
    ("linuxmint", "22", "24.04"),
    ("elementary", "6", "20.04"),
    ("elementary", "7", "22.04"),
    ("elementary", "8", "24.04"),
    ("zorin", "16", "20.04"),
    ("zorin", "17", "22.04"),
    ("zorin", "18", "24.04"),
];

/// Linux Mint's edition over Debian: its version and the base.
const MINT_DEBIAN: &[(&str, &str)] = &[("4", "10"), ("5", "11"), ("6", "12"), ("7", "13")];

fn release_of_codename(table: &[(&str, &str)], codename: &str) -> Option<String> {
    let codename = codename.trim();
    let found = table.iter().find(|it| it.0.eq_ignore_ascii_case(codename));
    found.map(|it| it.1.to_owned())
}

/// Testing and unstable have no number: the codename tells which one they are going to have.
fn debian(distribution: &Distribution) -> String {
    let version = distribution.version.trim();
    if !version.is_empty() {
        return debian_release(version);
    }
    if let Some(release) = release_of_codename(DEBIAN_CODENAMES, &distribution.codename) {
        return release;
    }
    // `PRETTY_NAME` is `Debian GNU/Linux forky/sid` where nothing else names the release.
    let words = distribution.pretty_name.split([' ', '/']);
    let mut releases = words.filter_map(|it| release_of_codename(DEBIAN_CODENAMES, it));
    releases.next().unwrap_or_default()
}

fn ubuntu(distribution: &Distribution) -> String {
    match distribution.version.trim() {
        "" => release_of_codename(UBUNTU_CODENAMES, &distribution.codename).unwrap_or_default(),
        version => major_minor(version).to_owned(),
    }
}

/// Edge calls itself `3.21_alpha20240807` or, lately, `3.22.0_alpha20250108`.
fn alpine(version: &str) -> String {
    let is_edge = version.contains('_') || version.eq_ignore_ascii_case("edge");
    if is_edge { "edge".to_owned() } else { major_minor(version).to_owned() }
}

/// The first Amazon Linux is numbered by months, later ones by years or whole numbers.
fn amazon(version: &str) -> String {
    let is_first = version.starts_with("201") && version.contains('.');
    if is_first { "1".to_owned() } else { major(version).to_owned() }
}

/// `openEuler 22.03 (LTS-SP3)` is the release `22.03-LTS-SP3`, of which `VERSION_ID` has only the
/// number. Without its service pack a release has no advisories.
fn open_euler(distribution: &Distribution) -> String {
    let version = distribution.version.trim();
    let pack = distribution.pretty_name.split_once('(').and_then(|it| it.1.split_once(')'));
    match pack {
        Some((pack, _)) => format!("{version}-{}", pack.trim().replace(' ', "-")),
        None => version.to_owned(),
    }
}

fn derivative(id: &str, distribution: &Distribution) -> Option<(Ecosystem, String)> {
    let is_like = |name: &str| distribution.like.iter().any(|it| it.eq_ignore_ascii_case(name));
    let codename = &distribution.codename;
    if let Some(release) = release_of_codename(UBUNTU_CODENAMES, codename)
        && is_like("ubuntu")
    {
        return Some((Ecosystem::Ubuntu, release));
    }
    if let Some(release) = release_of_codename(DEBIAN_CODENAMES, codename)
        && is_like("debian")
    {
        return Some((Ecosystem::Debian, release));
    }
    let version = major(distribution.version.trim());
    if id == "linuxmint" && !is_like("ubuntu") {
        let found = MINT_DEBIAN.iter().find(|it| it.0 == version)?;
        return Some((Ecosystem::Debian, found.1.to_owned()));
    }
    let found = UBUNTU_DERIVATIVES.iter().find(|it| (it.0, it.1) == (id, version))?;
    Some((Ecosystem::Ubuntu, found.2.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::Distribution;
    use crate::ecosystem::Ecosystem;

    #[test]
    fn distributions_are_judged_by_who_knows_them() {
        use Ecosystem as E;
        let cases = [
            ("debian", "12", "bookworm", "", Some((E::Debian, "12"))),
            ("debian", "", "forky", "", Some((E::Debian, "14"))),
            ("debian", "", "sid", "", Some((E::Debian, "sid"))),
            ("debian", "", "", "", Some((E::Debian, ""))),
            ("raspbian", "11", "bullseye", "debian", Some((E::Debian, "11"))),
            ("ubuntu", "22.04", "jammy", "debian", Some((E::Ubuntu, "22.04"))),
            ("ubuntu", "", "noble", "debian", Some((E::Ubuntu, "24.04"))),
            ("linuxmint", "21.3", "virginia", "ubuntu debian", Some((E::Ubuntu, "22.04"))),
            ("linuxmint", "6", "faye", "debian", Some((E::Debian, "12"))),
            ("pop", "22.04", "jammy", "ubuntu debian", Some((E::Ubuntu, "22.04"))),
            ("devuan", "5", "daedalus", "debian", None),
            ("kali", "2024.1", "kali-rolling", "debian", None),
            ("alpine", "3.20.1", "", "", Some((E::Alpine, "3.20"))),
            ("alpine", "3.21_alpha20240807", "", "", Some((E::Alpine, "edge"))),
            ("rhel", "9.4", "", "fedora", Some((E::RedHat, "9"))),
            ("centos", "8", "", "rhel fedora", Some((E::RedHat, "8"))),
            ("almalinux", "9.4", "", "rhel", Some((E::AlmaLinux, "9"))),
            ("rocky", "8.10", "", "rhel", Some((E::RockyLinux, "8"))),
            ("ol", "9.3", "", "fedora", Some((E::Oracle, "9"))),
            ("amzn", "2023", "", "fedora", Some((E::Amazon, "2023"))),
            ("amzn", "2", "", "", Some((E::Amazon, "2"))),
            ("amzn", "2018.03", "", "", Some((E::Amazon, "1"))),
            ("sles", "15.5", "", "suse", Some((E::Suse, "15.5"))),
            ("sle-micro", "5.3", "", "suse", Some((E::Suse, "Micro 5.3"))),
            ("opensuse-leap", "15.6", "", "suse", Some((E::Suse, "Leap 15.6"))),
            ("opensuse-tumbleweed", "20240801", "", "", Some((E::Suse, "Tumbleweed"))),
            ("wolfi", "20230201", "", "", Some((E::Wolfi, ""))),
            ("chainguard", "20230214", "", "", Some((E::Chainguard, ""))),
            ("arch", "", "", "", Some((E::Arch, ""))),
            ("alpaquita", "23", "", "", Some((E::BellSoft, "23"))),
            ("azurelinux", "3.0", "", "", Some((E::AzureLinux, "3"))),
            ("mariner", "2.0", "", "", Some((E::AzureLinux, "2"))),
            ("openEuler", "22.03", "", "", Some((E::OpenEuler, "22.03"))),
            ("photon", "5.0", "", "", None),
            ("fedora", "40", "", "", None),
            ("", "", "", "", None),
        ];
        for (id, version, codename, like, expected) in cases {
            let distribution = Distribution {
                id: id.to_owned(),
                version: version.to_owned(),
                codename: codename.to_owned(),
                like: like.split_whitespace().map(str::to_owned).collect(),
                ..Distribution::default()
            };
            let expected = expected.map(|it| (it.0, it.1.to_owned()));
            assert_eq!(Ecosystem::of(&distribution), expected, "{id} {version} {codename}");
        }
    }

    #[test]
    fn a_pretty_name_tells_debian_testing() {
        let distribution = Distribution {
            id: "debian".to_owned(),
            pretty_name: "Debian GNU/Linux trixie/sid".to_owned(),
            ..Distribution::default()
        };
        assert_eq!(Ecosystem::of(&distribution), Some((Ecosystem::Debian, "13".to_owned())));
    }

    #[test]
    fn a_pretty_name_tells_the_service_pack_of_open_euler() {
        let distribution = Distribution {
            id: "openEuler".to_owned(),
            version: "22.03".to_owned(),
            pretty_name: "openEuler 22.03 (LTS-SP3)".to_owned(),
            ..Distribution::default()
        };
        let expected = Some((Ecosystem::OpenEuler, "22.03-LTS-SP3".to_owned()));
        assert_eq!(Ecosystem::of(&distribution), expected);
        assert_eq!(Ecosystem::parse("openEuler:22.03-LTS-SP3"), expected);
    }

    #[test]
    fn feeds_and_images_call_a_release_alike() {
        let cases = [
            ("Debian:12", "debian", "12"),
            ("Ubuntu:Pro:22.04:LTS", "ubuntu", "22.04"),
            ("Alpine:v3.20", "alpine", "3.20.3"),
            ("Red Hat:enterprise_linux:9::appstream", "rhel", "9.4"),
            ("SUSE:Linux Enterprise Server 15 SP5", "sles", "15.5"),
            ("SUSE:Linux Enterprise Micro 5.3", "sle-micro", "5.3"),
            ("openSUSE:Leap 15.6", "opensuse-leap", "15.6"),
            ("openSUSE:Tumbleweed", "opensuse-tumbleweed", "20240801"),
            ("Amazon Linux:2023", "amzn", "2023"),
            ("Rocky Linux:9", "rocky", "9.4"),
            ("Azure Linux:3", "azurelinux", "3.0"),
        ];
        for (text, id, version) in cases {
            let distribution = Distribution {
                id: id.to_owned(),
                version: version.to_owned(),
                ..Distribution::default()
            };
            assert_eq!(Ecosystem::parse(text), Ecosystem::of(&distribution), "{text}");
        }
    }
}
