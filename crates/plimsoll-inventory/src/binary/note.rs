//! `note`: programs that come as many files, one of which notes the version in plain text.

use plimsoll_oci::Entry;
use plimsoll_package::{Package, PackageKind};

use crate::{
    binary::program_search::{Tail, version_at},
    bytes::file_name,
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
};

/// Reads such notes: the `release` of a Java runtime, the `VERSION` of Go, `OTP_VERSION` of Erlang,
/// `version.php` of web applications and others.
pub(crate) struct Note;

impl Extractor for Note {
    fn name(&self) -> &'static str {
        "note"
    }

    fn wants(&self, entry: &Entry) -> Want {
        if known(&entry.path).is_some() { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(note) = known(file.path()) else { return };
        if file.content.len() > MAX_BYTES {
            // A note of these programs is short; a long file of that name is another's.
            return;
        }
        let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
        let hits = memchr::memmem::find_iter(&bytes, note.anchor);
        let version = hits.filter_map(|at| {
            let rest = bytes.get(at + note.anchor.len()..)?;
            let rest = rest.trim_ascii_start();
            let rest = rest.strip_prefix(b"'").or_else(|| rest.strip_prefix(b"\"")).unwrap_or(rest);
            Some(version_at(rest, note.tail, note.min_parts)?.0)
        });
        let Some(version) = version.into_iter().next() else { return };
        let mut package = Package::new(note.kind, note.name, version, file.path());
        if note.name == "openjdk" {
            package.supplier = implementor(&bytes);
        }
        facts.packages.push(package);
    }
}

const MAX_BYTES: u64 = 1 << 20;

struct KnownNote {
    name: &'static str,
    kind: PackageKind,
    /// The name of the file.
    file: &'static str,
    /// What the path before the name ends with; a `*` at its end lets anything follow up to the
    /// next slash.
    folder: &'static str,
    /// What stands before the version.
    anchor: &'static [u8],
    tail: Tail,
    min_parts: usize,
}

const fn note(
    name: &'static str,
    folder: &'static str,
    file: &'static str,
    anchor: &'static [u8],
) -> KnownNote {
    let kind = PackageKind::Generic;
    KnownNote { name, kind, file, folder, anchor, tail: Tail::Letters, min_parts: 2 }
}

/// The toolchain of Go bears the name that Go's own advisories have for it.
const GO: KnownNote =
    KnownNote { kind: PackageKind::Golang, ..note("toolchain", "/go*", "VERSION", b"go") };

/// The first release of a feature version has one number only.
const JAVA: KnownNote = KnownNote {
    tail: Tail::Update,
    min_parts: 1,
    ..note("openjdk", "*", "release", b"JAVA_VERSION=")
};

const OTP: KnownNote =
    KnownNote { min_parts: 1, ..note("erlang", "/releases/*", "OTP_VERSION", b"") };

#[rustfmt::skip]
const NOTES: &[KnownNote] = &[
    JAVA,
    GO,
    OTP,
    note("rabbitmq", "/ebin", "rabbit.app", b"{vsn,"),
    note("elixir", "/elixir/ebin", "elixir.app", b"{vsn,"),
    note("wordpress", "/wp-includes", "version.php", b"$wp_version ="),
    note("nextcloud", "*", "version.php", b"$OC_VersionString ="),
    note("drupal", "/core/lib", "Drupal.php", b"const VERSION ="),
    note("magento", "/magento2-base", "composer.json", b"\"version\":"),
    note("phpmyadmin", "/libraries/classes", "Version.php", b"VERSION ="),
    note("tomcat", "*", "RELEASE-NOTES", b"Apache Tomcat Version "),
    note("jetty", "*", "VERSION.txt", b"jetty-"),
];

/// Whether some program's note has that name.
pub(super) fn is_named(name: &str) -> bool {
    NOTES.iter().any(|it| it.file == name)
}

fn known(path: &str) -> Option<&'static KnownNote> {
    let name = file_name(path);
    let folder = path.strip_suffix(name)?.strip_suffix('/')?;
    NOTES.iter().find(|it| it.file == name && is_in(folder, it.folder))
}

fn is_in(folder: &str, pattern: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let slash = |it: &str| folder.ends_with(it) || it.strip_prefix('/') == Some(folder);
    let Some(start) = pattern.strip_suffix('*') else { return slash(pattern) };
    let last = folder.rsplit('/').next().unwrap_or_default();
    match start.rsplit_once('/') {
        Some((parents, start)) => {
            let parent = folder.strip_suffix(last).unwrap_or_default();
            last.starts_with(start) && parent.trim_end_matches('/').ends_with(parents)
        }
        None => last.starts_with(start),
    }
}

/// Who built a Java runtime.
fn implementor(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let value = text.lines().find_map(|it| it.strip_prefix("IMPLEMENTOR="))?;
    let value = value.trim().trim_matches('"');
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, wants};

    #[test]
    fn each_note() {
        for (path, text, expected) in [
            (
                "opt/java/openjdk/release",
                "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"17.0.9\"\n",
                "generic openjdk 17.0.9",
            ),
            ("opt/jdk/release", "JAVA_VERSION=\"21\"\n", "generic openjdk 21"),
            ("opt/jdk8/release", "JAVA_VERSION=\"1.8.0_392\"\n", "generic openjdk 1.8.0_392"),
            ("usr/local/go/VERSION", "go1.21.3\ntime 2023", "golang toolchain 1.21.3"),
            ("usr/lib/go-1.23/VERSION", "go1.23rc1", "golang toolchain 1.23rc1"),
            ("usr/local/lib/erlang/releases/26/OTP_VERSION", "26.1.2\n", "generic erlang 26.1.2"),
            (
                "opt/rabbitmq/plugins/rabbit-3.12.8/ebin/rabbit.app",
                "{application,rabbit,\n [{vsn,\"3.12.8\"},",
                "generic rabbitmq 3.12.8",
            ),
            (
                "usr/src/wordpress/wp-includes/version.php",
                "$wp_version = '6.4.1';",
                "generic wordpress 6.4.1",
            ),
            (
                "var/www/html/version.php",
                "$OC_VersionString = '27.1.3';",
                "generic nextcloud 27.1.3",
            ),
            (
                "opt/drupal/web/core/lib/Drupal.php",
                "  const VERSION = '10.1.6';",
                "generic drupal 10.1.6",
            ),
        ] {
            let facts = extract(&Note, path, text.as_bytes());
            let package = &facts.packages[0];
            let got = format!("{} {} {}", package.kind.name(), package.name, package.version);
            assert_eq!(got, expected, "{path}");
        }
    }

    #[test]
    fn files_of_the_same_name_are_another_s() {
        assert!(extract(&Note, "etc/x/release", b"VERSION=1.2").is_empty());
        assert!(extract(&Note, "var/www/version.php", b"<?php // 1.2.3").is_empty());
        assert!(!wants(&Note, "usr/local/VERSION"));
        assert!(!wants(&Note, "srv/erlang/OTP_VERSION"));
    }
}
