//! `release-file`: older and weaker words about the distribution, for images without an
//! os-release.

use plimsoll_oci::Entry;
use plimsoll_package::Distribution;

use crate::{
    bytes::file_name,
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
    system::{is_at, os_release::field},
};

/// Reads `etc/lsb-release`, `etc/alpine-release`, `etc/debian_version`, `etc/redhat-release` and
/// the like.
pub(crate) struct ReleaseFile;

impl Extractor for ReleaseFile {
    fn name(&self) -> &'static str {
        "release-file"
    }

    fn wants(&self, entry: &Entry) -> Want {
        let name = file_name(&entry.path);
        let is_named = name.ends_with("release") || name == "debian_version";
        if is_named && form_of(&entry.path).is_some() { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some((_, form)) = form_of(file.path()) else { return };
        let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
        let text = String::from_utf8_lossy(&bytes);
        facts.distribution = match form {
            Form::Lsb => lsb(&text),
            Form::Alpine => alpine(&text),
            Form::Debian => debian(&text),
            Form::Sentence => sentence(&text),
        };
    }
}

/// How much a file is worth as evidence of the distribution, the least being the best; os-release
/// itself is 0.
pub(crate) fn weakness(path: &str) -> usize {
    form_of(path).map_or(0, |it| it.0)
}

const MAX_BYTES: u64 = 64 << 10;

#[derive(Clone, Copy)]
enum Form {
    /// Assignments: `DISTRIB_ID=Ubuntu`.
    Lsb,
    /// The version alone.
    Alpine,
    /// The version, or two codenames.
    Debian,
    /// `CentOS Linux release 7.9.2009 (Core)`.
    Sentence,
}

/// The files, in the order of their worth. A derivative leaves the file of what it derives from,
/// so its own comes first.
const FILES: &[(&str, Form)] = &[
    ("etc/lsb-release", Form::Lsb),
    ("etc/alpine-release", Form::Alpine),
    ("etc/oracle-release", Form::Sentence),
    ("etc/rocky-release", Form::Sentence),
    ("etc/almalinux-release", Form::Sentence),
    ("etc/fedora-release", Form::Sentence),
    ("etc/centos-release", Form::Sentence),
    ("etc/SuSE-release", Form::Sentence),
    ("etc/redhat-release", Form::Sentence),
    ("etc/system-release", Form::Sentence),
    ("etc/debian_version", Form::Debian),
];

/// The names with which such a sentence begins, and the identifiers that os-release has for them.
/// The longer of two comes first.
const SENTENCES: &[(&str, &str)] = &[
    ("AlmaLinux", "almalinux"),
    ("Amazon Linux", "amzn"),
    ("CentOS", "centos"),
    ("Fedora", "fedora"),
    ("Oracle Linux", "ol"),
    ("Red Hat Enterprise Linux", "rhel"),
    ("Rocky Linux", "rocky"),
    ("SUSE Linux Enterprise Server", "sles"),
    ("openSUSE", "opensuse"),
];

fn form_of(path: &str) -> Option<(usize, Form)> {
    let idx = FILES.iter().position(|it| is_at(path, it.0))?;
    Some((idx + 1, FILES.get(idx)?.1))
}

fn lsb(text: &str) -> Option<Distribution> {
    let field = |name| field(text, name).unwrap_or_default();
    let id = field("DISTRIB_ID").to_ascii_lowercase();
    (!id.is_empty()).then(|| Distribution {
        id,
        version: field("DISTRIB_RELEASE"),
        codename: field("DISTRIB_CODENAME"),
        pretty_name: field("DISTRIB_DESCRIPTION"),
        ..Distribution::default()
    })
}

fn alpine(text: &str) -> Option<Distribution> {
    let version = text.split_whitespace().next()?;
    Some(Distribution {
        id: "alpine".to_owned(),
        version: version.to_owned(),
        pretty_name: format!("Alpine Linux {version}"),
        ..Distribution::default()
    })
}

/// `12.5` or, before a release, `trixie/sid`.
fn debian(text: &str) -> Option<Distribution> {
    let word = text.split_whitespace().next()?;
    let mut res = Distribution {
        id: "debian".to_owned(),
        pretty_name: format!("Debian GNU/Linux {word}"),
        ..Distribution::default()
    };
    if word.starts_with(|it: char| it.is_ascii_digit()) {
        word.split('.').next().unwrap_or_default().clone_into(&mut res.version);
    } else {
        word.split('/').next().unwrap_or_default().clone_into(&mut res.codename);
    }
    Some(res)
}

fn sentence(text: &str) -> Option<Distribution> {
    let line = text.lines().map(str::trim).find(|it| !it.is_empty())?;
    let (_, id) = SENTENCES.iter().find(|it| line.starts_with(it.0))?;
    let is_number = |it: &&str| it.starts_with(|it: char| it.is_ascii_digit());
    let version = line.split_whitespace().find(is_number).unwrap_or_default();
    // CentOS writes the month of the release behind its number; its os-release has the number.
    let version = match *id {
        "centos" => version.split('.').next().unwrap_or_default(),
        _ => version,
    };
    Some(Distribution {
        id: (*id).to_owned(),
        version: version.to_owned(),
        pretty_name: line.to_owned(),
        ..Distribution::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, wants};

    #[test]
    fn each_form() {
        for (path, text, expected) in [
            ("etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\n", "ubuntu 14.04 "),
            ("etc/alpine-release", "3.9.6\n", "alpine 3.9.6 "),
            ("etc/debian_version", "12.5\n", "debian 12 "),
            ("etc/debian_version", "trixie/sid\n", "debian  trixie"),
            ("etc/centos-release", "CentOS Linux release 7.9.2009 (Core)\n", "centos 7 "),
            (
                "etc/redhat-release",
                "Red Hat Enterprise Linux Server release 6.10 (Santiago)",
                "rhel 6.10 ",
            ),
            ("etc/system-release", "Amazon Linux release 2 (Karoo)", "amzn 2 "),
            ("etc/rocky-release", "Rocky Linux release 8.8 (Green Obsidian)", "rocky 8.8 "),
        ] {
            let distribution = extract(&ReleaseFile, path, text.as_bytes()).distribution.unwrap();
            let got =
                format!("{} {} {}", distribution.id, distribution.version, distribution.codename);
            assert_eq!(got, expected, "{path}");
        }
        assert_eq!(extract(&ReleaseFile, "etc/redhat-release", b"x 1").distribution, None);
    }

    #[test]
    fn a_derivative_is_worth_more_than_what_it_derives_from() {
        assert!(weakness("etc/os-release") < weakness("etc/lsb-release"));
        assert!(weakness("etc/oracle-release") < weakness("etc/redhat-release"));
        assert!(!wants(&ReleaseFile, "etc/upstream-release"));
    }
}
